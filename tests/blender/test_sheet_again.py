# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet's objects stand as drawn however they come: imported again, in another file, late, or ordered once more."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import sheets
from artist import Artist, module
from laying import CURSOR, TOLERANCE, check_places, listed, objects, order, split
from mathutils import Matrix
from sheets import SUBJECTS

ELSEWHERE = (7.0, 3.0, -2.0)


def made(artist: Artist) -> list[Any]:
    """Have all five objects stand, in place of their boxes."""
    split()
    bpy.ops.ed.undo_push(message="before")
    return list(artist.wait(*order(with_placeholders=True)))


def bring(artist: Artist, *jobs: Any) -> None:
    """Press Import of several jobs, one after the other, and have what comes come."""
    for job in jobs:
        artist.session.want(job.id, module("blender.placement").mark(bpy.context))
    artist.wait(*jobs)


def delete(*names: str) -> None:
    for name in names:
        item = bpy.data.objects[name]
        mesh = item.data
        bpy.data.objects.remove(item)
        bpy.data.meshes.remove(mesh)


def collections() -> list[tuple[str, int]]:
    return [(child.name, len(child.objects)) for child in bpy.data.collections["TRELLIS"].children]


def move_all(matrix: Matrix) -> None:
    for item in objects().values():
        item.matrix_world = matrix @ item.matrix_world


def check_as_a_whole(matrix: Matrix, moved: dict[str, bpy.types.Object]) -> None:
    """Look whether objects stand where the sheet has them, all moved in one way, and as large."""
    back = np.array(matrix.inverted())
    for name, item in moved.items():
        points = sheets.corners(item) @ back[:3, :3].T + back[:3, 3]
        front = np.array([points[:, [0, 2]].min(axis=0), points[:, [0, 2]].max(axis=0)])
        wanted = sheets.expected(SUBJECTS[int(name.split()[1].split(".")[0]) - 1], CURSOR)
        assert np.abs(front - wanted).max() < TOLERANCE, name


def test_imported_after_undo_they_stand_as_drawn(artist: Artist, sheet: bpy.types.Image) -> None:
    jobs = made(artist)
    for _step in range(6):
        bpy.ops.ed.undo()
    assert not objects()
    bring(artist, jobs[3])
    bpy.context.scene.cursor.location = ELSEWHERE  # the others belong beside it all the same
    bring(artist, *jobs[:3], jobs[4])
    check_places()
    assert collections() == [("Garden", 5)]


def test_imported_into_another_file_they_stand_as_drawn(artist: Artist, sheet: bpy.types.Image, tmp_path: Path) -> None:
    artist.store_folder = tmp_path / "store"
    artist.session = artist.new_session()
    artist.settings.object_size = 2.0
    split()
    jobs = order(with_placeholders=True)
    for job in jobs:
        artist.wait_for_state(job, "downloaded")
    bpy.ops.wm.read_homefile(use_empty=True)
    artist.session = artist.new_session()
    preferences = module("blender.preferences")
    artist.session.open(preferences.endpoint(), preferences.key(), preferences.storage())
    artist.wait_until(lambda: artist.session.opened)
    artist.wait()
    assert not objects(), "the file that asked is gone"
    bpy.context.scene.cursor.location = ELSEWHERE
    for job in reversed(jobs):  # as a script does
        assert bpy.ops.trellis.import_job("EXEC_DEFAULT", job=job.id) == {"FINISHED"}
    check_places(ELSEWHERE)
    assert collections() == [("Garden", 5)]


@pytest.mark.parametrize("way", ["list", "script"])
def test_what_was_deleted_comes_back_beside_the_others(artist: Artist, sheet: bpy.types.Image, way: str) -> None:
    """These were turned, scaled and moved as a whole, the scale was applied, and another collection has them."""
    jobs = made(artist)
    delete("Garden 2", "Garden 5")
    where = Matrix.Translation((5.0, -4.0, 1.0)) @ Matrix.Rotation(0.7, 4, "Z") @ Matrix.Scale(2.0, 4)
    move_all(where)
    props = bpy.data.collections.new("Props")
    bpy.context.scene.collection.children.link(props)
    for item in objects().values():
        props.objects.link(item)
        bpy.data.collections["Garden"].objects.unlink(item)
        item.data.transform(Matrix.Scale(2.0, 4))
        item.scale = (1.0, 1.0, 1.0)
    bpy.context.scene.cursor.location = ELSEWHERE
    bpy.context.view_layer.update()
    if way == "list":
        bring(artist, jobs[1], jobs[4])
    else:
        for job in (jobs[1], jobs[4]):
            module("blender.handles").Job(job.id).import_()
    assert len(objects()) == 5
    check_as_a_whole(where, objects())
    assert set(props.objects) == set(objects().values())


def test_one_that_was_moved_alone_does_not_count(artist: Artist, sheet: bpy.types.Image) -> None:
    jobs = made(artist)
    delete("Garden 3")
    bpy.data.objects["Garden 1"].location.x += 9.0
    bring(artist, jobs[2])
    assert np.abs(sheets.front(objects()["Garden 3"]) - sheets.expected(SUBJECTS[2], CURSOR)).max() < TOLERANCE


def test_once_more_they_are_a_second_sheet_around_the_cursor(artist: Artist, sheet: bpy.types.Image) -> None:
    jobs = made(artist)
    first = set(objects())
    bpy.context.scene.cursor.location = ELSEWHERE
    bring(artist, *jobs)
    check_places()
    way = tuple(there - here for here, there in zip(CURSOR, ELSEWHERE, strict=True))
    check_as_a_whole(Matrix.Translation(way), {name: it for name, it in objects().items() if name not in first})
    assert len(objects()) == 10


def failed_second(artist: Artist, **named: bool) -> list[Any]:
    """Order all five, of which the service makes four."""
    split()
    artist.simulator.control.settings(job_seconds=3600)
    jobs = order(**named)
    numbers = [artist.wait_for_state(job, "accepted", "processing").job_id for job in jobs]
    artist.simulator.control.steer(numbers[1], fail="object", seconds=0)
    for number in (numbers[0], *numbers[2:]):
        artist.simulator.control.steer(number, seconds=0)
    done = artist.wait(*jobs)
    assert [job.state.value for job in done] == ["imported", "failed", "imported", "imported", "imported"]
    artist.simulator.control.settings(job_seconds=0)
    return list(done)


def switch_on_only(index: int) -> None:
    for number, item in enumerate(listed()):
        item.use = number == index


@pytest.mark.parametrize("boxed", [True, False])
def test_what_failed_is_ordered_again_to_its_place(artist: Artist, sheet: bpy.types.Image, boxed: bool) -> None:
    failed_second(artist, with_placeholders=boxed)
    where = Matrix.Translation((0.0, 6.0, 1.0)) @ Matrix.Rotation(1.0, 4, "Z")
    move_all(where)
    bpy.context.scene.cursor.location = ELSEWHERE
    artist.settings.object_size = 3.0
    switch_on_only(1)
    artist.wait(*order(with_placeholders=boxed))
    assert sorted(objects()) == [f"Garden {number}" for number in range(1, 6)]
    check_as_a_whole(where, objects())
    assert collections() == [("Garden", 5)]


def test_what_was_switched_off_comes_among_those_that_were_ordered(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    switch_on_only(3)  # one of the largest, so that the sheet is as large as if all had been ordered
    artist.wait(*order())
    for item in listed():
        item.use = not item.use
    artist.wait(*order())
    whole = np.array([sheets.front(objects()[f"Garden {number}"]) for number in range(1, 6)])
    wanted = np.array([sheets.expected(one, CURSOR) for one in SUBJECTS])
    wanted[..., 0] += CURSOR[0] - wanted[3, :, 0].mean()  # that one stands on the cursor
    assert np.abs(whole - wanted).max() < TOLERANCE
    assert collections() == [("Garden", 5)]


def test_sent_again_it_comes_beside_those_that_were_moved(
    artist: Artist, sheet: bpy.types.Image, tmp_path: Path
) -> None:
    artist.store_folder = tmp_path / "store"
    artist.session = artist.new_session()
    artist.simulator.control.settings(balance=0.249 * 3 + 0.01)
    split()
    jobs = artist.wait(*order(with_placeholders=True))
    refused = [job for job in jobs if job.state.value == "refused"]
    assert len(refused) == 2
    where = Matrix.Translation((0.0, 6.0, 1.0))
    move_all(where)
    artist.simulator.control.settings(balance=50)
    for job in refused:
        assert bpy.ops.trellis.order_again("EXEC_DEFAULT", job=job.id, price="0.249") == {"FINISHED"}
    artist.wait()
    assert len(objects()) == 5
    check_as_a_whole(where, objects())

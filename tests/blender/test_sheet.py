# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet of subjects: each becomes a job and an object of its own, as they stand on the sheet; priced as a whole."""

from pathlib import Path
from typing import Any

import bpy
import buttons
import numpy as np
import pictures
import pytest
import sheets
from artist import Artist, module
from laying import CURSOR, check_places, listed, objects, order, refused, split, state
from sheets import SUBJECTS


def test_a_script_makes_five_objects_in_their_places(artist: Artist, sheet: bpy.types.Image, tmp_path: Path) -> None:
    assert bpy.ops.trellis.generate_sheet("EXEC_DEFAULT") == {"FINISHED"}
    assert sorted(objects()) == [f"Garden {number}" for number in range(1, 6)]
    check_places()
    (collection,) = bpy.data.collections["TRELLIS"].children
    assert collection.name == "Garden" and set(collection.objects) == set(objects().values())
    assert artist.simulator.accepted() == 5
    sent = {pictures_of(artist, job, tmp_path) for job in artist.session.jobs.values()}
    assert sent == {(f"Garden {number}", one.colour) for number, one in enumerate(SUBJECTS, 1)}


def pictures_of(artist: Artist, job: Any, folder: Path) -> tuple[str, tuple[int, ...]]:
    """Give a job's name and the only colour in the picture that the server has of it, which has to fill that."""
    picture = pictures.decode(artist.simulator.control.image(job.job_id), folder)
    seen = picture[picture[..., 3] > 0]
    assert (seen[:, 3] == 255).all()
    (colour,) = np.unique(seen[:, :3], axis=0)
    one = SUBJECTS[int(job.name[-1]) - 1]
    assert max(picture.shape) <= 1.05 * max(one.right - one.left, one.bottom - one.top) + 2, "cropped before shrinking"
    return job.name, tuple(int(channel) for channel in colour)


def test_the_largest_has_the_object_size(artist: Artist, sheet: bpy.types.Image) -> None:
    artist.settings.object_size = 3.0
    bpy.ops.trellis.generate_sheet("EXEC_DEFAULT")
    check_places(largest=3.0)


def test_a_sheet_takes_no_proxy_s_place(artist: Artist, sheet: bpy.types.Image) -> None:
    mesh = bpy.data.meshes.new("block")
    mesh.from_pydata([(0, 0, 0), (9, 0, 0), (0, 9, 9)], [], [(0, 1, 2)])
    block = bpy.data.objects.new("block", mesh)
    bpy.context.scene.collection.objects.link(block)
    block.select_set(True)
    bpy.context.view_layer.objects.active = block
    artist.settings.fit_to_selection = True
    split()
    artist.wait(*order(with_placeholders=True))
    check_places()
    assert bpy.data.objects["block"] == block and not block.hide_render


def test_a_sheet_needs_nothing_to_fit_to(artist: Artist, sheet: bpy.types.Image) -> None:
    """The button was off until something was selected, which was ignored then."""
    artist.settings.fit_to_selection = True
    split()
    assert bpy.ops.trellis.generate_sheet.poll() and not buttons.generate()
    assert bpy.ops.trellis.generate_sheet("EXEC_DEFAULT") == {"FINISHED"}
    check_places()


def test_objects_come_as_they_are_made_and_the_cursor_may_move_on(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    jobs = order()
    bpy.context.scene.cursor.location = (50.0, 50.0, 50.0)
    for job in reversed(jobs):  # in another order than on the sheet
        artist.wait_for_state(job, "downloaded")
    artist.wait(*jobs)
    check_places()


def test_placeholders_stand_as_drawn_and_are_one_step_to_undo(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    bpy.ops.ed.undo_push(message="before")
    jobs = order(with_placeholders=True)
    assert len(objects()) == 5
    for job, one in zip(jobs, SUBJECTS, strict=True):
        (box,) = (item for item in bpy.data.objects if item.name.startswith(job.name))
        assert np.abs(sheets.front(box) - sheets.expected(one, CURSOR)).max() < 1e-4
        assert [holder.name for holder in box.users_collection] == ["Garden"]
    artist.wait(*jobs)
    check_places()
    assert len(objects()) == 5
    for _object in SUBJECTS:
        bpy.ops.ed.undo()
    assert len(objects()) == 5, "the placeholders"
    bpy.ops.ed.undo()
    assert not objects()


def test_places_survive_a_restart(artist: Artist, sheet: bpy.types.Image, tmp_path: Path) -> None:
    artist.store_folder = tmp_path / "store"
    artist.session = artist.new_session()
    split()
    jobs = order()
    for job in jobs:
        artist.wait_for_state(job, "downloaded")
    artist.session = artist.new_session()
    assert state() is None and not listed()
    preferences = module("blender.preferences")
    artist.session.open(preferences.endpoint(), preferences.key(), preferences.storage())
    artist.wait_until(lambda: artist.session.opened)
    artist.wait()
    check_places()
    assert [child.name for child in bpy.data.collections["TRELLIS"].children] == ["Garden"]


def test_names_merging_and_switching_off(artist: Artist, sheet: bpy.types.Image) -> None:
    items = split()
    assert [item.name for item in items] == [f"Garden {number}" for number in range(1, 6)]
    items[0].name = "Apple"
    items[2].use = False
    items[3].select = items[4].select = True
    assert bpy.ops.trellis.merge_subjects("EXEC_DEFAULT") == {"FINISHED"}
    assert [(item.name, item.use) for item in listed()] == [
        ("Apple", True), ("Garden 2", True), ("Garden 3", False), ("Garden 4", True)
    ]  # fmt: skip
    listed()[3].name = "  Bench "
    artist.wait(*order())
    assert sorted(objects()) == ["Apple", "Bench", "Garden 2"]
    bench = sheets.front(objects()["Bench"])
    assert np.allclose((bench[1] - bench[0])[0] / (bench[1] - bench[0])[1], 480 / 240, rtol=0.05)


def test_a_name_that_a_script_has_broken_is_of_one_line(artist: Artist, sheet: bpy.types.Image) -> None:
    """No field takes a line break, but a property does; the picture's own name is the first part of the others."""
    sheet.name = "The\nGarden.png"
    items = split()
    assert items[4].name == "The Garden 5"
    items[0].name, items[1].name = "red\n\tapple\u2028", "\n"
    items[2].use = items[3].use = items[4].use = False
    artist.wait(*order())
    assert sorted(objects()) == ["The Garden 2", "red  apple"]
    assert all("\n" not in collection.name for collection in bpy.data.collections)
    items[4].name = "garden\nbench"
    items[2].select = items[3].select = True
    assert bpy.ops.trellis.merge_subjects("EXEC_DEFAULT") == {"FINISHED"}
    assert "garden bench" in [item.name for item in listed()]


def test_merging_asks_for_two(artist: Artist, sheet: bpy.types.Image) -> None:
    assert not bpy.ops.trellis.merge_subjects.poll()
    split()[1].select = True
    assert not bpy.ops.trellis.merge_subjects.poll()


def test_a_script_takes_the_list_it_has_edited(artist: Artist, sheet: bpy.types.Image) -> None:
    for item in split()[1:]:
        item.use = False
    bpy.ops.trellis.generate_sheet("EXEC_DEFAULT")
    assert list(objects()) == ["Garden 1"] and artist.simulator.accepted() == 1
    listed()[0].use = False
    assert "Every subject is switched off" in refused(bpy.ops.trellis.generate_sheet)
    assert artist.simulator.accepted() == 1


def test_a_cap_that_allows_only_some_refuses_all(artist: Artist, sheet: bpy.types.Image) -> None:
    artist.settings.resolution = "1024"
    artist.preferences.daily_cap = 1.0
    said = refused(bpy.ops.trellis.generate_sheet)
    assert "allows 4 of 5 objects at $0.249" in said and "Nothing was sent" in said
    assert artist.simulator.accepted() == 0 and not artist.session.jobs
    listed()[4].use = False
    artist.wait(*order())
    assert artist.simulator.accepted() == 4


def test_a_script_pays_no_more_than_it_allows(artist: Artist, sheet: bpy.types.Image) -> None:
    with pytest.raises(RuntimeError, match=r"5 objects cost \$1\.245, more than \$1\.24 as was allowed"):
        bpy.ops.trellis.generate_sheet(max_price_usd=1.24)
    assert not artist.session.jobs and artist.simulator.accepted() == 0
    assert bpy.ops.trellis.generate_sheet(max_price_usd=1.245) == {"FINISHED"}
    assert artist.simulator.accepted() == 5


def test_pressed_twice_is_paid_for_once(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    jobs = order(guard=True)
    with pytest.raises(module("blender.operators.generate").AlreadyStarted):
        order(guard=True)
    artist.wait(*jobs)
    assert artist.simulator.accepted() == 5


def test_what_fails_keeps_none_of_the_others_back(artist: Artist, sheet: bpy.types.Image) -> None:
    artist.simulator.control.misbehave("submit", "402")
    said = refused(bpy.ops.trellis.generate_sheet)
    assert said.count("Garden") == 1 and len(objects()) == 4


def test_another_file_ends_the_list_and_objects_wait_for_theirs(artist: Artist, sheet: bpy.types.Image) -> None:
    split()
    jobs = order()
    bpy.ops.wm.read_homefile(use_empty=True)
    assert state() is None and not listed()
    assert {job.state.value for job in artist.wait(*jobs)} == {"downloaded"}
    assert not bpy.data.objects


def test_a_file_opened_while_it_is_split(artist: Artist, sheet: bpy.types.Image) -> None:
    module("blender.operators.split_sheet").begin(bpy.context)
    assert module("blender.sheets").is_busy() and artist.session.watched
    bpy.ops.wm.read_homefile(use_empty=True)
    engine = artist.session.live()
    while not isinstance(message := engine.messages.get(timeout=100), module("core.messages").SheetReady):
        artist.session.take(message)
    artist.session.take(message)
    assert state() is None and not listed()


def test_in_edit_mode_a_script_sends_nothing(artist: Artist, sheet: bpy.types.Image) -> None:
    mesh = bpy.data.meshes.new("chair")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    chair = bpy.data.objects.new("chair", mesh)
    bpy.context.scene.collection.objects.link(chair)
    bpy.context.view_layer.objects.active = chair
    bpy.ops.object.mode_set(mode="EDIT")
    assert "Switch to Object Mode first" in refused(bpy.ops.trellis.generate_sheet)
    assert artist.simulator.accepted() == 0
    split()
    jobs = artist.wait(*order())  # as pressed: what is made waits
    assert list(objects()) == ["chair"]
    bpy.ops.object.mode_set(mode="OBJECT")
    artist.wait(*jobs)
    assert len(objects()) == 6
    bpy.data.objects.remove(chair)
    check_places()


def test_each_sheet_has_a_collection_of_its_own(artist: Artist, sheet: bpy.types.Image) -> None:
    for item in split()[2:]:
        item.use = False
    artist.wait(*order())
    bpy.data.collections["Garden"].name = "First"
    artist.wait(*order())
    children = bpy.data.collections["TRELLIS"].children
    assert [(child.name, len(child.objects)) for child in children] == [("First", 2), ("Garden", 2)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""A block keeps the place of what was ordered for it, under whatever name it or its file was saved since."""

from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist
from blocks import block, choose, fit
from mathutils import Vector


def tower() -> bpy.types.Object:
    """Give a block that stands away from cursor and origin."""
    old = block("Tower")
    old.location = (7.0, 7.0, 0.0)
    bpy.context.view_layer.update()
    return old


def ordered(fitting: Artist) -> Any:
    """Give a job that was ordered for the selected block, and has come while no file asks for it."""
    fitting.simulator.control.settings(job_seconds=3600.0)
    job = fitting.order()
    fitting.wait_for_state(job, "processing")
    return job


def finish(fitting: Artist, job: Any) -> None:
    fitting.simulator.control.advance(3601.0)
    fitting.wait_for_state(job, "downloaded")


def open_file(path: Path) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(path))
    bpy.context.view_layer.update()


def check_taken(name: str, old_name: str) -> None:
    bpy.context.view_layer.update()
    item, old = bpy.data.objects[name], bpy.data.objects[old_name]
    assert item.matrix_world.translation == Vector((7.0, 7.0, 0.0)) and max(item.dimensions) == pytest.approx(2.0)
    assert old.hide_get() and old.hide_render and not item.hide_get()
    assert "trellis_fits" not in old and "trellis_fits" not in item, "nothing of ours stays on it"


@pytest.mark.parametrize("by_hand", [False, True], ids=["by itself", "Import"])
def test_in_a_file_saved_under_another_name_meanwhile(fitting: Artist, tmp_path: Path, by_hand: bool) -> None:
    """It came to the 3D cursor, and only when it was told to."""
    tower()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "first.blend"))
    job = ordered(fitting)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "second.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    finish(fitting, job)
    fitting.tick()
    assert not bpy.data.objects, "another file is none of its own"
    open_file(tmp_path / "second.blend")
    fitting.settings.fit_to_selection = False
    if by_hand:
        assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    else:
        assert fitting.wait(job)[0].state.value == "imported"
    check_taken("Tower", "Tower Proxy")
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert bpy.context.object.name != "Tower" and bpy.context.object.location.x == 0.0, "once more is at the cursor"


def test_that_has_another_name_when_its_file_is_opened_again(fitting: Artist, tmp_path: Path) -> None:
    old = tower()
    job = ordered(fitting)
    old.name = "Gate"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "mine.blend"))
    open_file(tmp_path / "mine.blend")
    finish(fitting, job)
    fitting.wait(job)
    check_taken("Gate", "Gate Proxy")


def test_of_which_there_are_copies(fitting: Artist, tmp_path: Path) -> None:
    old = tower()
    job = ordered(fitting)
    copy = old.copy()
    bpy.context.scene.collection.objects.link(copy)
    copy.location.x = -7.0
    old.name, copy.name = "Tower.007", "Tower"
    finish(fitting, job)
    fitting.wait(job)
    check_taken("Tower.007", "Tower.007 Proxy")
    assert "trellis_fits" not in copy and not copy.hide_get()


def test_for_two_jobs(fitting: Artist, tmp_path: Path) -> None:
    tower()
    fitting.settings.seed = 43  # of both: they are as large
    first = ordered(fitting)
    second = fitting.order()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "mine.blend"))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"))
    fitting.wait_for_state(second, "processing")
    open_file(tmp_path / "other.blend")
    finish(fitting, first)
    fitting.wait_for_state(second, "downloaded")
    assert {job.state.value for job in fitting.wait(first, second)} == {"imported"}
    bpy.context.view_layer.update()
    places = [item.matrix_world.translation for item in bpy.data.objects]
    assert len(places) == 3 and all(place == Vector((7.0, 7.0, 0.0)) for place in places)
    said = [remark for remark in fitting.session.intake.remarks.values() if remark]
    assert said == ["It stands inside Tower. Hide or move that to see it."], "the second one does"


def test_of_a_job_that_is_taken_out_of_the_list(fitting: Artist) -> None:
    old = tower()
    job = ordered(fitting)
    fitting.simulator.control.steer(fitting.simulator.control.jobs()[-1]["id"], fail="object")
    fitting.simulator.control.advance(3601.0)
    assert fitting.wait(job)[0].state.value == "failed"
    assert old["trellis_fits"] == job.id, "it may be ordered again"
    fitting.session.remove(job.id)
    assert "trellis_fits" not in old


def test_of_a_linked_block_nothing_is_noted(fitting: Artist, tmp_path: Path) -> None:
    old = tower()
    bpy.data.libraries.write(str(tmp_path / "library.blend"), {old})
    bpy.data.batch_remove([old, old.data])
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_source, target):
        target.objects = ["Tower"]
    bpy.context.scene.collection.objects.link(target.objects[0])
    choose(target.objects[0])
    item = fit(fitting)
    assert item.library is None and item.location.x == 7.0 and "trellis_fits" not in target.objects[0]

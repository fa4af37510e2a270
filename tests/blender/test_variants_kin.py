# SPDX-License-Identifier: GPL-3.0-or-later
"""What was ordered is known, and finds its object, by the records of the jobs, whatever undo takes from the object."""

from pathlib import Path
from typing import Any

import bpy
import leafing
import pytest
from artist import Artist, module
from leafing import choose, counted, pressed, seed_shown, seeds, undoable, variants


def hold(ready: Artist) -> None:
    """Have jobs take long, until they are let go."""
    ready.simulator.control.settings(job_seconds=3600.0)


def let_go(ready: Artist) -> None:
    unsent = ("prepared", "submitting")  # the server's hour begins when it has the job
    ready.wait_until(lambda: all(job.state.value not in unsent for job in ready.session.jobs.values()))
    ready.simulator.control.advance(3600.0)
    ready.wait()


def order(count: int, start: int = 101) -> None:
    pressed(bpy.ops.trellis.more_seeds, count=count, order="COUNTED", start=start)


def sent(ready: Artist) -> list[int]:
    """Give the seeds of all jobs that the artist would pay for, sorted."""
    return sorted(job.request.value("seed") for job in ready.session.jobs.values())


def move(item: bpy.types.Object) -> None:
    bpy.ops.ed.undo_push(message="before")
    item.location.x = 1.0
    bpy.ops.ed.undo_push(message="move")


def reopen(path: Path, *, save: bool = False) -> None:
    if save:
        bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(path))


@pytest.fixture
def saved(made: bpy.types.Object, tmp_path: Path) -> Path:
    path = tmp_path / "set.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_undo_of_an_earlier_step_has_nothing_paid_twice(ready: Artist, made: bpy.types.Object) -> None:
    name = made.name
    move(made)
    hold(ready)
    order(3)
    bpy.ops.ed.undo()
    made = bpy.data.objects[name]
    assert made.location.x == 0.0
    choose(made)
    order(2)
    assert sent(ready) == [100, 101, 102, 103, 104, 105]
    let_go(ready)
    assert seeds(bpy.data.objects[name]) == [100, 101, 102, 103, 104, 105]


def test_a_file_saved_before_has_nothing_paid_twice(
    ready: Artist, made: bpy.types.Object, saved: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hold(ready)
    order(2)
    reopen(saved)
    choose(bpy.data.objects["mushroom"])
    order(1)
    assert sent(ready) == [100, 101, 102, 103]
    assert "Left out, since ordered already: 101, 102. The list of jobs says" in capfd.readouterr().out
    let_go(ready)
    assert seeds(bpy.data.objects["mushroom"]) == [100, 101, 102, 103]


def test_another_session_has_nothing_paid_twice(ready: Artist, made: bpy.types.Object, saved: Path) -> None:
    counted(ready, 2)
    ready.session.close()
    ready.session = ready.new_session()
    reopen(saved)
    choose(bpy.data.objects["mushroom"])
    order(1)
    ready.wait()
    assert sent(ready) == [100, 101, 102, 103]


def test_one_that_was_undone_is_imported_and_not_paid_again(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    name = made.name
    (job,) = counted(ready, 1)
    bpy.ops.ed.undo()
    choose(bpy.data.objects[name])
    order(1)
    said = capfd.readouterr().out
    assert "Left out, since paid for already: 101. Import beside them in the list of jobs brings them to this" in said
    ready.wait()
    assert sent(ready) == [100, 101, 102]
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert seeds(bpy.data.objects[name]) == [100, 101, 102] and seed_shown(bpy.data.objects[name]) == 101


def test_it_finds_its_object_in_a_file_saved_before(ready: Artist, made: bpy.types.Object, saved: Path) -> None:
    hold(ready)
    order(2)
    made.name = "house"  # nor does the name say it
    bpy.ops.trellis.make_lods(levels=1)
    reopen(saved)
    let_go(ready)
    assert [seeds(item) for item in bpy.data.objects] == [[100, 101, 102]]


def test_it_finds_its_object_in_a_file_saved_after_undo(ready: Artist, made: bpy.types.Object, saved: Path) -> None:
    move(made)
    hold(ready)
    order(1)
    bpy.ops.ed.undo()
    bpy.data.objects["mushroom"].name = "house"
    reopen(saved, save=True)
    let_go(ready)
    assert [seeds(item) for item in bpy.data.objects] == [[100, 101]]


def test_a_level_of_detail_is_not_taken_for_the_object(ready: Artist, made: bpy.types.Object, saved: Path) -> None:
    hold(ready)
    order(1)
    bpy.ops.trellis.make_lods(levels=2)
    made.name = "Crown"
    reopen(saved, save=True)
    let_go(ready)
    assert {item.name: seeds(item) for item in bpy.data.objects if seeds(item)} == {"Crown": [100, 101]}
    assert not any(ready.session.intake.remarks.values()), "it is sure"


def remarks(ready: Artist) -> list[str]:
    return [remark for remark in ready.session.intake.remarks.values() if remark]


def test_of_a_renamed_object_and_its_copy_one_is_taken_and_that_said(
    ready: Artist, made: bpy.types.Object, saved: Path
) -> None:  # fmt: skip
    hold(ready)
    order(1)
    bpy.ops.object.duplicate()
    made.name = "Crown"
    reopen(saved, save=True)
    let_go(ready)
    assert {item.name: seeds(item) for item in bpy.data.objects} == {"Crown": [100, 101], "mushroom.001": [100]}
    assert remarks(ready) == [
        "It is a variant of Crown now, one of several copies of the object that it was ordered for."
    ]


def test_of_an_object_and_its_copy_the_name_says_which(ready: Artist, made: bpy.types.Object, saved: Path) -> None:
    bpy.ops.object.duplicate()
    reopen(saved, save=True)
    hold(ready)
    choose(bpy.data.objects["mushroom.001"])
    leafing.reroll()
    reopen(saved)
    let_go(ready)
    shown = {item.name: len(seeds(item)) for item in bpy.data.objects}
    assert shown == {"mushroom": 0, "mushroom.001": 2} and seed_shown(bpy.data.objects["mushroom.001"]) != 100
    assert remarks(ready) == []


def row(item: bpy.types.Object) -> list[Any]:
    return module("blender.comparing").standing(item)


def compare(item: bpy.types.Object) -> None:
    choose(item)
    undoable(bpy.ops.trellis.compare_variants)


def test_a_row_belongs_to_the_object_that_it_was_opened_for(
    ready: Artist, made: bpy.types.Object, tmp_path: Path
) -> None:  # fmt: skip
    counted(ready, 2)
    compare(made)  # this one's comes and goes: what is noted by it, a copy has, too
    compare(bpy.data.objects["mushroom"])
    choose(bpy.data.objects["mushroom"])
    bpy.ops.object.duplicate()
    bpy.context.view_layer.objects.active.name = "Zopy"
    compare(bpy.data.objects["Zopy"])
    path = tmp_path / "row.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    reopen(path)
    first, copy = bpy.data.objects["mushroom"], bpy.data.objects["Zopy"]
    assert not module("blender.comparing").is_comparing(first) and len(row(copy)) == 2
    third = next(item for item in row(copy) if seed_shown(item) == 102)
    first.select_set(False)
    compare(third)
    first, copy = bpy.data.objects["mushroom"], bpy.data.objects["Zopy"]
    assert bpy.context.view_layer.objects.active == copy and (seed_shown(copy), seed_shown(first)) == (102, 100)
    assert len(bpy.data.objects) == 2


def test_both_rows_stand_and_each_goes_by_itself(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    variants().mark(made)
    choose(made)
    bpy.ops.object.duplicate()
    bpy.context.view_layer.objects.active.name = "Zopy"
    for name in ("mushroom", "Zopy"):
        compare(bpy.data.objects[name])
    assert [len(row(bpy.data.objects[name])) for name in ("mushroom", "Zopy")] == [1, 1]
    compare(bpy.data.objects["mushroom"])
    assert [len(row(bpy.data.objects[name])) for name in ("mushroom", "Zopy")] == [0, 1]


def test_what_is_ordered_for_one_of_a_row_stays_when_the_row_goes(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 1)
    compare(made)
    choose(*row(bpy.data.objects["mushroom"]))
    order(1, start=100)
    ready.wait()
    compare(bpy.data.objects["mushroom"])
    assert len(bpy.data.objects) == 1 and seeds(bpy.data.objects["mushroom"]) == [100, 101, 102]

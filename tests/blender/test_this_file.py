# SPDX-License-Identifier: GPL-3.0-or-later
"""*This File* is the .blend that is open, whatever it is called: the history's filter and Spending's sum agree."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import bpy
import layouts
import pytest
from artist import Artist, module
from pictures import mushroom, put

from footprint import PACKAGE

PRICE = Decimal("0.025")
NAME = "trellis_lineage"


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Iterator[Artist]:
    artist.store_folder = tmp_path / "store"
    module("blender.history").clear_filters()
    bpy.context.window_manager.trellis_history.file = "THIS"
    yield artist
    module("blender.history").clear_filters()


def ordered(artist: Artist, seed: int) -> str:
    """Order an object in the file that is open."""
    artist.choose(put("mushroom", mushroom(16, 16)))
    artist.settings.resolution, artist.settings.seed = "512", seed
    job = artist.order()
    artist.wait(job)
    money, paid = artist.session.money, PRICE * artist.simulator.accepted()
    artist.wait_until(lambda: money.ledger is not None and money.ledger.total == paid)
    return str(job.id)


def check(*jobs: str) -> None:
    """These jobs are of this file: the list shows them, and Spending has their sum."""
    module("blender.history").sync()
    assert {row.name for row in bpy.context.window_manager.trellis_history.rows} == set(jobs)
    read = layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_spending_view3d))
    assert read[read.index("This File") + 1] == module("core.money").dollars(PRICE * len(jobs))


def new() -> None:
    bpy.ops.wm.read_homefile(use_empty=True)


def save(path: Path, **how: Any) -> str:
    bpy.ops.wm.save_as_mainfile(filepath=str(path), **how)
    return str(path)


def carried(scene: bpy.types.Scene | None = None) -> tuple[str, ...]:
    found: tuple[str, ...] = module("core.lineage").from_text((scene or bpy.context.scene).get(NAME))
    return found


def test_saved_for_the_first_time_and_under_another_name(ready: Artist, tmp_path: Path) -> None:
    unsaved = ordered(ready, 1)
    check(unsaved)
    new()
    check()
    first = ordered(ready, 2)
    check(first)
    a = save(tmp_path / "a.blend")
    check(first)
    in_a = ordered(ready, 3)
    b = save(tmp_path / "b.blend")
    check(first, in_a)
    in_b = ordered(ready, 4)
    check(first, in_a, in_b)
    c = save(tmp_path / "c.blend", copy=True)
    in_b_later = ordered(ready, 5)
    check(first, in_a, in_b, in_b_later)
    bpy.ops.wm.save_mainfile()
    new()
    check()
    for path, jobs in (
        (a, (first, in_a)), (b, (first, in_a, in_b, in_b_later)), (c, (first, in_a, in_b)),
    ):  # fmt: skip
        bpy.ops.wm.open_mainfile(filepath=path)
        check(*jobs)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "d.blend"))
    in_d = ordered(ready, 6)
    check(first, in_a, in_b, in_d)
    bpy.ops.wm.open_mainfile(filepath=c)
    check(first, in_a, in_b)


def test_undone_and_reverted(ready: Artist, tmp_path: Path) -> None:
    bpy.ops.ed.undo_push(message="before")
    first = ordered(ready, 1)
    bpy.ops.ed.undo_push(message="ordered")
    bpy.ops.ed.undo()
    check(first)
    assert carried(), "an auto-save would have it, too"
    a = save(tmp_path / "a.blend")
    second = ordered(ready, 2)
    bpy.ops.wm.revert_mainfile()
    check(first, second)
    third = ordered(ready, 3)
    bpy.ops.wm.open_mainfile(filepath=a)
    check(first, second, third)
    b = save(tmp_path / "b.blend")
    new()
    bpy.ops.wm.open_mainfile(filepath=b)
    check(first, second, third)


@pytest.mark.parametrize("how", ["append", "link"])
def test_scene_of_another_file_changes_nothing(ready: Artist, tmp_path: Path, how: str) -> None:
    bpy.context.scene.name = "Other"
    theirs = ordered(ready, 1)
    other = save(tmp_path / "other.blend")
    new()
    bpy.context.scene.name = "Mine"
    with bpy.data.libraries.load(other, link=how == "link") as (_there, here):
        here.scenes = ["Other"]
    assert carried(here.scenes[0])
    check()
    path = save(tmp_path / "mine.blend")
    bpy.ops.wm.open_mainfile(filepath=path)
    check()
    mine = ordered(ready, 2)
    check(mine)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=path)
    check(mine)
    bpy.ops.wm.open_mainfile(filepath=other)
    check(theirs)


def test_file_that_never_asked_is_left_alone(ready: Artist, tmp_path: Path) -> None:
    path = save(tmp_path / "plain.blend")
    bpy.ops.wm.open_mainfile(filepath=path)
    bpy.ops.wm.save_mainfile()
    module("blender.history").sync()
    assert bpy.context.scene.get(NAME) is None
    assert NAME.encode() not in Path(save(tmp_path / "seen.blend", compress=False)).read_bytes()


def test_startup_file_lends_its_jobs_to_no_file_made_of_it(ready: Artist, profile: Path) -> None:
    first = ordered(ready, 1)
    mine = carried()
    assert bpy.ops.wm.save_homefile() == {"FINISHED"}
    startup = profile / "config" / "startup.blend"
    try:
        assert carried() == mine and len(mine) == 1, "the file that is open is what it was"
        check(first)
        bpy.ops.wm.read_homefile()
        assert not carried(), "nor was it written"
        check()
        second = ordered(ready, 2)
        check(second)
    finally:
        startup.unlink()


def test_recovered_after_a_crash(ready: Artist, tmp_path: Path) -> None:
    """It has its jobs, also where it was never saved."""
    first = ordered(ready, 1)
    crashed = save(tmp_path / "1234_autosave.blend", copy=True)
    new()
    bpy.ops.wm.recover_auto_save(filepath=crashed)
    check(first)
    second = ordered(ready, 2)
    save(tmp_path / "a.blend")
    check(first, second)


def test_switched_off_and_on_while_it_is_open(ready: Artist) -> None:
    first = ordered(ready, 1)
    lineage = module("blender.lineage")
    lineage.unregister()
    lineage.register()
    check(first)


def switch_off_and_on() -> None:
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    bpy.ops.preferences.addon_enable(module=PACKAGE)


def drag_the_zip_in() -> None:
    """Do what Blender does with one that is dropped on it, also where the extension is there in an earlier version."""
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["TRELLIS_ZIP"], repo="user_default", enable_on_install=True, overwrite=True
    )


def forget(store: Path, mark: str) -> None:
    """Make a mark none in the store, as an earlier version signed."""
    with closing(sqlite3.connect(store)) as connection, connection:
        changed = connection.execute(
            "UPDATE jobs SET record=replace(record, ?, '') WHERE instr(record, ?)", (mark, mark)
        )
        assert changed.rowcount == 1


@pytest.mark.parametrize("begin", [switch_off_and_on, drag_the_zip_in])
def test_first_order_after_it_was_switched_on(ready: Artist, tmp_path: Path, begin: Callable[[], object]) -> None:
    """No file was opened since. It took in what an earlier version had asked for, and lost its own."""
    ordered(ready, 1)
    (mark,) = carried()
    new()
    ready.leave()
    forget(tmp_path / "store" / module("core.store").FILE_NAME, mark)
    begin()
    again = Artist(ready.simulator, ready.folder)
    again.store_folder = ready.store_folder
    first = ordered(again, 2)  # nobody has asked for the file's jobs yet
    bpy.context.window_manager.trellis_history.file = "THIS"
    check(first)
    assert len(carried()) == 1
    path = save(tmp_path / "a.blend")
    second = ordered(again, 3)
    new()
    check()
    bpy.ops.wm.open_mainfile(filepath=path)
    check(first, second)


def test_undone_past_the_first_order_after_it_was_switched_off_and_on(ready: Artist, tmp_path: Path) -> None:
    """Nobody has asked for the file's jobs in between, and what is undone takes the marks out of an unsaved file."""
    bpy.ops.ed.undo_push(message="before")
    first = ordered(ready, 1)  # and imported, which is a step
    ready.leave()
    switch_off_and_on()
    assert module("blender.lineage")._state.marks is None
    bpy.ops.ed.undo()
    assert carried()
    bpy.ops.ed.redo()
    assert carried()
    bpy.ops.ed.undo()
    path = save(tmp_path / "a.blend")
    again = Artist(ready.simulator, ready.folder)
    again.store_folder = ready.store_folder
    second = ordered(again, 2)
    bpy.context.window_manager.trellis_history.file = "THIS"
    check(first, second)
    new()
    bpy.ops.wm.open_mainfile(filepath=path)
    check(first, second)


def test_what_was_sought_in_one_file_is_not_in_the_next(ready: Artist, tmp_path: Path) -> None:
    """*This File*, and the order, are how the list is shown in every file."""
    ordered(ready, 7)
    path = save(tmp_path / "a.blend")
    names = "text", "standing", "resolution", "days", "file", "order"
    sought, usual = ("sought", "RUNNING", "1536", "7", "THIS", "NAME"), ("", "ANY", "ANY", "ANY", "THIS", "NAME")

    def asked() -> tuple[str, ...]:
        return tuple(getattr(bpy.context.window_manager.trellis_history, name) for name in names)

    for name, value in zip(names, sought, strict=True):
        setattr(bpy.context.window_manager.trellis_history, name, value)
    bpy.ops.wm.revert_mainfile()
    assert asked() == sought
    for open_next in (new, new, lambda: bpy.ops.wm.open_mainfile(filepath=path)):
        bpy.context.window_manager.trellis_history.text = "sought"
        open_next()
        assert asked() == usual
    bpy.context.window_manager.trellis_history.order = "DATE"

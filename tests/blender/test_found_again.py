# SPDX-License-Identifier: GPL-3.0-or-later
"""An object's file that was renamed, deleted or changed by hand: found by its hash, or had again for free."""

import hashlib
from pathlib import Path
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, module

pytestmark = pytest.mark.any_blender


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


@pytest.fixture
def imported(ready: Artist) -> Any:
    return ready.wait(ready.order())[0]


def downloads(artist: Artist) -> int:
    return sum(entry["origin"] == "download" for entry in artist.simulator.control.log())


def about_jobs(artist: Artist) -> int:
    """Count the requests so far, but for those after the balance and the offer, which come when they are due."""
    return sum(entry["route"] not in ("usage", "model", "models") for entry in artist.simulator.control.log())


def objects() -> list[str]:
    return [item.name for item in bpy.data.collections["TRELLIS"].objects]


def press(artist: Artist, job: Any) -> Any:
    """Do what *Import* does under a hand: it returns at once, and the object comes with a later beat."""
    before = objects()
    artist.session.want(job.id, module("blender.placement").mark(bpy.context))  # no window, so no press either
    assert objects() == before and artist.session.busy
    return artist.wait(job)[0]


def restart(artist: Artist) -> None:
    artist.session = artist.new_session()
    module("blender.watch")._open()
    artist.wait_until(lambda: artist.session.opened and bool(artist.session.jobs))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_renamed_file_is_found(ready: Artist, imported: Any, by_hand: bool, restarted: bool) -> None:
    renamed = imported.path.with_name("my mushroom.glb")
    imported.path.rename(renamed)
    if restarted:
        restart(ready)
    seen = about_jobs(ready)
    if by_hand:
        told = press(ready, imported)
    else:
        assert bpy.ops.trellis.import_job(job=imported.id) == {"FINISHED"}
        told = ready.session.jobs[imported.id]
    assert len(objects()) == 2 and bpy.context.active_object.name == "mushroom.001"
    assert (told.state.value, told.path, told.error) == ("imported", renamed, "")
    assert about_jobs(ready) == seen, "no request was needed"


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_deleted_file_is_downloaded_again(ready: Artist, imported: Any, by_hand: bool, restarted: bool) -> None:
    imported.path.unlink()
    if restarted:
        restart(ready)
    if by_hand:
        told = press(ready, imported)
    else:
        assert bpy.ops.trellis.import_job(job=imported.id) == {"FINISHED"}
        told = ready.session.jobs[imported.id]
    assert len(objects()) == 2
    assert (told.state.value, told.sha256, told.path) == ("imported", imported.sha256, imported.path)
    assert hashlib.sha256(told.path.read_bytes()).hexdigest() == imported.sha256
    assert (ready.simulator.accepted(), downloads(ready)) == (1, 2)
    assert bpy.ops.trellis.import_job(job=imported.id) == {"FINISHED"}
    assert downloads(ready) == 2, "imported once more, it is not downloaded once more"


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_changed_file_is_kept_aside_and_the_object_is_downloaded_again(
    ready: Artist, imported: Any, by_hand: bool
) -> None:
    work = imported.path.read_bytes()[:-4] + b"mine"
    imported.path.write_bytes(work)
    if by_hand:
        press(ready, imported)
    else:
        assert bpy.ops.trellis.import_job(job=imported.id) == {"FINISHED"}
    aside = f"{imported.id}.changed.glb"
    assert ready.files() == sorted([imported.path.name, aside])
    assert (ready.folder / aside).read_bytes() == work
    assert any(aside in line for line in notes(ready)), "it is said where the changed file is"
    assert len(objects()) == 2 and downloads(ready) == 2
    assert hashlib.sha256(imported.path.read_bytes()).hexdigest() == imported.sha256


def notes(artist: Artist) -> list[str]:
    return [job.note for job in artist.session.jobs.values()]


def test_from_another_blend_it_is_not_downloaded_again(ready: Artist, imported: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    press_seen = downloads(ready)
    ready.session.want(imported.id, module("blender.placement").mark(bpy.context))
    ready.wait(imported)
    assert objects() == ["mushroom"] and downloads(ready) == press_seen == 1


def test_what_cannot_be_had_again_is_said(ready: Artist, imported: Any) -> None:
    imported.path.unlink()
    ready.simulator.control.advance(31 * 86400)
    with pytest.raises(RuntimeError, match="The server no longer has this object"):
        bpy.ops.trellis.import_job(job=imported.id)
    told = ready.session.jobs[imported.id]
    assert (told.state.value, told.resumable) == ("expired", True)
    ready.rest()
    assert len(objects()) == 1


def test_cleaned_up_it_comes_again(ready: Artist, imported: Any) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(ready.folder.parent / "mine.blend"))
    assert ready.preferences.storage_budget >= 0
    ready.session.housekeeping.clean_up(ready.session.live(), 0)
    ready.wait_until(lambda: ready.session.housekeeping.cleaned is not None)
    assert (
        not ready.files() and "Import downloads one again, which is free" in ready.session.housekeeping.cleaned.sentence
    )
    assert press(ready, imported).state.value == "imported"
    assert len(objects()) == 2 and downloads(ready) == 2

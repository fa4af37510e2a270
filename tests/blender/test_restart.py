# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs outlive the session: what one Blender began, the next one has in its list, goes on with, and pays for once."""

from pathlib import Path
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, module


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def restart(artist: Artist) -> Any:
    """End the session and begin another one on the same store, as a new start of Blender does."""
    artist.session = artist.new_session()
    assert not artist.session.jobs
    module("blender.watch")._open()
    artist.wait_until(lambda: artist.session.opened)
    assert not artist.session.store_sentence
    return artist.session


def paid(artist: Artist) -> tuple[int, int]:
    """Give how many POSTs came, and how many were accepted."""
    log = artist.simulator.control.log()
    posts = [item for item in log if item["method"] == "POST" and item["path"].endswith("/generations")]
    return len(posts), artist.simulator.accepted()


def test_the_store_is_the_extensions_own(ready: Artist, profile: Path) -> None:
    folder = module("blender.preferences").storage().store_folder
    assert folder.is_relative_to(profile / "extensions" / ".user")


def test_an_imported_job_is_in_the_list_and_comes_again(ready: Artist) -> None:
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    (first,) = ready.session.jobs.values()
    restart(ready)
    (job,) = ready.wait()
    assert (job.id, job.state.value, job.name, job.faces) == (first.id, "imported", "mushroom", first.faces)
    ready.rest()
    assert len(bpy.data.collections["TRELLIS"].objects) == 1
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert len(bpy.data.collections["TRELLIS"].objects) == 2
    assert paid(ready) == (1, 1)


def test_a_job_at_the_server_goes_on(ready: Artist) -> None:
    ready.simulator.control.settings(job_seconds=3600.0)
    order = ready.order()
    ready.wait_for_state(order, "processing")
    live = restart(ready)
    assert live.busy and order.id in live.jobs
    ready.simulator.control.advance(3601.0)
    assert ready.wait()[0].state.value == "imported"
    assert "mushroom" in bpy.context.scene.objects
    assert paid(ready) == (1, 1)


def test_an_unsaved_scene_of_an_earlier_blender_is_not_this_one(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes are numbered anew in each Blender, so the first one has the same number again."""
    order = ready.order()
    ready.wait_for_state(order, "downloaded")
    monkeypatch.setattr(module("blender.placement"), "_generation", "another run of Blender")
    restart(ready)
    assert ready.wait()[0].state.value == "downloaded"
    ready.rest()
    assert "mushroom" not in bpy.data.objects


def test_the_placeholder_is_found_in_the_file_that_has_it(ready: Artist, tmp_path: Path) -> None:
    """After a restart, under another name of the file, while the job goes on at the server."""
    ready.simulator.control.settings(job_seconds=3600.0)
    order = module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    ready.wait_for_state(order, "processing")
    (box,) = module("blender.placeholder").standing(order.id)
    box.location = (5.0, 6.0, 7.0)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    (tmp_path / "kept.blend").rename(tmp_path / "renamed.blend")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "renamed.blend"))
    restart(ready)
    ready.simulator.control.advance(3601.0)
    assert ready.wait()[0].state.value == "imported"
    item = bpy.data.objects["mushroom"]
    assert tuple(item.location) == (5.0, 6.0, 7.0) and item.data.polygons
    assert not module("blender.placeholder").standing(order.id) and paid(ready) == (1, 1)


def test_what_came_back_is_told_as_before(ready: Artist) -> None:
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    live = restart(ready)
    ready.wait_until(lambda: live.money.ledger is not None and bool(live.jobs))
    (job,) = live.jobs.values()
    assert job.name == "mushroom" and job.importable and not job.running
    assert module("blender.panels.jobs").stage_text(job, False).startswith("Imported · ")
    assert live.money.ledger.today == live.money.ledger.total == job.price_usd


def test_what_was_told_and_not_taken_in_yet_is_watched_for(ready: Artist) -> None:
    """Else the timer ends with the last word unread, when the time of a tick was up."""
    ready.wait(ready.order())
    ready.wait_until(lambda: not ready.session.busy)
    ready.session._engine.messages.put(module("core.messages").PauseTold(0.0))
    assert ready.session.busy
    ready.wait_until(lambda: not ready.session.busy)

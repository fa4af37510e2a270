# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of jobs is read at the start whatever the preferences say, and goes on by itself when they are mended."""

import warnings
from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist, module

FAULTS = {"download_folder": "//objects", "server_url": "http://studio:8000", "api_key": "sk-empiriolabs-half a key"}


def restart(artist: Artist) -> Any:
    """Begin another session on the same store, as a new start of Blender does."""
    artist.session = artist.new_session()
    module("blender.watch")._open()
    artist.wait_until(lambda: artist.session.opened)
    return artist.session


def put(artist: Artist, name: str) -> None:
    """Have something in the preferences that cannot be used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # later Blenders warn of the folder, which is there from an earlier one
        setattr(artist.preferences, name, FAULTS[name])


def come(artist: Artist, job: Any) -> None:
    """Do what an application timer does every few seconds, until a job has gone on and its object has come."""
    module("blender.watch")._look_around()
    artist.wait_until(lambda: not artist.session.jobs[job.id].suspended)
    artist.rest()
    assert artist.session.jobs[job.id].state.value == "imported"


@pytest.fixture
def there(ready: Artist) -> Any:
    """A job that the server is at work on for an hour, and one whose object stands in the scene."""
    ready.order()
    ready.wait()
    ready.simulator.control.settings(job_seconds=3600.0)
    ready.settings.seed = 101
    job = ready.order()
    ready.wait_for_state(job, "processing")
    ready.simulator.control.advance(3601.0)
    return job


@pytest.mark.parametrize("name", FAULTS)
def test_all_are_in_the_list_and_go_on_when_it_is_mended(ready: Artist, there: Any, name: str) -> None:
    right = getattr(ready.preferences, name)
    put(ready, name)
    live = restart(ready)
    assert len(live.jobs) == len(live.history.rows) == 2
    if name == "download_folder":  # where the file goes is the least: it has a place of its own
        come(ready, there)
    ready.wait_until(lambda: not live.jobs[there.id].running)
    assert not live.jobs[there.id].error or live.jobs[there.id].error.startswith("This job is at http://127.0.0.1:")
    setattr(ready.preferences, name, right)
    come(ready, there)
    assert {job.state.value for job in live.jobs.values()} == {"imported"}
    assert ready.simulator.accepted() == 2 and ready.simulator.control.counters()["posts"] == 2


def test_a_folder_beside_the_file_is_in_force_once_the_file_is_open(ready: Artist, there: Any, tmp_path: Path) -> None:
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    put(ready, "download_folder")
    bpy.ops.wm.read_homefile(use_empty=True)
    live = restart(ready)
    bpy.ops.wm.open_mainfile(filepath=str(path))
    ready.wait_until(lambda: live.jobs[there.id].path is not None)
    assert live._engine._storage.folder == tmp_path / "objects"


def test_a_wait_that_ended_with_blender_ends_at_the_next_start(ready: Artist, there: Any) -> None:
    put(ready, "server_url")
    live = restart(ready)
    ready.wait_until(lambda: live.jobs[there.id].suspended)
    ready.preferences.server_url = ready.simulator.url
    restart(ready)
    come(ready, there)


def test_what_was_never_sent_waits_for_the_artist(ready: Artist) -> None:
    """To go on with it would be to pay."""
    ready.simulator.control.misbehave("submit", "429", times=None, retry_after=3600)
    job = ready.order()
    ready.wait_until(lambda: bool(ready.session.jobs[job.id].note))
    put(ready, "server_url")
    restart(ready)
    ready.simulator.control.reset()
    ready.preferences.server_url = ready.simulator.url
    module("blender.watch")._look_around()
    ready.rest()
    assert ready.session.jobs[job.id].unsent and ready.simulator.control.counters()["posts"] == 0

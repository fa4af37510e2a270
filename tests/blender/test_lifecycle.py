# SPDX-License-Identifier: GPL-3.0-or-later
"""Disabling the extension ends everything it started, soon, whatever it was doing; enabling it begins anew."""

import time
from collections.abc import Iterator

import bpy
import pictures
import pytest
from artist import Artist, await_no_thread, module, our_threads
from datablocks import all_names

from footprint import PACKAGE, Footprint, take_footprint

LATE_SECONDS = 600.0
"""How late the server is: whoever waits for it is not done soon."""
SOON_SECONDS = 100.0


@pytest.fixture
def ready(artist: Artist) -> Iterator[Artist]:
    artist.patience_seconds = LATE_SECONDS
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    yield artist
    if PACKAGE not in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_enable(module=PACKAGE)


def is_asked(artist: Artist, route: str = "") -> bool:
    """Whether a request, or one for that route, has come to the server."""
    return any(route in ("", entry["route"]) for entry in artist.simulator.control.log())


def disable_in_time(untouched: Footprint) -> None:
    began = time.monotonic()
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert time.monotonic() - began < SOON_SECONDS
    await_no_thread()
    assert take_footprint() == untouched


@pytest.mark.any_blender
@pytest.mark.parametrize(
    ("route", "fault", "state", "options"),
    [
        ("run", "never_finish", "processing", {}),
        ("poll", "late", "accepted", {"seconds": LATE_SECONDS}),
        ("poll", "drip", "accepted", {"bytes_per_second": 1}),
        ("download", "late", "downloading", {"seconds": LATE_SECONDS}),
        ("download", "drip", "downloading", {"bytes_per_second": 10}),
        ("submit", "late", "submitting", {"seconds": LATE_SECONDS}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_disabling_ends_whatever_is_running(
    ready: Artist, untouched: Footprint, route: str, fault: str, state: str, options: dict[str, object]
) -> None:
    ready.simulator.control.misbehave(route, fault, times=None, **options)
    job = ready.order()
    ready.wait_for_state(job, state)
    ready.wait_until(lambda: is_asked(ready, "poll" if route == "run" else route))  # into the middle of it
    assert our_threads()
    before = all_names()
    disable_in_time(untouched)
    assert all_names() == before
    assert all(name.endswith(".glb") and not name.startswith(".part") for name in ready.files())


def test_disabling_with_many_jobs(ready: Artist, untouched: Footprint) -> None:
    ready.simulator.control.misbehave("run", "never_finish", times=None)
    for seed in range(10):
        ready.settings.seed = seed
        ready.order()
    ready.wait_until(lambda: sum(job.state.value == "processing" for job in ready.session.jobs.values()) >= 6)
    disable_in_time(untouched)
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert not module("blender.session").current().jobs


def test_disabling_while_the_connection_is_tested(ready: Artist, untouched: Footprint) -> None:
    ready.simulator.control.misbehave("*", "late", times=None, seconds=LATE_SECONDS)
    ready.ask_server()
    ready.wait_until(lambda: is_asked(ready))
    disable_in_time(untouched)


def test_settings_of_the_scene_survive_disabling(ready: Artist) -> None:
    ready.settings.seed = 4711
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not hasattr(bpy.types.Scene, "trellis")
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert bpy.context.scene.trellis.seed == 4711


def test_works_after_disable_and_enable(ready: Artist) -> None:
    bpy.ops.trellis.generate()
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    again = Artist(ready.simulator, ready.folder)
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert len(bpy.data.collections["TRELLIS"].objects) == 2
    again.leave()
    await_no_thread()


def test_disabling_after_a_script_took_all_handlers_of_frames_away(ready: Artist) -> None:
    bpy.app.handlers.frame_change_post.clear()
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not hasattr(bpy.types.Scene, "trellis")
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert PACKAGE in bpy.context.preferences.addons


def test_an_idle_session_has_no_thread(ready: Artist) -> None:
    assert not our_threads()
    assert not ready.session.busy
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not our_threads()


def test_a_failing_registration_takes_back_what_was_done(untouched: Footprint, monkeypatch: pytest.MonkeyPatch) -> None:
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    layer = module("blender")

    def fail() -> None:
        raise ValueError("as told by the test")

    with monkeypatch.context() as patch:
        patch.setattr(layer.panels, "register", fail)
        with pytest.raises(ValueError, match="as told"):
            layer.register()
    assert take_footprint() == untouched
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert PACKAGE in bpy.context.preferences.addons

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of halt is a sentence in the panel, and its buttons are pressed with the mouse."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gui import scene
from tests.gui.test_journey import CANCEL_PIXELS
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

OBJECTS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons]"
BROWSER = """#!/bin/sh
echo "$1" >> {told}
"""
FOUND = "bpy.context.window_manager.clipboard"


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "0.3") as running:
        yield running


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the addresses are that the browser was asked for."""
    return tmp_path / "told"


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process, tmp_path: Path, told: Path) -> Window:
    """A tall window in front of the server, with a browser that only writes down what it is asked for."""
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(told=told), encoding="utf-8")
    browser.chmod(0o755)
    window = open_window(size=(1280, 1300), env={"BROWSER": str(browser)})
    scene.connect(window, server)
    scene.choose_picture(window)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_each_error_says_what_to_do(ready: Window, server: Process, told: Path, artifacts: Path) -> None:
    no_credit(ready, server, told, artifacts)
    failed_at_the_server(ready, server, artifacts)
    stopped_on_the_way(ready, server, artifacts)
    assert not server.control.violations()
    unplugged(ready, server, artifacts)
    assert "Traceback" not in ready.log_text()


def press(window: Window, wanted: str, from_edge: int | None = None) -> None:
    window.click(*window.find_button(wanted, from_edge=from_edge))


def halted(window: Window, state: str, picture: Path) -> dict[str, Any]:
    """Wait until the one job has come to a halt in a state; give it."""
    window.wait_for(f"[(j.state.value, j.running) for j in {scene.SESSION}.jobs.values()] == [({state!r}, False)]")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(picture)
    (job,) = scene.jobs(window)
    return job


def remove(window: Window) -> None:
    press(window, "trellis.remove_job", from_edge=CANCEL_PIXELS)
    window.wait_for(f"not {scene.SESSION}.jobs")


def order(window: Window) -> None:
    """Another seed each time: the same order once more would be taken for a double click."""
    press(window, "trellis.random_seed", from_edge=CANCEL_PIXELS)
    press(window, "trellis.generate")


def no_credit(window: Window, server: Process, told: Path, artifacts: Path) -> None:
    """Ordered by what F3 finds; the credit does not cover it, and a button leads to where it is topped up."""
    server.control.misbehave("submit", "402")
    window.search("generate 3d", artifacts / "1-search.png")
    job = halted(window, "refused", artifacts / "2-no-credit.png")
    assert "Top up" in job["error"]
    press(window, "trellis.open_dashboard")
    window.wait_for(f"__import__('os').path.exists({str(told)!r})")
    assert told.read_text().startswith("https://")
    remove(window)


def failed_at_the_server(window: Window, server: Process, artifacts: Path) -> None:
    server.control.misbehave("run", "fail")
    order(window)
    job = halted(window, "failed", artifacts / "3-failed.png")
    assert "told to fail" in job["error"], "the server's own reason"
    place = window.find_button("trellis.copy_diagnostics")
    window.call(f"{FOUND} = ''\nresult = None")
    window.click(*place)
    copied = window.wait_for(FOUND)
    assert job["error"] in copied and server.key not in copied
    remove(window)


def stopped_on_the_way(window: Window, server: Process, artifacts: Path) -> None:
    """The key is refused while the job runs: it waits, and Try Again fetches what is paid for."""
    server.control.misbehave("poll", "401", times=None)
    order(window)
    job = halted(window, "accepted", artifacts / "4-stopped.png")
    assert "key" in job["error"]
    server.control.behave("poll")
    press(window, "trellis.resume")
    window.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 2
    remove(window)


def unplugged(window: Window, server: Process, artifacts: Path) -> None:
    """Nobody answers: nothing was sent. Once somebody does, one button sends the very same."""
    server.stop()
    order(window)
    job = halted(window, "refused", artifacts / "5-unplugged.png")
    assert "nothing was billed" in job["error"]
    window.find_button("preferences.addon_show")
    with scene.start_server("--port", server.url.rpartition(":")[2], "--key", server.key) as again:
        press(window, "trellis.order_again")
        window.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['imported']")
        assert again.control.counters()["accepted"] == 1

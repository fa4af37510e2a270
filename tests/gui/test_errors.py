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
    panel = Panel(ready)
    no_credit(panel, server, told, artifacts)
    failed_at_the_server(panel, server, artifacts)
    stopped_on_the_way(panel, server, artifacts)
    assert not server.control.violations()
    unplugged(panel, server, artifacts)
    assert "Traceback" not in ready.log_text()


class Panel:
    """The panel with its one job below Generate: no button of a job is looked for above that, which takes seconds."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._jobs = window.find_button("trellis.generate")[1]

    def find(self, wanted: str, from_edge: int | None = None) -> tuple[int, int]:
        return self.window.find_button(wanted, from_edge=from_edge, below=self._jobs)

    def press(self, wanted: str, from_edge: int | None = None) -> None:
        self.window.click(*self.find(wanted, from_edge))

    def remove(self) -> None:
        self.press("trellis.remove_job", CANCEL_PIXELS)
        self.window.wait_for(f"not {scene.SESSION}.jobs")

    def order(self) -> None:
        """Another seed each time: the same order once more would be taken for a double click."""
        dice = self.window.find_button("trellis.random_seed", from_edge=CANCEL_PIXELS)
        self.window.click(*dice)
        self.window.click(*self.window.find_button("trellis.generate", below=dice[1]))

    def halted(self, state: str, picture: Path) -> dict[str, Any]:
        """Wait until the one job has come to a halt in a state; give it."""
        jobs = f"[(j.state.value, j.running) for j in {scene.SESSION}.jobs.values()]"
        self.window.wait_for(f"{jobs} == [({state!r}, False)]")
        self.window.open_sidebar("VIEW_3D", "TRELLIS")
        self.window.screenshot(picture)
        (job,) = scene.jobs(self.window)
        return job


def no_credit(panel: Panel, server: Process, told: Path, artifacts: Path) -> None:
    """Ordered by what F3 finds; the credit does not cover it, and a button leads to where it is topped up."""
    server.control.misbehave("submit", "402")
    panel.window.search("generate 3d", artifacts / "1-search.png")
    job = panel.halted("refused", artifacts / "2-no-credit.png")
    assert "Top up" in job["error"]
    panel.press("trellis.open_dashboard")
    panel.window.wait_for(f"__import__('os').path.exists({str(told)!r})")
    assert told.read_text().startswith("https://")
    panel.remove()


def failed_at_the_server(panel: Panel, server: Process, artifacts: Path) -> None:
    server.control.misbehave("run", "fail")
    panel.order()
    job = panel.halted("failed", artifacts / "3-failed.png")
    assert "told to fail" in job["error"], "the server's own reason"
    place = panel.find("trellis.copy_diagnostics")
    panel.window.call(f"{FOUND} = ''\nresult = None")
    panel.window.click(*place)
    copied = panel.window.wait_for(FOUND)
    assert job["error"] in copied and server.key not in copied
    panel.remove()


def stopped_on_the_way(panel: Panel, server: Process, artifacts: Path) -> None:
    """The key is refused while the job runs: it waits, and Try Again fetches what is paid for."""
    server.control.misbehave("poll", "401", times=None)
    panel.order()
    job = panel.halted("accepted", artifacts / "4-stopped.png")
    assert "key" in job["error"]
    server.control.behave("poll")
    panel.press("trellis.resume")
    panel.window.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 2
    panel.remove()


def unplugged(panel: Panel, server: Process, artifacts: Path) -> None:
    """Nobody answers: nothing was sent. Once somebody does, one button sends the very same."""
    server.stop()
    panel.order()
    job = panel.halted("refused", artifacts / "5-unplugged.png")
    assert "nothing was billed" in job["error"]
    panel.find("preferences.addon_show")
    with scene.start_server("--port", server.url.rpartition(":")[2], "--key", server.key) as again:
        panel.press("trellis.order_again")
        panel.window.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['imported']")
        assert again.control.counters()["accepted"] == 1

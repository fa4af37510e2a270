# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the artist's own by mouse: it is called free on the page, and from then on nothing asks about money."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.test_first_start import BELOW, SIZE
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

STATES = f"[j.state.value for j in {scene.SESSION}.jobs.values()]"


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "0.2") as running:
        running.control.settings(offers_model=False, offers_usage=False, offers_list=False)
        yield running


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_the_page_and_the_panel(open_window: Callable[..., Window], server: Process, artifacts: Path) -> None:
    window = open_window(size=SIZE)
    scene.connect(window, server)
    scene.choose_picture(window)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.call(f"bpy.ops.preferences.addon_show(module={scene.PACKAGE!r})\nresult = None")
    window.wait_for("is_open('PREFERENCES')")
    window.bring("Preferences", 0, BELOW)
    window.wait_for("place('PREFERENCES')[0].x == 0")
    window.screenshot(artifacts / "1-prices-of-the-provider.png")
    window.call(f"{scene.PREFERENCES}.server_is_free = True\nresult = None")
    window.screenshot(artifacts / "2-free.png")
    server.control.misbehave("submit", "500", message="CUDA out of memory")
    window.click(*window.find_button("trellis.generate"))
    window.wait_for(f"{STATES} == ['uncertain'] and not {scene.SESSION}.busy")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "3-lost.png")
    window.click(*window.find_button("trellis.send_again"))
    window.wait_for(f"'imported' in {STATES}")
    window.screenshot(artifacts / "4-sent-again.png")
    assert server.control.counters()["accepted"] == 1

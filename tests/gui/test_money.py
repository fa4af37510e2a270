# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sidebar says of the money in a real window: the balance, that it does not cover, the cap, no account."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS, Window
from tests.simulator.remote import Process

LINE = f"__import__({scene.PACKAGE + '.blender.readiness'!r}, fromlist=['money_line']).money_line()"
OPEN_SPENDING = """
panel = bpy.types.TRELLIS_PT_spending_view3d
bpy.utils.unregister_class(panel)
panel.bl_options = set()
bpy.utils.register_class(panel)
result = None
"""
"""It is closed at first, and only a click on its heading opens it."""
COUNT_DRAWS = """
drawn = 0
def count_draw():
    global drawn
    drawn += 1
if 'draw_counter' not in globals():
    draw_counter = bpy.types.SpaceView3D.draw_handler_add(count_draw, (), 'UI', 'POST_PIXEL')
area('VIEW_3D').tag_redraw()
result = None
"""
DASHBOARD, PREFERENCES = "trellis.open_dashboard", "preferences.addon_show"
MAY_BE_PRESSED = """
with bpy.context.temp_override(trellis_button=bpy.context.scene):
    result = bpy.ops.trellis.generate.poll()
"""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.2)
        yield running


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process) -> Window:
    window = open_window(size=(1280, 1300))  # the spending stands below all else
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call("bpy.context.scene.trellis.resolution = '512'\nresult = None")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


def ask(window: Window) -> None:
    """Have the balance asked for, as on opening with this key."""
    window.call(
        f"watch = __import__({scene.PACKAGE + '.blender.watch'!r}, fromlist=['_open'])\nwatch._open()\nresult = None"
    )
    window.wait_for(f"not {scene.SESSION}.watched")


def generate(window: Window, *states: str) -> None:
    window.click(*window.find_button("trellis.generate"))
    window.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == {list(states)!r}")
    window.wait_for(f"not {scene.SESSION}.watched")


def look(window: Window, artifacts: Path, name: str) -> None:
    """Keep a picture of the sidebar, drawn anew."""
    window.display.move(500, 600)
    window.call(COUNT_DRAWS)
    window.wait_for("drawn > 0")
    time.sleep(SIDEBAR_DRAW_SECONDS)  # until it is on the screen
    window.screenshot(artifacts / f"{name}.png")


def test_balance_spending_and_cap(ready: Window, server: Process, artifacts: Path) -> None:
    server.control.settings(balance=12.345)
    ask(ready)
    assert ready.call(LINE) == "Balance $12.34"
    look(ready, artifacts, "1-balance")
    generate(ready, "imported")
    ready.wait_for(f"{LINE} == 'Balance $12.32 · Today $0.025'")
    ready.call(f"{scene.PREFERENCES}.daily_cap = 5.0\nresult = None")
    look(ready, artifacts, "2-cap-and-spending")
    ready.call(f"{scene.PREFERENCES}.daily_cap = 0.04\nresult = None")
    look(ready, artifacts, "3-cap-reached")
    assert not ready.call(MAY_BE_PRESSED)
    ready.click(*ready.find_button("trellis.generate"))
    ready.find_button(PREFERENCES)
    assert server.control.counters()["accepted"] == 1, "the button is off"


def test_balance_that_does_not_cover(ready: Window, server: Process, artifacts: Path) -> None:
    server.control.settings(balance=0.01)
    ask(ready)
    look(ready, artifacts, "1-not-covered")
    ready.find_button(DASHBOARD)
    generate(ready, "refused")
    look(ready, artifacts, "2-refused")
    assert server.control.counters()["accepted"] == 0


def test_server_without_account(ready: Window, server: Process, artifacts: Path) -> None:
    server.control.settings(offers_usage=False)
    ready.call(OPEN_SPENDING)
    ask(ready)
    assert ready.call(LINE) == ""
    look(ready, artifacts, "1-no-account")
    generate(ready, "imported")
    look(ready, artifacts, "2-no-account-spent")
    assert ready.call(LINE) == "Today $0.025"
    ready.find_button("trellis.export_ledger")
    ready.call(f"{scene.PREFERENCES}.daily_cap = 5.0\nresult = None")
    look(ready, artifacts, "3-spending")

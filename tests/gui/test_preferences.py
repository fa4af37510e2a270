# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences' page pressed in a real window, a script that is called back there, and what a restart keeps."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.program import PATIENCE_SECONDS
from tests.gui.window import Window
from tests.simulator.remote import Process

OPEN_PAGE = f"""
area('VIEW_3D').type = 'PREFERENCES'
bpy.context.preferences.active_section = 'ADDONS'
bpy.context.window_manager.addon_search = 'TRELLIS for'
bpy.ops.preferences.addon_expand(module={scene.PACKAGE!r})
area('PREFERENCES').tag_redraw()
result = None
"""
LATER_START = """
preferences = bpy.context.preferences
preferences.use_preferences_save, preferences.view.use_save_prompt = True, False
preferences.system.use_online_access = True
{own}.server_url = {url!r}
bpy.ops.wm.save_userpref()
result = None
"""
"""A later start than the first: everything but the key is set and saved, and Blender saves what changes as it quits."""
UNDER_MOUSE = "button_under_mouse('PREFERENCES', 'WINDOW')"
STEP_PIXELS = 7
EDGE_PIXELS, MIDDLE_PIXELS = 29, 400
"""How far from the right edge of the page the small buttons are, and the large ones."""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.5)
        yield running


def find(window: Window, wanted: str, from_edge: int) -> tuple[int, int]:
    """Move the mouse down the page until it is over a button."""
    left, top, width, height = window.rectangle("PREFERENCES")
    x = left + width - from_edge
    for y in range(top + STEP_PIXELS, top + height, STEP_PIXELS):
        window.display.move(x, y)
        if wanted in window.call(UNDER_MOUSE):
            return x, y
    raise AssertionError(f"there is no {wanted}")


def test_key_is_pasted_and_tested_and_what_is_kept_is_counted(
    open_window: Callable[..., Window], server: Process, artifacts: Path, tmp_path: Path
) -> None:
    window = open_window(size=(1280, 1300), home=tmp_path / "home")
    window.call(LATER_START.format(own=scene.PREFERENCES, url=server.url))
    window.call(OPEN_PAGE)
    window.wait_for("area('PREFERENCES').regions[0].height > 0")
    paste = find(window, "trellis.paste_key", EDGE_PIXELS)
    window.call(f"bpy.context.window_manager.clipboard = 'Bearer {server.key}'")
    assert not window.call("bpy.context.preferences.is_dirty")
    window.click(*paste)
    window.wait_for(f"{scene.PREFERENCES}.api_key == {server.key!r}")
    window.click(*find(window, "trellis.test_connection", MIDDLE_PIXELS * 2 - EDGE_PIXELS))
    window.wait_for(f"{scene.SESSION}.connection is not None and {scene.SESSION}.connection.ok")
    assert window.call("sorted(bpy.ops.trellis.test_connection())") == ["FINISHED"], "a script has waited"
    assert window.call(f"{scene.SESSION}.question, {scene.SESSION}.checking") == [2, False]
    assert window.call(f"{scene.SESSION}.housekeeping.counted") is None, "a closed section asks for nothing"
    ledger = find(window, "trellis.export_ledger", MIDDLE_PIXELS)
    step = window.call("round(24 * bpy.context.preferences.system.ui_scale)")
    window.click(ledger[0], ledger[1] + STEP_PIXELS + 2 * step)  # the heading Storage, below Network
    window.wait_for(f"{scene.SESSION}.housekeeping.counted is not None")
    assert window.call(f"{scene.SESSION}.housekeeping.counted.sentence") == ""
    window.screenshot(artifacts / "preferences.png")
    call_back(window)
    quit_normally(window)
    again = open_window(zip_path=None, home=window.home)
    assert again.call(f"{scene.PREFERENCES}.api_key") == server.key, "what was pasted is lost at a restart"


def call_back(window: Window) -> None:
    """Run the documentation's example for a window: it comes back at once, and the object comes by a timer."""
    scene.make_picture(window.home / "mushroom.png")
    page = (scene.CHECKOUT / "docs" / "scripting.md").read_text(encoding="utf-8")
    example = re.search(r"<!-- example: called -->\n```python\n(.*?)```", page, re.DOTALL)
    assert example
    own = f"own = {scene.PREFERENCES}\nown.decimation_target, own.texture_size = {scene.FEW_FACES}, '1024'"
    window.call(f"import os\nos.chdir({str(window.home)!r})\n{own}\n{example[1]}\nresult = None")
    assert not window.call("'mushroom' in bpy.data.objects")
    window.wait_for("'mushroom' in bpy.data.objects")
    assert window.call("bpy.context.view_layer.objects.active.name") == "mushroom"


def quit_normally(window: Window) -> None:
    """Quit as an artist does; Blender asks nothing, and saves its preferences where something tells it to."""
    left, top, width, height = window.rectangle("PREFERENCES")
    window.display.move(left + width // 2, top + height - STEP_PIXELS)
    window.key("ctrl+q")
    window.wait_for_the_end(PATIENCE_SECONDS)

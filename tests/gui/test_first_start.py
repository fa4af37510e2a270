# SPDX-License-Identifier: GPL-3.0-or-later
"""The first start by mouse and keys alone: online access, the key, the page; then what the server has of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

GENERATE_REASON = f"__import__({scene.PACKAGE + '.blender.readiness'!r}, fromlist=['x']).generate_reason(bpy.context)"
SETTINGS = "bpy.context.scene.trellis"
OFFER_FAULT = f"{scene.SESSION}.money.offer_fault({scene.PREFERENCES}.server_url)"
PAGE = ("PREFERENCES", "WINDOW")
EDGE_PIXELS = 29
"""From the page's right border to a button at the end of a row."""
CHECKBOX_PIXELS = 33
SIZE = (1500, 1300)
BELOW = 650
"""Where the window of the preferences is put: over the viewport, so that the sidebar is seen beside it. In Blender 5.x
it opens 875 pixels wide, and up to 4.3 687: on a screen of 1280 it would cover the sidebar's left side."""
SERVER_HAS = {
    "edge_sharpness": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "description": "How sharp"}
}


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "3600") as running:
        running.control.settings(schema_added=SERVER_HAS, schema_removed=["remesh_band"])
        yield running


def press(window: Window, wanted: str, *where: str, from_edge: int | None = None) -> None:
    window.click(*window.find_button(wanted, *where, from_edge=from_edge))


def enter(window: Window, text: str) -> None:
    """Type into the field that a double click has opened, in place of what it holds."""
    window.key("ctrl+a")
    window.type(text)
    window.key("Return")


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_from_nothing_to_the_first_order(
    open_window: Callable[..., Window], server: Process, artifacts: Path
) -> None:  # fmt: skip
    window = open_window(size=SIZE)
    window.call("bpy.context.preferences.system.use_online_access = False")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "1-offline.png")
    assert "Online access is off" in window.call(GENERATE_REASON)
    allow_online_access(window, artifacts)
    open_the_page(window, artifacts)
    enter_the_key(window, server, artifacts)
    scene.choose_picture(window)
    window.call(f"{SETTINGS}.remesh_band = 2.0\nresult = None")
    try_the_connection(window, artifacts)
    assert window.call(GENERATE_REASON) == ""
    set_what_is_new(window, artifacts)
    press(window, "trellis.generate")
    window.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['processing']")
    sent = server.control.jobs()[0]["sent"]
    assert sent["edge_sharpness"] == 0.75
    assert "remesh_band" not in sent
    meet_a_malformed_schema(window, server, artifacts)
    assert server.control.counters()["posts"] == 1
    assert not server.control.violations()


def allow_online_access(window: Window, artifacts: Path) -> None:
    press(window, "extensions.userpref_allow_online")
    window.wait_for("bpy.app.online_access")
    assert "No API key yet" in window.call(GENERATE_REASON)
    window.display.move(400, 1000)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "2-no-key.png")


def open_the_page(window: Window, artifacts: Path) -> None:
    """The box leads to the page, which is open and in sight."""
    assert not window.call("is_open('PREFERENCES')")
    press(window, "preferences.addon_show")
    window.wait_for("is_open('PREFERENCES')")
    window.bring("Preferences", 0, BELOW)
    window.wait_for("place('PREFERENCES')[0].x == 0")
    assert window.call("bpy.context.preferences.active_section") == "ADDONS"
    window.screenshot(artifacts / "3-page.png")


def enter_the_key(window: Window, server: Process, artifacts: Path) -> None:
    paste = window.find_button("trellis.paste_key", *PAGE, from_edge=EDGE_PIXELS)
    window.call(f"bpy.context.window_manager.clipboard = ' \"{server.key}\"'\nresult = None")
    window.click(*paste)
    window.wait_for(f"{scene.PREFERENCES}.api_key == {server.key!r}")
    row = window.call("round(24 * bpy.context.preferences.system.ui_scale)")
    window.double_click(paste[0] - 4 * EDGE_PIXELS, paste[1] + row)  # Blender has no path for an extension's settings
    enter(window, server.url)
    window.wait_for(f"{scene.PREFERENCES}.server_url == {server.url!r}")
    window.screenshot(artifacts / "4-pasted.png")


def try_the_connection(window: Window, artifacts: Path) -> None:
    press(window, "trellis.test_connection", *PAGE)
    window.wait_for(f"{scene.SESSION}.connection is not None and {scene.SESSION}.connection.ok")
    window.wait_for(f"len({scene.SESSION}.money.offer({scene.PREFERENCES}.server_url).new) == 1")
    window.wait_for(f"not {scene.SESSION}.checking")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "5-tested.png")


def set_what_is_new(window: Window, artifacts: Path) -> None:
    window.open_panel("TRELLIS_PT_additions_view3d")
    press(window, "trellis.use_addition", from_edge=-CHECKBOX_PIXELS)
    window.wait_for(f"{SETTINGS}.additions['edge_sharpness'].use")
    window.double_click(*window.find_button("as_float"))
    enter(window, "0.75")
    window.wait_for(f"{SETTINGS}.additions['edge_sharpness'].as_float == 0.75")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "6-new-at-the-server.png")


def meet_a_malformed_schema(window: Window, server: Process, artifacts: Path) -> None:
    """It is said on the page, and changes nothing."""
    server.control.settings(schema_raw='{"supported_parameters": 5}')
    press(window, "trellis.test_connection", *PAGE)
    window.wait_for(OFFER_FAULT)
    window.wait_for(f"not {scene.SESSION}.checking")
    window.display.move(640, BELOW - 100)
    window.open_sidebar("VIEW_3D", "TRELLIS")  # it is open, so this waits until it is drawn
    window.screenshot(artifacts / "7-malformed.png")
    assert window.call(f"[p.name for p in {scene.SESSION}.money.offer({scene.PREFERENCES}.server_url).new]") == [
        "edge_sharpness"
    ]

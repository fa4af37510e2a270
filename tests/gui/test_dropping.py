# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures dropped onto Blender by another program, in a real window: what is dropped is sent, unless one is picked."""

from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window

XDND = Path(__file__).with_name("xdnd.py")
CHOSEN = f"__import__({scene.PACKAGE + '.blender.sources'!r}, fromlist=['choose']).choose(bpy.context)"
SETTINGS = "bpy.context.scene.trellis"


@pytest.fixture
def ready(window: Window) -> Window:
    """A window with our tab open, and two pictures on the disk."""
    for name in ("cup", "mug"):
        scene.make_picture(window.home / f"{name}.png")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


def drop(window: Window, name: str) -> None:
    """Drop a picture onto the middle of the viewport, as a file manager does."""
    left, top, width, height = window.rectangle("VIEW_3D", "WINDOW")
    x, y = left + width // 2, top + height // 2
    window.display.move(x, y)
    path = str(window.home / f"{name}.png")
    assert window.display.run(["python3", "-I", str(XDND), path, str(x), str(y)]).strip() == "taken"


def wait_until_chosen(window: Window, name: str) -> None:
    window.wait_for(f"{CHOSEN}.name == {name!r} and {CHOSEN}.capture is None")


def test_what_is_dropped_last_is_sent(ready: Window, artifacts: Path) -> None:
    drop(ready, "cup")
    wait_until_chosen(ready, "cup")
    assert ready.call(f"{CHOSEN}.canvas is not None and {SETTINGS}.source") == "AUTO", "an image empty, selected"

    (ready.home / "bad.png").write_bytes((ready.home / "cup.png").read_bytes()[:100])
    drop(ready, "bad")
    made = "[item for item in bpy.data.objects if item.data == bpy.data.images['bad.png']]"
    ready.wait_for(f"'bad.png' in bpy.data.images and {made} and not any(item.select_get() for item in {made})")
    wait_until_chosen(ready, "cup")
    ready.screenshot(artifacts / "broken.png")
    ready.key("Escape")  # what was said of it

    capture = "with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):\n"
    ready.call(f"{capture}    bpy.ops.trellis.capture_view()\nresult = 0")
    assert ready.call(f"{CHOSEN}.capture is not None")
    drop(ready, "mug")
    wait_until_chosen(ready, "mug")
    assert ready.call(f"{SETTINGS}.source") == "AUTO"

    ready.call(f"bpy.ops.trellis.open_picture(filepath={str(ready.home / 'mug.png')!r})\nresult = 0")
    before = ready.call("len(bpy.data.objects)")
    drop(ready, "cup")
    ready.wait_for(f"len(bpy.data.objects) > {before}")
    ready.hear()
    wait_until_chosen(ready, "mug")
    assert ready.call(f"[{SETTINGS}.source, {SETTINGS}.source_image.name]") == ["IMAGE", "mug.png"]
    ready.screenshot(artifacts / "picked.png")

    ready.call(f"{SETTINGS}.source_image = None\nresult = 0")
    drop(ready, "cup")
    wait_until_chosen(ready, "cup")
    assert ready.call(f"[{SETTINGS}.source, {SETTINGS}.source_image.name]") == ["IMAGE", "cup.png"], "none was picked"
    ready.screenshot(artifacts / "viewport.png")
    ready.call(f"{SETTINGS}.source = 'AUTO'\nbpy.ops.ed.undo_push(message='auto')\nresult = 0")
    ready.display.move(300, 600)
    ready.key("ctrl+z")
    ready.wait_for(f"{SETTINGS}.source == 'IMAGE' and {CHOSEN}.name == 'cup'")

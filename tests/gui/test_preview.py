# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar shows what would be sent, keeps in step with the picture without copying it for nothing, and refuses."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS, Window
from tests.simulator.remote import Process

MODULES = f"""
import sys
package = {scene.PACKAGE!r}
lookout, session, sight, sources, readiness = (
    sys.modules[package + '.blender.' + name] for name in ('lookout', 'session', 'sight', 'sources', 'readiness')
)
def preview():
    space = area('VIEW_3D')
    with bpy.context.temp_override(area=space, region=region('VIEW_3D', 'UI')):
        token = sight.token(sources.choose(bpy.context), bpy.context.scene)
    shown = session.current().previews.of(token)
    if shown is None:
        return None
    ready = shown.ready
    return dict(size=[ready.width, ready.height], codes=[v.code.value for v in ready.verdicts], icon=shown.icon,
                thumbnail=list(ready.thumbnail.shape), centre=[int(v) for v in ready.thumbnail[ready.thumbnail.shape[0]
                // 2, ready.thumbnail.shape[1] // 2]])
def reason():
    with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'UI')):
        return readiness.generate_reason(bpy.context)
def captures():
    return lookout._state.captures
result = None
"""
QUIET_SECONDS = 3.0


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.2)
        yield running


@pytest.fixture
def ready(window: Window, server: Process) -> Window:
    scene.connect(window, server)
    window.call(MODULES)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


def picture(path: Path, size: tuple[int, int], boxes: list[tuple[int, int, int, int]], *, alpha: int = 255,
            ground: tuple[int, ...] = (0, 0, 0, 0)) -> Path:  # fmt: skip
    made = Image.new("RGBA", size, ground)
    draw = ImageDraw.Draw(made)
    for box in boxes:
        draw.ellipse(box, fill=(210, 90, 40, alpha))
        left, top, right, bottom = box
        draw.rectangle(((left + right) // 2, top + 5, (left + right) // 2 + 8, bottom - 5), fill=(60, 150, 90, alpha))
    made.save(path)
    return path


def pick(window: Window, path: Path) -> None:
    window.call(
        "settings = bpy.context.scene.trellis\nsettings.source = 'IMAGE'\n"
        f"settings.source_image = bpy.data.images.load({str(path)!r}, check_existing=True)\nresult = None"
    )


def width(window: Window, pixels: int) -> None:
    """Drag the sidebar's edge until it is so wide."""
    left, top, wide, height = window.rectangle("VIEW_3D", "UI")
    window.display.drag((left, top + height // 2), (left + wide - pixels, top + height // 2))
    time.sleep(SIDEBAR_DRAW_SECONDS)


def look(window: Window, artifacts: Path, name: str) -> None:
    window.display.move(500, 700)
    time.sleep(SIDEBAR_DRAW_SECONDS)
    window.screenshot(artifacts / f"{name}.png")


def test_every_state_is_shown(ready: Window, artifacts: Path) -> None:
    """Pictures for the eye, and what the preview says of each."""
    home = ready.home
    look(ready, artifacts, "0-no-source")
    states = {
        "1-good": (picture(home / "mushroom.png", (1920, 1080), [(300, 100, 1100, 900)]), []),
        "2-small": (picture(home / "small.png", (1920, 1080), [(300, 100, 420, 260)]), ["small"]),
        "3-nothing": (picture(home / "ghost.png", (640, 480), []), ["nothing_opaque"]),
        "4-photo": (picture(home / "photo.png", (1200, 800), [(300, 100, 900, 700)], ground=(200, 205, 210, 255)),
                    ["opaque_photo"]),
        "5-several": (picture(home / "sheet of five.png", (1600, 900),
                              [(60, 60, 460, 460), (600, 60, 1000, 460), (1100, 60, 1500, 460)]), ["several"]),
        "6-cut-off": (picture(home / "a long name that an artist gave her picture one day.png", (900, 900),
                              [(500, 200, 1300, 1000)]), ["cut_off"]),
    }  # fmt: skip
    for name, (path, codes) in states.items():
        pick(ready, path)
        ready.wait_for("preview()")
        shown = ready.call("preview()")
        assert shown["codes"][: len(codes)] == codes, shown
        assert bool(ready.call("reason()")) is (name == "3-nothing")
        look(ready, artifacts, name)
        if name == "4-photo":
            ready.call("bpy.context.scene.trellis.background = 'CUT'\nresult = None")
            ready.wait_for("preview()")
            look(ready, artifacts, "4-photo-cut")
            ready.call("bpy.context.scene.trellis.background = 'KEEP'\nresult = None")
    ready.call("bpy.context.scene.trellis.source = 'URL'\n"
               "bpy.context.scene.trellis.source_url = 'https://example.com/chair.png'\nresult = None")  # fmt: skip
    look(ready, artifacts, "7-url")
    pick(ready, states["5-several"][0])
    for name, pixels in (("narrow", 200), ("wide", 520)):
        width(ready, pixels)
        ready.wait_for("preview()")
        look(ready, artifacts, f"8-{name}")

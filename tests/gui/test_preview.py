# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar shows what would be sent, keeps in step with the picture without copying it for nothing, and refuses."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
OPEN_SETTINGS = """
panel = bpy.types.TRELLIS_PT_picture_view3d
bpy.utils.unregister_class(panel)
panel.bl_options = set()
bpy.utils.register_class(panel)
result = None
"""
"""It is closed at first, and only a click on its heading opens it once it was drawn."""
PAINT = """
import numpy as np
def paint(alpha):
    image = bpy.data.images['subject.png']
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    values[3::4] = alpha if alpha is not None else before
    image.pixels.foreach_set(values)
    image.update_tag()
values = np.empty(len(bpy.data.images['subject.png'].pixels), np.float32)
bpy.data.images['subject.png'].pixels.foreach_get(values)
before = values[3::4].copy()
result = None
"""
QUIET_SECONDS = 3.0


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.2)
        yield running


@pytest.fixture
def ready(request: pytest.FixtureRequest, window: Window, server: Process) -> Window:
    scene.connect(window, server)
    window.call(MODULES)
    if "settings" in request.node.name:
        window.call(OPEN_SETTINGS)
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


def bordered(path: Path) -> Path:
    """Make the outermost pixels of a picture transparent."""
    made = Image.open(path)
    ImageDraw.Draw(made).rectangle((0, 0, made.width - 1, made.height - 1), outline=(0, 0, 0, 0))
    made.save(path)
    return path


def pick(window: Window, path: Path) -> None:
    window.call(
        "settings = bpy.context.scene.trellis\nsettings.source = 'IMAGE'\n"
        f"settings.source_image = bpy.data.images.load({str(path)!r}, check_existing=True)\nresult = None"
    )


def await_preview(window: Window, condition: str) -> Any:
    """Wait for a preview of which something is true, and give it; ``one`` is the preview."""
    return window.wait_for(f"(lambda one: one if one is not None and ({condition}) else None)(preview())")


def make_narrow(window: Window, pixels: int) -> None:
    """Drag the sidebar's edge until it is about so wide."""
    for beside in (0, -3, 3, -6, 6) * 2:
        left, top, wide, height = window.rectangle("VIEW_3D", "UI")
        if abs(wide - pixels) < 60:
            return
        window.display.move(left + beside, top + height // 2)
        window.drag((left + beside, top + height // 2), (left + wide - pixels, top + height // 2 + 4))
        time.sleep(SIDEBAR_DRAW_SECONDS)
    raise AssertionError(f"The sidebar stays {wide} pixels wide.")


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
        "9-card": (bordered(picture(home / "card.png", (900, 900), [(200, 200, 700, 700)],
                                    ground=(245, 245, 245, 255))), ["surround"]),
    }  # fmt: skip
    for name, (path, codes) in states.items():
        pick(ready, path)
        await_preview(ready, f"one['codes'][:{len(codes)}] == {codes!r}")
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
    make_narrow(ready, 190)
    ready.wait_for("preview()")
    look(ready, artifacts, "8-narrow")


def test_the_preview_follows_the_picture(ready: Window, server: Process, artifacts: Path) -> None:
    """Opened in an editor it appears, painted over it is made anew; what is not seen is not copied."""
    path = picture(ready.home / "subject.png", (800, 600), [(100, 50, 600, 550)])
    ready.call(
        "editor = area('DOPESHEET_EDITOR')\neditor.type = 'IMAGE_EDITOR'\n"
        f"editor.spaces.active.image = bpy.data.images.load({str(path)!r})\nresult = None"
    )
    shown = ready.wait_for("preview()")
    assert shown["codes"] == [] and shown["size"] == [521, 521] and shown["icon"] > 0
    look(ready, artifacts, "1-auto")
    ready.wait_for("not session.current().watched")  # or a timer would run for nothing
    copied = ready.call("captures()")
    time.sleep(QUIET_SECONDS)
    assert ready.call("captures()") == copied, "nothing has changed"

    ready.call(PAINT)
    ready.call("paint(0.0)\nresult = None")
    await_preview(ready, "one['codes'] == ['nothing_opaque']")
    ready.wait_for("reason()")
    look(ready, artifacts, "2-painted-away")
    ready.click(*ready.find_button("trellis.generate"))
    time.sleep(SIDEBAR_DRAW_SECONDS)
    assert ready.call(f"len({scene.SESSION}.jobs)") == 0, "the button is off"
    ready.call("paint(None)\nresult = None")
    await_preview(ready, "one['codes'] == []")
    ready.wait_for("not reason()")

    copied = ready.call("captures()")
    ready.call("choose_category('VIEW_3D', 'Item')\nresult = None")
    ready.call("paint(0.5)\nresult = None")
    time.sleep(QUIET_SECONDS)
    assert ready.call("captures()") == copied, "another tab is open"
    assert not ready.call("bpy.app.timers.is_registered(lookout.look)")
    assert not ready.call("reason()"), "what was not looked at is not held back"
    ready.open_sidebar("VIEW_3D", "TRELLIS")
    await_preview(ready, "one['codes'] == ['only_soft']")
    assert server.control.counters()["accepted"] == 0


def test_settings_and_renders_are_followed(ready: Window, artifacts: Path) -> None:
    ready.call(
        "scene = bpy.context.scene\nscene.render.engine = 'BLENDER_WORKBENCH'\nscene.render.film_transparent = True\n"
        "scene.render.resolution_x, scene.render.resolution_y = 640, 360\nbpy.ops.render.render()\n"
        "scene.trellis.source = 'RENDER'\nresult = None"
    )
    first = ready.wait_for("preview()")
    ready.call("bpy.context.scene.trellis.margin = 0.4\nresult = None")
    wider = await_preview(ready, f"one['size'][0] > {first['size'][0]}")
    ready.call("bpy.data.objects['Cube'].scale *= 0.4\nbpy.ops.render.render()\nresult = None")
    smaller = await_preview(ready, f"one['size'][0] < {wider['size'][0]} and 'small' in one['codes']")
    look(ready, artifacts, "1-render")

    copied = ready.call("captures()")
    ready.call(
        "image = bpy.data.images.new('Numbers', 2000, 2000, alpha=True, float_buffer=True)\nimage.pixels[0] = 0.5\n"
        "image.colorspace_settings.is_data = True\nscene.trellis.margin = 0.1\n"
        "scene.trellis.source, scene.trellis.source_image = 'IMAGE', image\nresult = None"
    )
    time.sleep(QUIET_SECONDS)
    assert ready.call("captures()") == copied, "what would hold Blender up is shown by a click"
    look(ready, artifacts, "2-costly")
    ready.click(*ready.find_button("trellis.reset_settings"))
    ready.wait_for("abs(bpy.context.scene.trellis.margin - 0.02) < 1e-6")
    ready.click(*ready.find_button("trellis.show_preview"))
    await_preview(ready, f"one['size'][0] > {smaller['size'][0]}")


def test_memory_for_a_large_picture_is_had_beside_the_work(ready: Window, artifacts: Path) -> None:
    """Copying into new memory takes several times as long as into memory that is at hand."""
    ready.call(
        "image = bpy.data.images.new('Large', 4096, 4096, alpha=True)\nimage.pixels[0] = 0.5\n"
        f"spare = __import__({scene.PACKAGE + '.blender.sources.images'!r}, fromlist=['spare']).spare\n"
        "had = []\ntake = spare.take\n"
        "def watched(count):\n"
        "    had.append([count, spare._block is not None and len(spare._block) == count])\n"
        "    return take(count)\n"
        "spare.take = watched\n"
        "scene = bpy.context.scene\nscene.trellis.source, scene.trellis.source_image = 'IMAGE', image\nresult = None"
    )
    ready.wait_for("preview() and had")
    assert ready.call("had")[0] == [4 * 4096 * 4096, True]
    ready.call("del spare.take\nresult = None")


def test_a_large_file_is_shown_without_blender_reading_it(ready: Window, server: Process, artifacts: Path) -> None:
    """As the name's drop-down chooses it, or a file that was just opened has it: what is to be said is said unpaid."""
    path = ready.home / "large.png"
    Image.frombytes("RGB", (2400, 1400), random.Random(1).randbytes(2400 * 1400 * 3)).save(path, compress_level=0)
    assert path.stat().st_size > 7_500_000
    pick(ready, path)
    await_preview(ready, "'opaque_photo' in one['codes']")
    look(ready, artifacts, "1-large")
    assert not ready.call("bpy.data.images['large.png'].has_data")
    ready.click(*ready.find_button("trellis.generate"))
    ready.wait_for(f"[job.state.value for job in {scene.SESSION}.jobs.values()] == ['imported']")
    assert not ready.call("bpy.data.images['large.png'].has_data")
    assert ready.call("preview()") is not None, "it is still true when the object has come"
    assert server.control.counters()["accepted"] == 1

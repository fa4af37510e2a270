# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures taken of the scene in a real window: the artist goes on meanwhile, and finds everything as it was."""

from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window

CAPTURE = f"__import__({scene.PACKAGE + '.blender.captures'!r}, fromlist=['of']).of(bpy.context.scene)"
RENDERING = "bpy.app.is_job_running('RENDER')"

SET_UP = """
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.samples, scene.cycles.use_denoising = 40, False
cube = bpy.data.objects['Cube']
other = bpy.data.objects.new('Other', cube.data)
other.location = (3.0, 0.0, 0.0)
scene.collection.objects.link(other)
for item in scene.objects:
    item.select_set(item == cube)
bpy.context.view_layer.objects.active = cube
bpy.ops.ed.undo_push(message='set up')
beats = 0
def beat():
    global beats
    beats += 1
    return 0.02
bpy.app.timers.register(beat)
result = None
"""
STATE = """dict(
    scenes=sorted(s.name for s in bpy.data.scenes), images=sorted(i.name for i in bpy.data.images),
    objects=sorted((o.name, o.users, o.select_get()) for o in bpy.context.view_layer.objects),
    every=sorted(o.name for o in bpy.data.objects), cameras=sorted(c.name for c in bpy.data.cameras),
    windows=len(bpy.context.window_manager.windows), areas=sorted(a.type for a in bpy.context.screen.areas),
    display=bpy.context.preferences.view.render_display_type, engine=bpy.context.scene.render.engine,
    path=bpy.context.scene.render.filepath, film=bpy.context.scene.render.film_transparent,
    temporary=sorted(p.name for p in __import__('pathlib').Path(__import__('tempfile').gettempdir()).glob('trellis-*')),
)"""


@pytest.fixture
def ready(window: Window) -> Window:
    """A window with two cubes, of which one is selected, and the sidebar open."""
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.call(SET_UP)
    return window


def press(window: Window, operator: str) -> None:
    window.click(*window.find_button(operator, "VIEW_3D", "UI"))


def test_selection_is_rendered_beside_the_work(ready: Window, artifacts: Path) -> None:
    before = ready.call(STATE)
    ready.call("beats = 0")
    press(ready, "trellis.render_selection")
    ready.wait_for(RENDERING, timeout=20)
    beats = ready.call("beats")
    ready.call("bpy.data.objects['Other'].location.y = 1.0")
    ready.screenshot(artifacts / "rendering.png")
    ready.wait_for(f"{CAPTURE} is not None", timeout=120)
    assert ready.call("beats") > beats + 5, "timers went on, so the window did"
    assert ready.call(f"[{CAPTURE}.name, {CAPTURE}.width, {CAPTURE}.height]") == ["Cube", 1153, 1151]
    opaque = ready.call(f"float(({CAPTURE}.rgba[..., 3] > 200).mean())")
    assert 0.2 < opaque < 0.9
    assert ready.call(STATE) == before
    ready.screenshot(artifacts / "rendered.png")
    ready.display.move(300, 600)
    ready.key("ctrl+z")
    ready.wait_for("'Other' not in bpy.data.objects or bpy.data.objects['Other'].location.y == 0.0", timeout=10)
    assert ready.call(f"{CAPTURE} is not None"), "undo is about the file; the picture is not in it"
    assert ready.call("len(bpy.data.scenes)") == 1


@pytest.mark.xfail(
    run=False, reason="Blender hangs now and then when an undo meets the end of the render; not mended yet"
)
def test_undo_while_the_selection_renders(ready: Window) -> None:
    ready.call("bpy.context.scene.cycles.samples = 4000\nbpy.ops.ed.undo_push(message='more')\nresult = None")
    ready.call("bpy.data.objects['Other'].location.y = 1.0\nbpy.ops.ed.undo_push(message='moved')\nresult = None")
    press(ready, "trellis.render_selection")
    ready.wait_for(RENDERING, timeout=20)
    ready.call("bpy.data.objects['Other'].location.z = 1.0\nbpy.ops.ed.undo_push(message='meanwhile')\nresult = None")
    ready.display.move(300, 600)
    ready.key("Escape")
    ready.key("ctrl+z")
    ready.key("ctrl+z")
    ready.wait_for(f"not {RENDERING}", timeout=60)
    ready.wait_for("len(bpy.data.scenes) == 1 and len(bpy.data.cameras) == 1", timeout=20)
    ready.key("ctrl+shift+z")
    ready.key("ctrl+shift+z")
    ready.wait_for("len(bpy.data.scenes) == 1 and len(bpy.data.cameras) == 1", timeout=20)
    assert ready.call("[s.name for s in bpy.data.scenes]") == ["Scene"]


@pytest.mark.parametrize("overlays", [False, True])
def test_view_is_captured_as_it_looks(ready: Window, artifacts: Path, overlays: bool) -> None:
    ready.call(
        "scene = bpy.context.scene\nscene.view_settings.view_transform = 'Standard'\n"
        "space = area('VIEW_3D').spaces.active\nspace.shading.type = 'SOLID'\nspace.shading.light = 'FLAT'\n"
        "space.shading.color_type = 'SINGLE'\nspace.shading.single_color = (0.8, 0.1, 0.05)\n"
        "space.shading.show_cavity = space.shading.show_object_outline = space.shading.show_shadows = False\n"
        "for item in scene.objects:\n    item.select_set(False)\nresult = None"
    )
    before = ready.call(STATE)
    shown = ready.call("area('VIEW_3D').spaces.active.overlay.show_overlays")
    took = ready.call(
        "import time\nstarted = time.perf_counter()\n"
        "with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):\n"
        f"    bpy.ops.trellis.capture_view(overlays={overlays})\n"
        "result = time.perf_counter() - started"
    )
    print(f"captured in {took:.2f} s")
    assert ready.call(STATE) == before
    assert ready.call("area('VIEW_3D').spaces.active.overlay.show_overlays") == shown
    width, height = ready.call(f"[{CAPTURE}.width, {CAPTURE}.height]")
    assert max(width, height) == 2048
    picture = ready.call(f"{CAPTURE}.rgba[::64, ::64].tolist()")
    pixels = [tuple(pixel) for row in picture for pixel in row]
    # 0.8, 0.1, 0.05 linear, through the standard view
    reds = [p for p in pixels if abs(p[0] - 231) < 4 and abs(p[1] - 89) < 4 and abs(p[2] - 63) < 4 and p[3] == 255]
    assert 0.01 < len(reds) / len(pixels) < 0.5
    clear = sum(p[3] == 0 for p in pixels) / len(pixels)
    assert clear == 0 if overlays else clear > 0.5
    middle = ready.call(f"{CAPTURE}.rgba[{height} // 2, {width} // 2].tolist()")
    assert middle[3] == 255
    top = ready.call(f"int({CAPTURE}.rgba[:{height} // 8, :, 3].max())")
    assert top == (255 if overlays else 0)

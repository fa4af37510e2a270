# SPDX-License-Identifier: GPL-3.0-or-later
"""What a 3D Viewport shows, taken in a real window: as it looks, and nothing of the file or the window changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.taken import CAPTURE, SET_UP, STATE
from tests.gui.window import Window

BESIDE_BLENDERS_OWN = f"""
import os, tempfile
import numpy as np
ours = {CAPTURE}.rgba
render, path = scene.render, os.path.join(tempfile.gettempdir(), 'beside.png')
render.resolution_x, render.resolution_y, render.resolution_percentage = ours.shape[1], ours.shape[0], 100
render.image_settings.file_format, render.image_settings.color_mode = 'PNG', 'RGBA'
render.film_transparent, render.filepath = True, path
space.overlay.show_overlays = False
with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):
    bpy.ops.render.opengl(view_context=True, write_still=True)
image = bpy.data.images.load(path)
theirs = np.empty(image.size[0] * image.size[1] * 4, np.float32)
image.pixels.foreach_get(theirs)
theirs = (theirs.reshape(image.size[1], image.size[0], 4)[::-1] * 255).round()
os.unlink(path)
both = (ours[..., 3] == 255) & (theirs[..., 3] == 255)
apart = np.abs(ours[..., :3].astype(float) - theirs[..., :3]).max(axis=2)
one = (ours[..., 3] > 128) != (theirs[..., 3] > 128)
result = [float((apart[both] > 2).mean()), float(one.sum() / both.sum())]
"""
"""Shares of the pixels in which the captured view is another than what View > Viewport Render Image saves of it."""


SLOW_SECONDS = 500.0
"""EEVEE's first picture compiles its shaders, on a machine without a graphics card."""


@pytest.fixture
def ready(open_window: Callable[..., Window]) -> Window:
    """A window with two cubes, of which one is selected; drawn as smoothly as an artist's."""
    window = open_window(is_plain=False)
    window.call(SET_UP)
    return window


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
    if not overlays:
        colours, masks = ready.call(BESIDE_BLENDERS_OWN)
        assert max(colours, masks) < 0.005, "Blender's own render of the view is the same, but for its outlines"


def test_what_another_engine_renders_is_refused(ready: Window) -> None:
    """The scene's engine is Cycles: a surface of ours would hold nothing, or the overlays alone."""
    reached = ready.call(
        "space = area('VIEW_3D').spaces.active\nbefore, space.shading.type = space.shading.type, 'RENDERED'\n"
        "result = []\n"
        "with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):\n"
        "    for overlays in (False, True):\n"
        "        try:\n            bpy.ops.trellis.capture_view(overlays=overlays)\n"
        "        except RuntimeError as error:\n            result.append(str(error))\n"
        "space.shading.type = before"
    )
    assert len(reached) == 2
    assert all("use Material Preview, or Render Selection" in text for text in reached)
    assert ready.call(f"{CAPTURE} is None")


def test_view_captured_in_two_scenes(ready: Window) -> None:
    """In one window after the other, and in two at once: each scene's source is what was captured there last."""
    ready.call(
        f"of = __import__({scene.PACKAGE + '.blender.captures'!r}, fromlist=['of']).of\n"
        "view = area('VIEW_3D')\nview.spaces.active.shading.type = 'SOLID'\n"
        "window, first = bpy.context.window_manager.windows[0], bpy.context.scene\n"
        "def capture(window):\n"
        "    area = next(item for item in window.screen.areas if item.type == 'VIEW_3D')\n"
        "    part = next(item for item in area.regions if item.type == 'WINDOW')\n"
        "    with bpy.context.temp_override(window=window, area=area, region=part):\n"
        "        bpy.ops.trellis.capture_view()\n"
        "    return of(window.scene).number\n"
        f"choose = __import__({scene.PACKAGE + '.blender.sources'!r}, fromlist=['choose']).choose\n"
        "def sent():\n    with bpy.context.temp_override(window=window):\n"
        "        return choose(bpy.context).identity\n"
        "def kept():\n    return [taken.number if taken else 0 for taken in (of(first), of(second))]\n"
        "first.trellis.source_image = bpy.data.images.new('earlier', 8, 8)\nfirst.trellis.source = 'IMAGE'\n"
        "second, taken = bpy.data.scenes.new('second'), [capture(window)]\nwindow.scene = second\nresult = None"
    )
    taken = ready.call("taken + [capture(window)]")
    assert ready.call("kept()") == taken, "the other scene's was dropped"
    ready.call("window.scene = first\nresult = None")
    assert ready.call("sent()") == f"capture {taken[0]}", "and an image that was picked long ago was sent"
    ready.call(
        "with bpy.context.temp_override(window=window):\n    bpy.ops.wm.window_new_main()\n"
        "other = bpy.context.window_manager.windows[-1]\nother.scene = second\nresult = None"
    )
    again = ready.call("capture(other)")
    assert ready.call("kept()") == [taken[0], again]
    ready.call("second.trellis.source = 'RENDER'\nresult = None")
    assert ready.call("kept()") == [taken[0], 0]
    assert ready.call("sent()") == f"capture {taken[0]}"


def test_part_of_a_quad_view_that_is_under_the_mouse(ready: Window, artifacts: Path) -> None:
    """From the sidebar that which is turned freely: always this one was taken."""
    ready.call(
        "view = area('VIEW_3D')\nview.spaces.active.shading.type = 'SOLID'\n"
        "def within(region):\n    return bpy.context.temp_override(area=view, region=region)\n"
        "with within(region('VIEW_3D', 'WINDOW')):\n    bpy.ops.screen.region_quadview()\nresult = None"
    )
    ready.wait_for("len([item for item in view.regions if item.type == 'WINDOW']) == 4")
    ready.call(
        "def shape(region):\n    with within(region):\n        bpy.ops.trellis.capture_view()\n"
        f"    seen = {CAPTURE}.rgba[..., 3] > 128\n"
        "    high, wide = [int(seen.any(axis=axis).sum()) for axis in (1, 0)]\n    return wide / max(high, 1)\n"
        "parts = [item for item in view.regions if item.type == 'WINDOW']\nresult = None"
    )
    ready.wait_for("abs(shape(parts[0]) - 2.0) < 0.03")  # once they are drawn they know what they show
    ready.screenshot(artifacts / "quad.png")
    shapes = ready.call("[shape(item) for item in (*parts, region('VIEW_3D', 'UI'))]")
    front, top, right, turned, sidebar = shapes
    # Columns and rows of two boxes, of which one stands beside the other: seen from the side one hides the other.
    assert max(abs(front - 2.0), abs(top - 2.0), abs(right - 1.0)) < 0.03
    assert sidebar == turned and min(abs(turned - other) for other in (front, right)) > 0.04


THROUGH_CAMERA = f"""
import sys, numpy
sys.modules[{scene.PACKAGE + ".blender.taking.viewport"!r}].LONG_SIDE_PIXELS = 512
bpy.context.scene.eevee.taa_samples = 1
space, camera = area('VIEW_3D').spaces.active, bpy.data.objects['Camera']
space.lens, camera.data.lens, camera.data.shift_x = 35.0, 85.0, 0.1
view = space.region_3d
view.view_perspective, view.view_camera_offset = 'CAMERA', (0.05, 0.02)
for item in bpy.context.scene.objects:
    item.select_set(False)
def picture(kind, overlays):
    space.shading.type = kind
    with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):
        bpy.ops.trellis.capture_view(overlays=overlays)
    return {CAPTURE}.rgba.astype(float)
def coloured(rgba):
    return numpy.ptp(rgba[..., :3], axis=2) > 40
result = None
"""
"""Views through a camera that is no more like the viewport's own than an artist's is; small, since it is slow here."""


def test_through_a_camera_as_the_viewport_shows_it(ready: Window, artifacts: Path) -> None:
    """With EEVEE subjects were as large as the viewport's own lens has them, and grid and axes ran over them."""
    ready.call(THROUGH_CAMERA)
    ready.wait_for("abs(view.window_matrix[0][2]) > 0.01")
    ready.call("solid = [picture('SOLID', overlays) for overlays in (False, True)]\nresult = None")
    before = ready.call(STATE)
    ready.call("eevee = [picture('MATERIAL', overlays) for overlays in (False, True)]\nresult = None", SLOW_SECONDS)
    ready.screenshot(artifacts / "camera.png")
    both, either, axes = ready.call(
        "masks = [item[0][..., 3] > 128 for item in (solid, eevee)]\n"
        "within = masks[0] & masks[1]\n"
        "axes = [int((coloured(item[1]) & within).sum()) for item in (solid, eevee)]\n"
        "result = [int(within.sum()), int((masks[0] | masks[1]).sum()), axes]"
    )
    assert both > 0.98 * either > 5000, "subjects stand where they are seen"
    assert axes[1] < 1.3 * axes[0] + 30, "and hide what is behind them"
    assert ready.call(STATE) == before
    assert ready.call("space.show_object_viewport_camera and view.view_perspective == 'CAMERA'")
    assert ready.call("view.view_camera_zoom == 0.0 and camera.data.sensor_width == 36.0")


def test_a_camera_stands_not_in_its_own_picture(ready: Window, artifacts: Path) -> None:
    """With overlays the mark of what is up for it hid what it looks at."""
    ready.call(THROUGH_CAMERA)
    ready.call(
        "for name in ('show_floor', 'show_axis_x', 'show_axis_y', 'show_cursor', 'show_object_origins'):\n"
        "    setattr(space.overlay, name, False)\n"
        "for item in bpy.context.scene.objects:\n    item.hide_set(item.type != 'CAMERA')\nresult = None"
    )
    bare = ready.call(
        "grey = picture('MATERIAL', True)[..., :3].mean(axis=2)\n"
        "result = float((abs(grey - numpy.median(grey)) > 30).mean())",
        SLOW_SECONDS,
    )
    ready.screenshot(artifacts / "camera.png")
    assert bare == 0.0


CLIPPED = f"""
import numpy
seen = {CAPTURE}.rgba[..., 3] > 128
theirs = bpy.context.preferences.themes[0].view_3d.clipping_border_3d
result = [float(seen.mean()), bpy.context.preferences.is_dirty, list(theirs)]
"""


def test_a_clipping_region_is_transparent_and_clips(ready: Window, artifacts: Path) -> None:
    """Its own rectangle was the subject."""
    take = (
        "with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):\n"
        "    bpy.ops.trellis.capture_view()\nresult = None"
    )
    ready.call(
        "space = area('VIEW_3D').spaces.active\nspace.shading.type = 'SOLID'\n"
        "other.hide_set(True)\nbpy.context.preferences.is_dirty = False\nresult = None"
    )
    ready.call(take)
    whole, *before = ready.call(CLIPPED)
    ready.call(
        "with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):\n"
        "    view = bpy.context.region\n"
        "    bpy.ops.view3d.clip_border(xmin=0, xmax=view.width // 2, ymin=0, ymax=view.height)\nresult = None"
    )
    ready.wait_for("space.region_3d.use_clip_planes")
    ready.screenshot(artifacts / "clipped.png")
    ready.call(take)
    half, *after = ready.call(CLIPPED)
    assert 0.2 * whole < half < 0.8 * whole
    assert after == before

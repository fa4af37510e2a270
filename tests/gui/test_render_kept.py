# SPDX-License-Identifier: GPL-3.0-or-later
"""The Render Result is written by Blender once, and anew after whatever has changed it: what is shown is sent."""

from tests.gui import scene
from tests.gui.window import Window

PREPARED = f"""
import sys
of = lambda name: sys.modules['{scene.PACKAGE}.' + name]
sources, kept, pixels, errors = of('blender.sources'), of('blender.sources.kept'), of('core.pixels'), of('core.errors')
render = bpy.context.scene.render
render.engine, render.film_transparent = 'BLENDER_WORKBENCH', True
render.resolution_x, render.resolution_y = 320, 240
bpy.context.scene.view_settings.view_transform = 'Standard'
window = bpy.context.window_manager.windows[0]
editor = next(area for area in window.screen.areas if area.type == 'DOPESHEET_EDITOR')

def edit():
    editor.type = 'IMAGE_EDITOR'
    editor.spaces.active.image = bpy.data.images['Render Result']

cube = bpy.data.objects['Cube']

def within(kind):
    area = next(area for area in window.screen.areas if area.type == kind)
    region = next(region for region in area.regions if region.type == 'WINDOW')
    return bpy.context.temp_override(window=window, area=area, region=region)

def sent():
    'Give the picture as it would be sent now, and whether Blender had to write it.'
    before = kept._kept
    file = sources.capture(sources.render(bpy.context), bpy.context.scene)
    return pixels.read(file).tobytes(), kept._kept is not before

def checked():
    'Give whether the picture was written, whether it is the one before, and whether it is the one that is shown.'
    global last
    before, (last, written) = last, sent()
    if not written:
        kept.drop()
        assert sent()[1]
    return written, last == before, sent()[0] == last

last = b''
bpy.ops.render.render()
if bpy.app.version < (5, 0):
    edit()
result = None
"""
AGAIN, CHANGED = [False, True, True], [True, False, True]


def test_the_render_is_written_once_and_anew_when_it_has_changed(window: Window) -> None:
    window.call(PREPARED, timeout=60)
    assert window.call("result = checked()") == CHANGED
    window.wait_for(f"list(checked()) == {AGAIN}")  # once the editor has drawn it for the first time
    window.call("cube.rotation_euler.z += 0.4\nresult = None")
    assert window.call("result = checked()") == AGAIN, "the scene has changed, and the render has not"
    window.call("with within('VIEW_3D'):\n    bpy.ops.render.opengl()\nresult = None", timeout=60)
    assert window.call("result = checked()") == CHANGED, "a render of the viewport tells nobody"
    window.wait_for(f"list(checked()) == {AGAIN}")
    window.call("bpy.ops.render.render()\nresult = None", timeout=60)
    assert window.call("result = checked()") == CHANGED
    window.call(
        "slots = bpy.data.images['Render Result'].render_slots\nslots.active_index = 1\n"
        "cube.scale *= 0.4\nbpy.ops.render.render()\nslots.active_index = 0\nresult = sent()[1]",
        timeout=60,
    )
    window.call("result = sent()[1]")
    window.call("edit()\nresult = None")
    window.wait_for("editor.type == 'IMAGE_EDITOR'")
    window.call(
        "with within('IMAGE_EDITOR'):\n    bpy.ops.image.remove_render_slot()\n"
        "    bpy.ops.image.add_render_slot()\nslots.active_index = 0\nresult = None"
    )
    assert window.call("result = checked()") == CHANGED, "another slot has come to the place of the one removed"
    assert window.call("slots.active_index = 1\ntry:\n    sent()\n"
                       "    result = ''\nexcept errors.SourceError as error:\n    result = str(error)")  # fmt: skip
    window.call("slots.active_index = 0\nresult = sent()[1]")
    window.call("with within('IMAGE_EDITOR'):\n    bpy.ops.image.clear_render_slot()\nresult = None")
    told = window.call(
        "try:\n    sent()\n    result = ''\nexcept errors.SourceError as error:\n    result = str(error)"
    )
    assert "no finished render" in told, "what was emptied is not sent"
    # Nor where no editor shows it any more.
    window.call("bpy.ops.render.render()\neditor.type = 'DOPESHEET_EDITOR'\nresult = None", timeout=60)
    window.wait_for("sent() and not sent()[1]")
    window.call("edit()\nresult = None")
    window.wait_for("kept._kept is None or kept._was_shown")
    window.call(
        "with within('IMAGE_EDITOR'):\n    bpy.ops.image.clear_render_slot()\n"
        "editor.type = 'DOPESHEET_EDITOR'\nresult = None"
    )
    window.wait_for("editor.type == 'DOPESHEET_EDITOR'")
    told = window.call(
        "try:\n    sent()\n    result = ''\nexcept errors.SourceError as error:\n    result = str(error)"
    )
    assert "no finished render" in told, "what was emptied is not sent"
    window.call("edit()\nresult = None")
    assert window.call("bpy.ops.render.render()\nresult = sent()[1]", timeout=60)
    assert window.call("result = bpy.app.version >= (5, 0) or kept.tend() == 30.0"), "there an editor has it made anew"
    assert window.call("bpy.ops.wm.read_homefile()\nresult = kept.tend()", timeout=60) is None
    assert window.call("result = kept._kept is None"), "nor is the file kept of what is gone"
    assert "Traceback" not in window.log_text()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The selection rendered in a real window: the artist finds everything as it was, whatever was pressed meanwhile.

From Blender 5.0 on it is a job beside the work; before that Blender stands still, and what is pressed waits.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.program import PATIENCE_SECONDS
from tests.gui.taken import CAPTURE, MUTES, RENDERING, SET_UP, SNAPSHOT, STATE, UNKEYED
from tests.gui.window import Window

RENDER_TIMEOUT_SECONDS = 300
"""A render of seconds took more than two minutes on a busy machine."""

MEANWHILE = f"""
result = None
if {RENDERING}:
    bpy.data.objects['Other'].location.y = 1.0
    result = [beats, bpy.ops.trellis.render_selection.poll()]
"""
"""What the artist does while it renders, all at once: it may be over when one looks once more."""
FRAMED = f"""
alpha = {CAPTURE}.rgba[..., 3]
sides = [(alpha > 128).any(axis=axis).nonzero()[0] for axis in (0, 1)]
edge = max(side.max() for side in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))
result = [max(int(side[-1] - side[0]) for side in sides), int(edge)]
"""
"""How many pixels the subject takes, and how much of it is at the picture's edge."""
DISPLACED = """
cube.modifiers['row'].show_render = False
material = cube.active_material
material.displacement_method = 'DISPLACEMENT'
nodes, links = material.node_tree.nodes, material.node_tree.links
push = nodes.new('ShaderNodeDisplacement')
push.inputs['Height'].default_value, push.inputs['Midlevel'].default_value = 1.0, 0.0
out = next(node for node in nodes if node.type == 'OUTPUT_MATERIAL')
links.new(push.outputs[0], out.inputs['Displacement'])
bpy.ops.ed.undo_push(message='displaced')
result = None
"""
HEARD = ["render_init", "render_pre", "render_post", "render_complete"]
HEARING = f"""
names, heard = {HEARD}, []
def hear(name):
    return lambda scene, *_: heard.append([name, scene.name])
for name in names:
    getattr(bpy.app.handlers, name).append(hear(name))
bpy.context.preferences.view.render_display_type = 'NONE'
bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = 96, 64
bpy.ops.ed.undo_push(message='hearing')
result = None
"""
STOPPED = f"__import__({scene.PACKAGE + '.blender.taking.stopped'!r}, fromlist=['told'])"
SENT = f"__import__({scene.PACKAGE + '.blender.sources'!r}, fromlist=['choose']).choose(bpy.context).identity"
TOLD = "The render was stopped. Render the selection once more."


@pytest.fixture
def ready(open_window: Callable[..., Window]) -> Window:
    """A window with two cubes, of which one is selected, and the sidebar open."""
    window = open_window(is_plain=False)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.call(SET_UP)
    return window


def press(window: Window, operator: str) -> None:
    window.click(*window.find_button(operator, "VIEW_3D", "UI"))


def runs_beside(window: Window) -> bool:
    return bool(window.call("bpy.app.version >= (5, 0, 0)"))


def test_selection_is_rendered(ready: Window, artifacts: Path) -> None:
    beside, before = runs_beside(ready), ready.call(STATE)
    ready.call("bpy.context.scene.cycles.samples = 16 if bpy.app.version >= (5, 0, 0) else 4\nbeats = 0\nresult = None")
    press(ready, "trellis.render_selection")
    if beside:
        beats, can_press = ready.wait_for(MEANWHILE)
        assert not can_press, "one at a time"
        ready.screenshot(artifacts / "rendering.png")
    ready.wait_for(f"{CAPTURE} is not None", timeout=RENDER_TIMEOUT_SECONDS)
    assert not beside or ready.call("beats") > beats + 5, "timers went on, so the window did"
    assert ready.call(f"[{CAPTURE}.name, {CAPTURE}.width, {CAPTURE}.height]") == ["Cube", 1153, 1151]
    opaque = ready.call(f"float(({CAPTURE}.rgba[..., 3] > 200).mean())")
    assert 0.2 < opaque < 0.9
    assert ready.call(STATE) == before
    ready.screenshot(artifacts / "rendered.png")
    ready.display.move(300, 600)
    ready.key("ctrl+z")
    ready.wait_for("'Other' not in bpy.data.objects or bpy.data.objects['Other'].location.y == 0.0")
    assert ready.call(f"{CAPTURE} is not None"), "undo is about the file; the picture is not in it"
    assert ready.call("len(bpy.data.scenes)") == 1


def test_a_render_that_shows_nothing_says_so(ready: Window, artifacts: Path) -> None:
    """Also beside the work, where no operator is left to report it."""
    ready.call("bpy.data.objects['Cube'].visible_camera = False\nbpy.context.scene.cycles.samples = 1\nresult = None")
    beside = runs_beside(ready)
    press(ready, "trellis.render_selection")
    until = time.monotonic() + PATIENCE_SECONDS
    # Else it is an error of the operator, as of any, once the picture was written.
    said = "Nothing of the selection is seen in its render" if beside else "trellis-selection-"
    while said not in ready.log_text():
        assert time.monotonic() < until, ready.log_tail()
        time.sleep(0.2)
    ready.screenshot(artifacts / "nothing_seen.png")
    assert ready.call(f"{CAPTURE} is None")
    assert ready.call("len(bpy.data.scenes)") == 1


def test_unkeyed_is_shown_and_stays(ready: Window, artifacts: Path) -> None:
    """Moved, posed, deformed and shaded otherwise than keyed: the picture is that of the same without any keys."""
    ready.call(SNAPSHOT)
    ready.call(UNKEYED)
    press(ready, "trellis.render_selection")
    ready.wait_for(f"{CAPTURE} is not None and not {RENDERING}", timeout=RENDER_TIMEOUT_SECONDS)
    ready.wait_for("bpy.ops.trellis.render_selection.poll()")
    ready.screenshot(artifacts / "unkeyed.png")
    changes = ready.call("snapshot.changes_since(before)")
    assert not [line for line in changes if "'Render Result'].has_data" not in line], (
        "any render says that there is one"
    )
    assert 0.2 < ready.call(f"float(({CAPTURE}.rgba[..., 3] > 200).mean())") < 0.9
    ready.call(f"got = {CAPTURE}.rgba.astype(int)\nno_keys()\nbpy.ops.trellis.render_selection()\nresult = None")
    differs = ready.call(f"float((numpy.abs({CAPTURE}.rgba.astype(int) - got).max(axis=2) > 2).mean())")
    assert differs < 0.002


def test_what_only_renders_show_is_in_the_frame(ready: Window, artifacts: Path) -> None:
    """Also where the frame is drawn beside the artist's work; what no frame holds is said under the mouse."""
    beside = runs_beside(ready)
    ready.call(
        "scene.cycles.samples = 1\nrow = cube.modifiers.new('row', 'ARRAY')\nrow.count, row.show_viewport = 5, False\n"
        "row.relative_offset_displace = (-1.5, 0.0, 0.0)\nbpy.ops.ed.undo_push(message='row')\nresult = None"
    )
    before = ready.call(STATE)
    press(ready, "trellis.render_selection")
    ready.wait_for(f"{CAPTURE} is not None and not {RENDERING}", timeout=RENDER_TIMEOUT_SECONDS)
    ready.wait_for("bpy.ops.trellis.render_selection.poll()")
    assert ready.call(STATE) == before
    side, edge = ready.call(FRAMED)
    assert 0.7 < side / 1153 < 0.93 and edge == 0
    ready.screenshot(artifacts / "row.png")
    see_what_a_material_pushes_out(ready)
    if beside:  # else an error of the operator, as of any
        see_what_is_told(ready, artifacts)


def see_what_a_material_pushes_out(window: Window) -> None:
    """It takes a look at how far that reaches, and then the picture: two renders, one after the other."""
    window.call(DISPLACED)
    before, number = window.call(STATE), window.call(f"{CAPTURE}.number")
    press(window, "trellis.render_selection")
    window.wait_for(f"{CAPTURE}.number > {number} and not {RENDERING}", timeout=RENDER_TIMEOUT_SECONDS)
    window.wait_for("bpy.ops.trellis.render_selection.poll()")
    assert window.call(STATE) == before
    assert window.call(f"[{CAPTURE}.width, {CAPTURE}.height]") == [1153, 1151]
    side, edge = window.call(FRAMED)
    assert 0.7 < side / 1153 < 0.93 and edge == 0


def see_what_is_told(ready: Window, artifacts: Path) -> None:
    """What only a render has behind the view is said under the mouse."""
    number = ready.call(f"{CAPTURE}.number")
    ready.call(
        "row.show_render, row.relative_offset_displace = True, (0.0, -6.0, 6.0)\n"
        "material.displacement_method = 'BUMP'\nheard = []\n"
        "def hear(scene, *_): heard.append(scene.name)\nbpy.app.handlers.frame_change_post.append(hear)\nresult = None"
    )
    press(ready, "trellis.render_selection")
    over = f"'TRELLIS Selection' in heard and not {RENDERING} and bpy.ops.trellis.render_selection.poll()"
    ready.wait_for(over, timeout=RENDER_TIMEOUT_SECONDS)
    ready.screenshot(artifacts / "behind.png")
    assert ready.call(f"{CAPTURE}.number") == number


def test_undo_while_the_selection_renders(ready: Window) -> None:
    beside = runs_beside(ready)
    ready.call(
        "bpy.context.scene.cycles.samples = 4000 if bpy.app.version >= (5, 0, 0) else 4\n"
        "cube = bpy.data.objects['Cube']\ncube.keyframe_insert('location')\ncube.location.x = 0.5\n"
        "bpy.ops.ed.undo_push(message='more')\nresult = None"
    )
    ready.call("bpy.data.objects['Other'].location.y = 1.0\nbpy.ops.ed.undo_push(message='moved')\nresult = None")
    press(ready, "trellis.render_selection")
    if beside:
        ready.wait_for(RENDERING)
        # Before the render is over: as soon as it has copies of its own.
        ready.wait_for(f"{RENDERING} and not any({MUTES})")
        ready.call("bpy.data.objects['Other'].location.z = 1.0\nbpy.ops.ed.undo_push(message='meanwhile')\nresult = 0")
    ready.display.move(300, 600)
    ready.key("Escape")
    ready.key("ctrl+z")
    if beside:
        ready.key("ctrl+z")
    ready.wait_for(f"not {RENDERING}")
    ready.wait_for("bpy.data.objects['Other'].location[:] == (3.0, 0.0, 0.0)")
    ready.wait_for("len(bpy.data.scenes) == 1 and len(bpy.data.cameras) == 1")
    ready.key("ctrl+shift+z")
    ready.wait_for("bpy.data.objects['Other'].location[:] == (3.0, 1.0, 0.0)")
    if beside:
        ready.key("ctrl+shift+z")
        ready.wait_for("bpy.data.objects['Other'].location[:] == (3.0, 1.0, 1.0)")
    ready.wait_for("len(bpy.data.scenes) == 1 and len(bpy.data.cameras) == 1")
    assert ready.call("[s.name for s in bpy.data.scenes]") == ["Scene"]
    assert ready.call("bpy.data.objects['Cube'].location[:]") == [0.5, 0.0, 0.0]
    assert not beside or not ready.call(f"any({MUTES})")
    assert ready.call("bpy.ops.trellis.render_selection.poll()"), "another one can be taken"


def test_another_file_while_the_selection_renders(ready: Window) -> None:
    """What was put aside for the render is back, and the next one can be taken."""
    beside = runs_beside(ready)
    ready.call(
        "bpy.context.scene.cycles.samples = 4000 if bpy.app.version >= (5, 0, 0) else 1\n"
        "def heard(*_): pass\nbpy.app.handlers.render_complete.append(heard)\nresult = None"
    )
    count = ready.call("len(bpy.app.handlers.render_complete)")
    press(ready, "trellis.render_selection")
    if beside:
        ready.wait_for(RENDERING)
        assert not ready.call("heard in bpy.app.handlers.render_complete"), "our render is none of theirs"
    else:
        ready.wait_for(f"{CAPTURE} is not None", timeout=RENDER_TIMEOUT_SECONDS)
        assert ready.call("len(bpy.app.handlers.render_complete)") == count
    ready.call("bpy.ops.wm.read_homefile()\nresult = None")
    ready.wait_for("bpy.ops.trellis.render_selection.poll()")
    assert ready.call("[s.name for s in bpy.data.scenes]") == ["Scene"]
    assert ready.call("len(bpy.app.handlers.render_complete)") == count - 1, "all but what was of the old file"
    assert ready.call(f"{CAPTURE} is None")


def test_what_is_stopped_is_no_source(ready: Window, artifacts: Path) -> None:
    """By undo, by the artist's own render, of which everybody hears then, and by switching the extension off."""
    beside = runs_beside(ready)
    ready.call(HEARING)
    if beside:
        begin_a_long_one(ready)
        ready.display.move(300, 600)
        ready.key("ctrl+z")
        ready.wait_for("bpy.data.objects['Other'].location.y == 0.0")
        ready.wait_for("bpy.ops.trellis.render_selection.poll()")
        assert ready.call(f"[{CAPTURE} is None, {STOPPED}.told(bpy.context.scene, {SENT})]") == [True, TOLD]
        ready.screenshot(artifacts / "stopped.png")
        see_how_long_it_is_told(ready, artifacts)
        begin_a_long_one(ready)
    ready.call("bpy.context.scene.cycles.samples = 1\nbpy.ops.render.render('INVOKE_DEFAULT')\nresult = None")
    ready.wait_for("len(heard) >= 4 and bpy.ops.trellis.render_selection.poll()", timeout=RENDER_TIMEOUT_SECONDS)
    assert ready.call("heard") == [[name, "Scene"] for name in HEARD]
    sent = f"[{CAPTURE} is None, {STOPPED}.told(bpy.context.scene, {SENT})]"
    assert ready.call(sent) == [True, ""], "their own picture is there instead"
    if beside:
        begin_a_long_one(ready)
    ready.call(f"bpy.ops.preferences.addon_disable(module={scene.PACKAGE!r})\nresult = None")
    assert ready.call(f"[{RENDERING}, [item.name for item in bpy.data.scenes]]") == [False, ["Scene"]]
    assert ready.call("[len(bpy.data.cameras), len(heard)]") == [1, 4]
    assert ready.call("sum(len(getattr(bpy.app.handlers, name)) for name in names)") == 4, "theirs are back"


def see_how_long_it_is_told(ready: Window, artifacts: Path) -> None:
    """In its own scene, until something else is the source; of the artist's own Esc nothing is said."""
    told = f"{STOPPED}.told(bpy.context.scene, {SENT})"
    ready.call("bpy.context.window.scene = bpy.data.scenes.new('Elsewhere')\nresult = None")
    assert ready.call(told) == ""
    ready.call(
        "bpy.data.scenes.remove(bpy.data.scenes['Elsewhere'])\nbpy.context.window.scene = bpy.data.scenes['Scene']\n"
        "result = None"
    )
    assert ready.call(told) == TOLD
    picture = str(scene.make_picture(ready.home / "other.png"))
    ready.call(f"bpy.ops.trellis.open_picture(filepath={picture!r})\nresult = None")
    assert ready.call(told) == ""
    ready.call("bpy.context.scene.trellis.source = 'AUTO'\nresult = None")
    assert ready.call(told) == "", "nor again"
    begin_a_long_one(ready)
    ready.display.move(300, 600)
    ready.key("Escape")
    ready.wait_for(f"not {RENDERING} and bpy.ops.trellis.render_selection.poll()")
    ready.screenshot(artifacts / "escaped.png")
    assert ready.call(f"[{CAPTURE} is None, {told}]") == [True, ""]


def begin_a_long_one(window: Window) -> None:
    """Move something, as what undo is about, and render beside that."""
    window.call(
        "bpy.context.scene.cycles.samples = 4000\nbpy.data.objects['Other'].location.y = 1.0\n"
        "bpy.ops.ed.undo_push(message='moved')\nresult = None"
    )
    press(window, "trellis.render_selection")
    window.wait_for(RENDERING)

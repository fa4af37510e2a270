# SPDX-License-Identifier: GPL-3.0-or-later
"""A job ends while the artist has its placeholder in hand, on the mouse or in a field: nothing is pulled away."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.program import PATIENCE_SECONDS
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

BOXES = "[o.name for o in bpy.context.scene.objects if 'trellis_placeholder' in o.keys()]"
RUNNING = f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())"
ENDED = f"not any(j.running for j in {scene.SESSION}.jobs.values())"
IN_HAND = "any('duplicate' in o.bl_idname for o in bpy.context.window_manager.windows[0].modal_operators)"
TAKE_THE_BOX = f"""
for item in bpy.context.scene.objects:
    item.select_set(item.name in {BOXES})
bpy.context.view_layer.objects.active = bpy.context.scene.objects[{BOXES}[0]]
result = None
"""
BOX = f"bpy.data.objects[{BOXES}[0]]"
SCALED = f"abs({BOX}.scale.x - 2.0) > 0.01"
OBJECTS = "[o for o in bpy.context.scene.objects if 'trellis_job' in o.keys()]"
CUBE = "bpy.data.objects['Cube']"
RESTS = f"not {scene.SESSION}.watched"
HELD = "Waiting for the mouse button to be released"
ADD_CUBE = """
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area('VIEW_3D')):
    bpy.ops.mesh.primitive_cube_add('INVOKE_DEFAULT', True, location=(3, 3, 0))
result = None
"""
ADJUST = """
bpy.context.window_manager.operators[-1].properties.size = 1.0
here = {'area': area('VIEW_3D'), 'region': region('VIEW_3D', 'WINDOW')}
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], **here):
    result = list(bpy.ops.ed.undo_redo('EXEC_DEFAULT', True)) if bpy.ops.ed.undo_redo.poll() else []
"""
UNDO = "list(bpy.ops.ed.undo())"
GENERATE = """
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area('VIEW_3D')):
    bpy.ops.trellis.generate('INVOKE_DEFAULT')
result = None
"""


@pytest.fixture
def ready(open_window: Callable[..., Window], simulator: Process) -> Window:
    """A window in front of the server, with a picture chosen, and nothing else in it."""
    window = scene.in_front(open_window, simulator)
    window.call("bpy.data.batch_remove(list(bpy.data.objects))\nresult = None")
    return window


def order(window: Window, server: Process) -> None:
    """Have a job run whose box is selected, with the mouse over the view."""
    scene.hold(server)
    window.call(GENERATE)
    window.wait_for(RUNNING)
    window.wait_for(f"len({BOXES}) == 1")
    window.call(TAKE_THE_BOX)
    left, top, width, height = window.rectangle("VIEW_3D")
    window.display.move(left + width // 2, top + height // 2)


class Hold:
    """The mouse button held down over a field, which a drag changes; ``end`` lets it go."""

    def __init__(self, window: Window, x: int, y: int, changed: str) -> None:
        """Press, and drag until the expression is true."""
        self._window, self._x, self._y, self._steps = window, x, y, 0
        window.display.move(x, y)
        window.hear()
        window.display.run(["xdotool", "mousedown", "1"])
        self.on_until(changed)

    def on_until(self, expression: str) -> None:
        """Drag on until the expression is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self._steps += 1
            self._window.display.move(self._x + 4 * (self._steps % 12), self._y)
            self._window.hear()
            if self._window.call(expression):
                return
        raise AssertionError(f"not true however far it is dragged: {expression}")

    def end(self) -> None:
        """Let go."""
        self._window.display.run(["xdotool", "mouseup", "1"])


def fail(server: Process) -> None:
    server.control.steer(server.control.jobs()[-1]["id"], fail="object", seconds=0)


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_nothing_goes_while_it_is_held(ready: Window, simulator: Process, artifacts: Path) -> None:
    hold_a_copy(ready, simulator, artifacts)
    type_a_name(ready, simulator, artifacts)
    drag_a_value(ready, simulator, artifacts)
    adjust_what_was_done(ready, simulator)


def hold_a_copy(ready: Window, simulator: Process, artifacts: Path) -> None:
    left, top, width, height = ready.rectangle("VIEW_3D")
    order(ready, simulator)
    ready.press_until(lambda: ready.key("shift+d"), IN_HAND)
    fail(simulator)
    ready.wait_for(ENDED)
    for step in range(5):
        ready.display.move(left + width // 2 + 12 * step, top + height // 2 + 9 * step)
        ready.hear()
    assert ready.call(IN_HAND) and len(ready.call(BOXES)) == 2, "a box was pulled from under the mouse"
    ready.screenshot(artifacts / "held.png")
    ready.press_until(lambda: ready.key("Return"), f"not {IN_HAND}")
    ready.wait_for(f"not {BOXES}")


def type_a_name(ready: Window, simulator: Process, artifacts: Path) -> None:
    order(ready, simulator)
    ready.key("F2")
    ready.hear()
    ready.key("ctrl+a")
    ready.type("Tow")
    ready.screenshot(artifacts / "typing.png")
    fail(simulator)
    ready.wait_for(ENDED)
    ready.wait_for(f"not {BOXES}")
    ready.type("er")
    ready.key("Return")
    ready.hear()
    assert ready.call("[o.name for o in bpy.context.scene.objects]") == []
    assert ready.call("[o.name for o in bpy.data.objects if not o.users]"), "what is typed into was freed"
    ready.call(f"bpy.ops.wm.save_as_mainfile(filepath={str(ready.home / 'saved.blend')!r}, copy=True)\nresult = None")
    assert ready.call("[o.name for o in bpy.data.objects if not o.users]") == []
    assert ready.call("[m.name for m in bpy.data.meshes if m.name.startswith('TRELLIS')]") == []


def drag_a_value(ready: Window, simulator: Process, artifacts: Path) -> None:
    """In the sidebar: the object would go on from a scale that is no more, and the drag be two steps to undo."""
    order(ready, simulator)
    ready.call(f"{BOX}.scale = (2, 2, 2)\nbpy.ops.ed.undo_push(message='scaled')\nresult = None")
    ready.open_sidebar("VIEW_3D", "Item")
    hold = Hold(ready, *ready.find_button(".scale"), SCALED)
    scene.let_go(simulator)
    hold.on_until(f"{scene.SESSION}.waiting == {HELD!r}")
    hold.on_until(SCALED)
    assert len(ready.call(BOXES)) == 1, "it came while the mouse was held"
    ready.screenshot(artifacts / "dragging.png")
    hold.end()
    ready.wait_for(f"not {BOXES} and {RESTS}")
    sides = ready.call(f"[abs(side) for o in {OBJECTS} for side in o.scale]")  # the box may be dragged inside out
    assert sides == [1.0, 1.0, 1.0], "the drag has gone on from the object's scale"
    assert ready.call(UNDO) == ["FINISHED"] and ready.call(SCALED), "the drag was cut in two"
    assert ready.call(UNDO) == ["FINISHED"] and ready.call(f"list({BOX}.scale)") == [2.0, 2.0, 2.0]


def adjust_what_was_done(ready: Window, simulator: Process) -> None:
    """As the panel at the bottom left does, by which Blender takes away what has come since: it comes by itself."""
    ready.call("bpy.data.batch_remove(list(bpy.data.objects))\nresult = None")
    order(ready, simulator)
    ready.call(ADD_CUBE)
    scene.let_go(simulator)
    ready.wait_for(f"not {BOXES} and {RESTS}")
    ready.press_until(lambda: ready.call(ADJUST), f"{CUBE}.dimensions.x == 1.0")
    ready.wait_for(f"len({OBJECTS}) == 1 and not {BOXES} and {RESTS}")
    assert ready.call(UNDO) == ["FINISHED"]
    ready.wait_for(RESTS)
    assert len(ready.call(BOXES)) == 1 and ready.call(f"{CUBE}.dimensions.x") == 1.0, "it was undone on purpose"

# SPDX-License-Identifier: GPL-3.0-or-later
"""A job ends while the artist has its placeholder in hand, on the mouse or in a field: nothing is pulled away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
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


def fail(server: Process) -> None:
    server.control.steer(server.control.jobs()[-1]["id"], fail="object", seconds=0)


def test_nothing_goes_while_it_is_held(ready: Window, simulator: Process, artifacts: Path) -> None:
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

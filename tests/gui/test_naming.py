# SPDX-License-Identifier: GPL-3.0-or-later
"""A placeholder's name is being typed while an object of several parts takes its place: the name is that one's."""

import json
import struct
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.test_hands import ADD_CUBE, BOXES, GENERATE, RESTS, RUNNING, TAKE_THE_BOX, order, ready
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

__all__ = ["ready"]
TYPED = "Waiting for the name to be entered"
NAMES = "sorted(o.name for o in bpy.context.scene.objects)"
BRING = f"""
import dataclasses, hashlib, pathlib
from {scene.PACKAGE}.blender import watch
session = {scene.SESSION}
job = list(session.jobs.values())[-1]
content = pathlib.Path(%r).read_bytes()
job.path.write_bytes(content)
roster = session._engine._roster
digest = hashlib.sha256(content).hexdigest()
roster.note(dataclasses.replace(roster.jobs[job.id], sha256=digest, size_bytes=len(content)))
session.intake.arrivals.arrived(job.id)
watch.start()
result = None
"""


def in_two(content: bytes) -> bytes:
    """Have a file show its mesh twice."""
    size = struct.unpack_from("<I", content, 12)[0]
    document, rest = json.loads(content[20 : 20 + size]), content[20 + size :]
    mesh = next(node for node in document["nodes"] if "mesh" in node)["mesh"]
    document["nodes"].append({"name": "other", "mesh": mesh, "translation": [2, 0, 0]})
    document["scenes"][0]["nodes"].append(len(document["nodes"]) - 1)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + rest
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def return_to_the_box(window: Window, server: Process) -> None:
    """Have a job's box stand once more, and be selected: what came was undone."""
    order(window, server)
    scene.let_go(server)
    window.wait_for(f"not {BOXES} and {RESTS}")
    window.call("bpy.ops.ed.undo()\nresult = None")
    window.wait_for(f"len({BOXES}) == 1 and {RESTS}")
    window.call(TAKE_THE_BOX + "bpy.ops.ed.undo_push(message='chosen')\n")


def bring_in_two(window: Window, server: Process) -> None:
    """Have the job's object come in two parts as soon as nothing is in hand."""
    path = window.home / "two.glb"
    path.write_bytes(in_two(server.control.model(server.control.jobs()[-1]["id"])))
    window.call(BRING % str(path))


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_what_is_typed_is_the_name_of_what_came(ready: Window, simulator: Process, artifacts: Path) -> None:
    """It was lost with the box: the field said that nothing is active."""
    return_to_the_box(ready, simulator)
    ready.key("F2")
    ready.hear()
    ready.key("ctrl+a")
    ready.type("Tow")
    bring_in_two(ready, simulator)
    ready.wait_for(f"{scene.SESSION}.waiting == {TYPED!r}")
    ready.screenshot(artifacts / "typing.png")
    ready.type("er")
    ready.hear()
    assert len(ready.call(BOXES)) == 1, "the box was taken away from under the name"
    ready.key("Return")
    ready.wait_for(f"{NAMES} == ['Tower', 'Tower.001', 'Tower.002'] and {RESTS}")
    assert ready.call("bpy.context.view_layer.objects.active.name") == "Tower"
    ready.call("bpy.ops.ed.undo()\nresult = None")
    assert ready.call(NAMES) == ["Tower"] == ready.call(BOXES)


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_a_name_that_is_forgotten_holds_nothing_up(ready: Window, simulator: Process) -> None:
    return_to_the_box(ready, simulator)
    ready.key("F2")
    ready.hear()
    ready.type("T")
    bring_in_two(ready, simulator)
    ready.wait_for(f"{scene.SESSION}.waiting == {TYPED!r}")
    ready.wait_for(f"not {BOXES} and {RESTS}")


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_a_block_that_is_fitted_to_can_be_named_as_well(ready: Window, simulator: Process) -> None:
    """The name went to the block that was hidden, or was lost."""
    scene.hold(simulator)
    ready.call(ADD_CUBE)
    ready.call("bpy.context.scene.trellis.fit_to_selection = True\nresult = None")
    ready.call(GENERATE)
    ready.wait_for(RUNNING)
    left, top, width, height = ready.rectangle("VIEW_3D")
    ready.display.move(left + width // 2, top + height // 2)
    ready.key("F2")
    ready.hear()
    ready.key("ctrl+a")
    ready.type("Tow")
    scene.let_go(simulator)
    ready.wait_for(f"{scene.SESSION}.waiting == {TYPED!r}")
    ready.type("er")
    ready.key("Return")
    ready.wait_for(f"{NAMES} == ['Tower', 'Tower Proxy'] and {RESTS}")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a variant has weights for its modifiers is known without a walk through a mesh of millions."""

import sys
from types import FrameType
from typing import Any

import bpy
import numpy as np
import pytest
from artist import Artist, module
from leafing import variants

MANY = 200_000
pytestmark = pytest.mark.usefixtures("ready")


def large(name: str) -> bpy.types.Mesh:
    """Give a mesh of many vertices, none of them selected or weighted."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(MANY)
    points = np.random.default_rng(1).random(MANY * 3, np.float32)
    mesh.attributes["position"].data.foreach_set("vector", points)
    mesh.vertices.foreach_set("select", np.zeros(MANY, bool))
    mesh.update()
    return mesh


def counted_remark(item: bpy.types.Object) -> tuple[str, int]:
    """Give what is said of an object's weights, and how many steps Python takes for it: no wall time, no load."""
    steps = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        steps += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        remark = module("blender.weights").remark(item)
    finally:
        sys.settrace(before)
    return remark, steps


def masked() -> tuple[bpy.types.Object, bpy.types.Mesh, bpy.types.Mesh]:
    """Give an object whose Mask goes by a group of a single vertex, and two meshes for it; the first has the weight."""
    first, second = large("first"), large("second")
    item = bpy.data.objects.new("large", first)
    bpy.context.scene.collection.objects.link(item)
    item.vertex_groups.new(name="pin").add([7], 1.0, "REPLACE")
    item.modifiers.new("Mask", "MASK").vertex_group = "pin"
    return item, first, second


def test_a_large_mesh_is_not_walked_at_each_press() -> None:
    item, first, second = masked()
    for mesh, is_bare in ((second, True), (first, False)) * 2:
        variants().show(item, mesh)
        remark, steps = counted_remark(item)
        assert steps < MANY, "a few thousand looks, however large it is"
        assert remark.startswith("The modifier Mask goes by vertex groups") == is_bare, mesh.name


def test_what_was_painted_meanwhile_is_seen() -> None:
    item, _first, second = masked()
    variants().show(item, second)
    item.vertex_groups["pin"].add(range(90_000, 90_100), 1.0, "REPLACE")
    assert not counted_remark(item)[0]


def test_what_was_assigned_meanwhile_is_seen_however_small() -> None:
    item, _first, second = masked()
    variants().show(item, second)
    item.vertex_groups["pin"].add([90_001], 1.0, "REPLACE")
    second.vertices[90_001].select = True  # as *Assign* leaves it
    assert not counted_remark(item)[0]


def test_weights_of_nothing_are_none(ready: Artist) -> None:
    item, _first, second = masked()
    variants().show(item, second)
    item.vertex_groups["pin"].add(range(90_000, 91_000), 0.0, "REPLACE")
    assert counted_remark(item)[0]

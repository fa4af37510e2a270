# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist gave to a placeholder stays also where an object of several parts takes its place."""

from typing import Any

import blocks
import bpy
import crafted
import pictures
import pytest
from artist import Artist

from tests.blender.test_several import arrive, odd, placeholder, with_placeholder


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.simulator.control.settings(job_seconds=3600.0)
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    blocks.block("Chair")  # to be edited meanwhile
    bpy.ops.ed.undo_push(message="chair")
    return artist


def keyed() -> bpy.types.Object:
    """Give the placeholder with keys, a driver, a strip, properties and a colour."""
    box = placeholder()
    for frame, x in ((1, 0.0), (11, 10.0)):
        box.location.x = x
        box.keyframe_insert("location", index=0, frame=frame)
    box.animation_data.nla_tracks.new().strips.new("away", 50, bpy.data.actions.new("away"))
    turn = box.driver_add("rotation_euler", 2).driver
    source = turn.variables.new()
    source.targets[0].id, source.targets[0].data_path = box, "location.x"
    turn.expression = source.name + " / 10"
    box["age"], box["kin"] = 7, {"of": [1, 2]}
    box.id_properties_ui("age").update(max=9)
    box.color, box.lock_scale = (1.0, 0.0, 0.0, 1.0), (True, False, False)
    return box


def beside(box: bpy.types.Object, y: float) -> bpy.types.Object:
    other = box.copy()
    other.data, other.location.y = box.data.copy(), y
    bpy.context.scene.collection.objects.link(other)
    return other


def roots() -> list[Any]:
    """Give the objects that came, by their places."""
    return sorted((item for item in bpy.data.objects if item.type == "EMPTY"), key=lambda item: item.location.y)


@pytest.mark.any_blender
def test_keys_drivers_strips_and_properties_stay(ready: Artist) -> None:
    def give() -> None:
        box = keyed()
        beside(box, 7.0)["age"] = 8
        beside(box, 14.0).animation_data_clear()

    arrive(ready, odd, with_placeholder(), give)
    found = roots()
    assert [root["age"] for root in found] == [7, 8, 7] and found[0]["kin"].to_dict() == {"of": [1, 2]}
    assert found[0].id_properties_ui("age").as_dict()["max"] == 9
    assert all(tuple(root.color) == (1.0, 0.0, 0.0, 1.0) and tuple(root.lock_scale) == (1, 0, 0) for root in found)
    bpy.context.scene.frame_set(6)
    for root in found[:2]:
        assert root.location.x == pytest.approx(5.0) and root.rotation_euler.z == pytest.approx(0.5)
        (turn,) = root.animation_data.drivers
        assert turn.driver.variables[0].targets[0].id == root, "what pointed at the box points at what it became"
        assert [strip.name for track in root.animation_data.nla_tracks for strip in track.strips] == ["away"]
    assert found[2].animation_data is None and found[2].location.x == 10.0, "the third had none"
    assert all(set(root.users_collection) == set(root.children[0].users_collection) for root in found)


def test_keys_come_back_with_the_box(ready: Artist) -> None:
    def give() -> None:
        keyed()
        bpy.ops.ed.undo_push(message="keyed")

    arrive(ready, odd, with_placeholder(), give)
    bpy.ops.ed.undo()
    bpy.context.scene.frame_set(6)
    assert not roots() and placeholder().location.x == pytest.approx(5.0)
    bpy.ops.ed.redo()
    bpy.context.scene.frame_set(1)
    (root,) = roots()
    assert root.location.x == pytest.approx(0.0) and len(root.children) == 3


@pytest.mark.any_blender
@pytest.mark.parametrize("is_selected", [True, False])
def test_it_is_active_and_selected_where_the_box_was(ready: Artist, is_selected: bool) -> None:
    """Nothing was active any more: the name that was to be typed next had no object."""
    job = with_placeholder()
    ready.wait_for_state(job, "processing")
    box = placeholder()
    beside(box, 7.0)
    blocks.choose(box)
    box.select_set(is_selected)
    ready.simulator.control.advance(3601.0)
    ready.sent(ready.wait_for_state(job, "downloaded"), crafted.glb(odd))
    ready.wait(job)
    first = roots()[0]
    assert bpy.context.view_layer.objects.active == first and first.select_get() is is_selected
    assert bpy.context.selected_objects == [first] * is_selected

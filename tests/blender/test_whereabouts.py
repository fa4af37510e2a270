# SPDX-License-Identifier: GPL-3.0-or-later
"""A new object is found: the list says what hides it, and *Show Object* selects it."""

from typing import Any

import bpy
import layouts
import pictures
import pytest
from artist import Artist, module


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def test_inside_the_first_cube(ready: Artist) -> None:
    """A new file has a cube at the 3D cursor, and the first object of an artist would not be seen in it."""
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    job = ready.wait(ready.order())[0]
    assert ready.session.intake.remarks[job.id] == "It stands inside Cube. Hide or move that to see it."


@pytest.mark.parametrize("how", ["remove", "hide"])
def test_what_is_around_it_is_said_for_as_long_as_it_is(ready: Artist, how: str) -> None:
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    job = ready.wait(ready.order())[0]
    assert "It stands inside Cube." in _drawn(ready, job)
    cube = bpy.data.objects["Cube"]
    if how == "remove":
        bpy.data.objects.remove(cube)
    else:
        cube.hide_set(True)
    assert "inside" not in _drawn(ready, job)


def test_what_is_around_it_is_looked_for_again_by_show_object(ready: Artist) -> None:
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    job = ready.wait(ready.order())[0]
    bpy.data.objects["Cube"].location.x = 9.0
    bpy.context.view_layer.update()
    assert bpy.ops.trellis.show_object(job=job.id) == {"FINISHED"}
    assert "inside" not in _drawn(ready, job)


def _drawn(ready: Artist, job: Any) -> str:
    made = layouts.layout()
    module("blender.panels.jobs").draw_stage(made, job, ready.session)
    return " ".join(layouts.texts(made))


def test_in_a_room_and_beside_a_cube(ready: Artist) -> None:
    bpy.ops.mesh.primitive_cube_add(size=20.0)
    bpy.ops.mesh.primitive_cube_add(size=2.0, location=(1.5, 0.0, 0.0))
    job = ready.wait(ready.order())[0]
    assert ready.session.intake.remarks[job.id] == ""


def test_in_what_is_hidden_or_a_wire(ready: Artist) -> None:
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    bpy.context.object.display_type = "WIRE"
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    bpy.context.object.hide_set(True)
    job = ready.wait(ready.order())[0]
    assert ready.session.intake.remarks[job.id] == ""


def test_show_object_selects_it_alone(ready: Artist) -> None:
    job = ready.wait(ready.order())[0]
    bpy.ops.mesh.primitive_cube_add(size=2.0, location=(5.0, 0.0, 0.0))
    assert bpy.ops.trellis.show_object(job=job.id) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active.name == "mushroom"
    assert [item.name for item in bpy.context.selected_objects] == ["mushroom"]


def test_show_object_of_what_is_gone_changes_nothing(ready: Artist) -> None:
    job = ready.wait(ready.order())[0]
    bpy.data.objects.remove(bpy.data.objects["mushroom"])
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    assert bpy.ops.trellis.show_object(job=job.id) == {"CANCELLED"}
    assert bpy.context.view_layer.objects.active.name == "Cube"


@pytest.mark.parametrize("how", ["exclude", "hide_viewport"])
def test_in_a_collection_that_is_hidden(ready: Artist, how: str) -> None:
    ready.wait(ready.order())
    layer = bpy.context.view_layer.layer_collection.children["TRELLIS"]
    setattr(layer, how, True)
    job = ready.wait(ready.order())[0]
    said = ready.session.intake.remarks[job.id]
    assert said == "It is in the collection TRELLIS, which is hidden. Show that in the Outliner."
    setattr(layer, how, False)
    bpy.context.scene.cursor.location = (5.0, 0.0, 0.0)
    job = ready.wait(ready.order())[0]
    assert ready.session.intake.remarks[job.id] == ""

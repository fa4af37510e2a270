# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist has moved and not keyed yet: it stays, and the picture of the selection shows it."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest
import seen
import staged
from artist import Artist, module


@pytest.fixture
def stage() -> Iterator[bpy.types.Scene]:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    with staged.no_temporary_files():
        yield staged.scene()


def keyed(item: bpy.types.ID, path: str, at: dict[int, object]) -> None:
    """Key a property at some frames, and leave it as it is at the present frame."""
    owner, _, name = path.rpartition(".")
    holder = item.path_resolve(owner) if owner else item
    for frame, value in at.items():
        setattr(holder, name, value)
        holder.keyframe_insert(name, frame=frame)
    bpy.context.scene.frame_set(bpy.context.scene.frame_current)


def into_nla(item: bpy.types.ID) -> None:
    """Push the action down to a track of its own."""
    data = item.animation_data
    action, data.action = data.action, None
    data.nla_tracks.new().strips.new("strip", 1, action)
    bpy.context.view_layer.update()


@pytest.mark.parametrize("way", ["action", "NLA"])
def test_moved_object_stays_and_is_shown(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, way: str) -> None:
    red = stage.objects["red"]
    keyed(red, "location", {1: (-3.0, 0.0, 0.0), 11: (0.0, 3.0, 0.0)})
    if way == "NLA":
        into_nla(red)
    red.location = (1.5, 1.5, 0.0)
    bpy.context.view_layer.update()
    staged.render()
    assert tuple(red.location) == (1.5, 1.5, 0.0)
    assert 0.85 < staged.filled(seen.received(artist, tmp_path)) < 0.92
    for frame, wanted in ((1, (-3.0, 0.0, 0.0)), (11, (0.0, 3.0, 0.0))):
        stage.frame_set(frame)
        assert tuple(red.matrix_world.translation) == pytest.approx(wanted), "the animation goes on"


def armature(stage: bpy.types.Scene, red: bpy.types.Object) -> bpy.types.PoseBone:
    """Have a bone move the red box."""
    rig = bpy.data.objects.new("rig", bpy.data.armatures.new("rig"))
    stage.collection.objects.link(rig)
    staged.select(rig)
    bpy.ops.object.mode_set(mode="EDIT")
    bone = rig.data.edit_bones.new("bone")
    bone.head, bone.tail = (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    bpy.ops.object.mode_set(mode="OBJECT")
    red.vertex_groups.new(name="bone").add(range(8), 1.0, "ADD")
    red.modifiers.new("rig", "ARMATURE").object = rig
    staged.select(red)
    return rig.pose.bones["bone"]


def test_pose_shape_material_and_own_property(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """All of them at once: the box is a bone's, twice as high by a shape key, and darker than keyed."""
    red = stage.objects["red"]
    bone = armature(stage, red)
    keyed(bone.id_data, 'pose.bones["bone"].location', {1: (0.0, 0.0, 0.0)})
    red.shape_key_add(name="Basis")
    for point in red.shape_key_add(name="high").data:
        point.co.x *= 2.0
    key = red.data.shape_keys.key_blocks["high"]
    keyed(red.data.shape_keys, 'key_blocks["high"].value', {1: 0.0})
    tree = red.active_material.node_tree
    strength = next(node for node in tree.nodes if node.type == "EMISSION").inputs["Strength"]
    strength.default_value = 5.0
    strength.keyframe_insert("default_value", frame=1)
    red["mine"], red["several"] = 1.0, [1.0, 2.0]
    red.keyframe_insert('["mine"]', frame=1)
    red.keyframe_insert('["several"]', frame=1)
    bone.location, key.value, strength.default_value = (2.0, 0.0, 0.0), 0.5, 0.2
    red["mine"], red["several"] = 0.25, [3.0, 4.0]
    bpy.context.view_layer.update()
    staged.render()
    assert tuple(bone.location) == (2.0, 0.0, 0.0)
    assert (key.value, red["mine"], list(red["several"])) == (0.5, 0.25, [3.0, 4.0])
    assert strength.default_value == pytest.approx(0.2)
    got = seen.received(artist, tmp_path)
    assert 0.85 < staged.filled(got) < 0.92
    assert got[got[..., 3] > 200][:, 0].mean() < 180, "as dark as the artist has made it"


def test_muted_curve_stays_muted(artist: Artist, stage: bpy.types.Scene) -> None:
    red = stage.objects["red"]
    keyed(red, "location", {1: (-1.0, 0.0, 0.0), 11: (1.0, 0.0, 0.0)})
    curves = _curves(red)
    curves[1].mute = True
    bpy.context.view_layer.update()
    before = [curve.mute for curve in curves]
    staged.render()
    assert [curve.mute for curve in curves] == before == [False, True, False]


def _curves(item: bpy.types.ID) -> list[bpy.types.FCurve]:
    action = item.animation_data.action
    if not hasattr(bpy.types, "ActionChannelbag"):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbags[0].fcurves)


def test_undo_to_the_moment_when_a_job_starts(artist: Artist, stage: bpy.types.Scene) -> None:
    """Curves are muted then, for the job to render what is seen; not after any undo."""
    held, staging = module("blender.taking.held"), module("blender.taking.stage")
    red = stage.objects["red"]
    keyed(red, "location", {1: (-3.0, 0.0, 0.0), 11: (0.0, 3.0, 0.0)})
    red.location = (1.5, 1.5, 0.0)
    bpy.context.view_layer.update()
    bpy.ops.ed.undo_push(message="before")
    made = staging.build(bpy.context, *module("blender.taking.selection").view_of(bpy.context, "CAMERA"))
    made.path.unlink()
    held.begin(bpy.context.scene, bpy.context.view_layer, bpy.data.scenes[made.scene_name])
    assert all(curve.mute for curve in _curves(red)), "the job copies them so"
    bpy.ops.ed.undo_push(message="meanwhile")
    held.end()
    staging.clear()
    assert not any(curve.mute for curve in _curves(red))
    assert tuple(red.location) == (1.5, 1.5, 0.0)
    bpy.ops.ed.undo_push(message="after")
    assert bpy.ops.ed.undo() == {"FINISHED"}
    red = bpy.context.scene.objects["red"]
    assert not any(curve.mute for curve in _curves(red))
    assert tuple(red.location) == (1.5, 1.5, 0.0)
    assert not [scene for scene in bpy.data.scenes if staging.is_ours(scene)]
    for frame, wanted in ((1, (-3.0, 0.0, 0.0)), (11, (0.0, 3.0, 0.0))):
        bpy.context.scene.frame_set(frame)
        assert tuple(red.matrix_world.translation) == pytest.approx(wanted), "the animation goes on"


def test_what_is_as_keyed_is_left_alone(artist: Artist, stage: bpy.types.Scene) -> None:
    """Only what is unkeyed needs to be held."""
    animation = module("blender.taking.animation")
    red, blue = stage.objects["red"], stage.objects["blue"]
    for item in (red, blue):
        keyed(item, "location", {1: (-3.0, 0.0, 0.0), 11: (0.0, 3.0, 0.0)})
    keyed(blue, "hide_viewport", {1: False})
    blue.location.x += 0.01
    bpy.context.view_layer.update()
    assert [animation.is_unkeyed(item, stage.frame_current_final) for item in (red, blue)] == [False, True]
    blue.location.x -= 0.01
    assert not animation.is_unkeyed(blue, stage.frame_current_final)
    into_nla(blue)
    assert animation.is_unkeyed(blue, stage.frame_current_final), "what tracks say is not looked at"

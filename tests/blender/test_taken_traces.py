# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the selection leaves no trace: not in the file, nor in the render slots, nor in the undo history."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import snapshot
import staged
from artist import Artist, module
from staged import said


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def test_selection_leaves_everything_as_it_was(artist: Artist, stage: bpy.types.Scene) -> None:
    stage.objects["blue"].hide_set(True)
    stage.objects["wall"].hide_render = True
    bpy.ops.ed.undo_push(message="before")
    stage.objects["red"].location.x = 0.8
    bpy.ops.ed.undo_push(message="moved")
    assert bpy.ops.ed.undo() == bpy.ops.ed.redo() == {"FINISHED"}  # which resets some counts by itself
    bpy.context.view_layer.update()
    before = snapshot.take()
    assert len(before) > 3000
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    assert bpy.ops.ed.undo() == {"FINISHED"}
    assert bpy.context.scene.objects["red"].location.x == pytest.approx(0.9), "undo takes back the artist's own step"
    assert bpy.ops.ed.redo() == {"FINISHED"}
    assert bpy.context.scene.objects["red"].location.x == pytest.approx(0.8)
    assert snapshot.changes_since(before) == []


def rendered(scene: bpy.types.Scene, folder: Path) -> np.ndarray | None:
    """Give the shown slot's picture, or None."""
    try:
        return seen.saved(bpy.data.images["Render Result"], folder, like=scene)
    except RuntimeError:
        return None


@pytest.mark.parametrize("shown", [0, 1, 2, 3])
def test_every_render_slot_stays(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, shown: int) -> None:
    """Pictures in two slots, and another one shown than the one rendered last."""
    stage.render.resolution_percentage = 100
    sizes = {0: 20, 1: 28, 2: 36}
    for slot in (0, 2, 1):
        stage.render.resolution_x = sizes[slot]
        if "Render Result" in bpy.data.images:
            bpy.data.images["Render Result"].render_slots.active_index = slot
        bpy.ops.render.render()
    result = bpy.data.images["Render Result"]
    result.render_slots.active_index = shown
    for _ in range(3):
        before = snapshot.take()
        assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
        assert snapshot.changes_since(before) == []
    widths = []
    for slot in range(4):
        result.render_slots.active_index = slot
        picture = rendered(stage, tmp_path)
        widths.append(picture.shape[1] if picture is not None else None)
    assert widths == [20, 28, 36, None]


def test_our_render_is_no_render_of_the_artist(artist: Artist, stage: bpy.types.Scene) -> None:
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert not [image for image in bpy.data.images if image.type == "RENDER_RESULT"]
    assert not module("blender.renders").seen()


def test_failures_are_said_and_change_nothing(artist: Artist, stage: bpy.types.Scene) -> None:
    before = snapshot.take()
    stage.objects["red"].select_set(False)
    assert not bpy.ops.trellis.render_selection.poll()
    stage.objects["lamp"].select_set(True)
    assert not bpy.ops.trellis.render_selection.poll(), "a light alone shows nothing"
    stage.objects["lamp"].select_set(False)
    stage.objects["red"].select_set(True)
    camera, stage.camera = stage.camera, None
    assert "no camera" in said(view="CAMERA")
    stage.camera = camera
    camera.data.type = "PANO"
    assert "panoramic" in said(view="CAMERA")
    camera.data.type = "PERSP"
    red = stage.objects["red"].location.copy()
    stage.objects["red"].location = camera.location
    bpy.context.view_layer.update()
    assert "behind" in said(view="CAMERA")
    stage.objects["red"].location = red
    bpy.context.view_layer.update()
    assert snapshot.changes_since(before) == []
    assert not module("blender.sources").choose(bpy.context).is_there
    assert not bpy.data.scenes.get("TRELLIS Selection")


def test_engine_that_fails_is_said(artist: Artist, stage: bpy.types.Scene) -> None:
    class Broken(bpy.types.RenderEngine):
        bl_idname, bl_label = "TRELLIS_TEST_BROKEN", "Broken"

        def render(self, depsgraph: bpy.types.Depsgraph) -> None:
            self.report({"ERROR"}, "The lamp oil ran out")

    bpy.utils.register_class(Broken)
    try:
        stage.render.engine = Broken.bl_idname
        before = snapshot.take()
        assert "lamp oil ran out" in said(view="CAMERA")
        assert snapshot.changes_since(before) == []
    finally:
        stage.render.engine = "CYCLES"
        bpy.utils.unregister_class(Broken)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures taken of the scene: only the selection, as the scene renders it, from where the artist looks."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import seen
import snapshot
import staged
from artist import Artist, module
from staged import HEIGHT, WIDTH, by_hand, close


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


@pytest.mark.parametrize("transform", ["Standard", "AgX"])
@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
@pytest.mark.parametrize("names", [{"red"}, {"red", "blue"}], ids=["one", "two"])
def test_selection_from_the_camera(
    artist: Artist, tmp_path: Path, stage: bpy.types.Scene, kind: str, names: set[str], transform: str
) -> None:
    stage.camera.data.type = kind
    stage.view_settings.view_transform = transform
    for name in names:
        stage.objects[name].select_set(True)
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    choice = module("blender.sources").choose(bpy.context)
    assert (choice.name, choice.size) == ("red", f"{WIDTH} × {HEIGHT}")
    got = seen.received(artist, tmp_path)
    expected = by_hand(stage, tmp_path, names, transform)
    alpha = expected[..., 3]
    assert alpha.max() == 255 and alpha[0].max() == alpha[:, 0].max() == alpha[-1].max() == alpha[:, -1].max() == 0
    assert 0.05 < (alpha > 0).mean() < 0.9, "the subject fills the picture, with room around it"
    assert close(got, expected)


def test_selection_is_rendered_as_the_scene_says(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """Samples, filter, look, exposure, curves, a layer's material, the world: each would show."""
    stage.cycles.samples, stage.cycles.pixel_filter_type, stage.cycles.filter_width = 2, "GAUSSIAN", 9.0
    view = stage.view_settings
    view.view_transform, view.look = "AgX", "AgX - Punchy"
    view.exposure, view.gamma, view.use_curve_mapping = 0.5, 1.3, True
    curve = view.curve_mapping.curves[3]
    curve.points.new(0.4, 0.7)
    view.curve_mapping.update()
    stage.world = bpy.data.worlds.new("sky")
    if stage.world.node_tree is None:
        stage.world.use_nodes = True
    sky = next(node for node in stage.world.node_tree.nodes if node.bl_idname == "ShaderNodeBackground")
    sky.inputs["Color"].default_value = (0.1, 0.5, 0.9, 1.0)
    clay = bpy.data.materials.new("clay")
    clay.diffuse_color = (0.9, 0.8, 0.7, 1.0)
    bpy.context.view_layer.material_override = clay
    before = snapshot.take()
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert snapshot.changes_since(before) == []
    got = seen.received(artist, tmp_path).astype(int)
    stage.objects["wall"].visible_diffuse = stage.objects["blue"].visible_diffuse = False
    expected = by_hand(stage, tmp_path, {"red"}, "AgX").astype(int)
    solid = (expected[..., 3] == 255) & (got[..., 3] == 255)
    assert solid.mean() > 0.2
    assert np.abs((got - expected)[..., 3]).mean() < 0.5
    assert np.abs(got[solid].mean(axis=0) - expected[solid].mean(axis=0)).max() < 3, "noise aside, the same"


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_current_view(artist: Artist, tmp_path: Path, stage: bpy.types.Scene, kind: str) -> None:
    """The same picture as a camera takes that stands where the viewport looks from."""
    area = next(item for item in bpy.context.window.screen.areas if item.type == "VIEW_3D")
    region = area.spaces.active.region_3d
    region.view_perspective = kind
    camera = stage.camera
    camera.data.type = kind
    camera.matrix_world = region.view_matrix.inverted()
    bpy.context.view_layer.update()
    stage.camera = None
    with module("blender.footing").at(area=area):
        before = snapshot.take()
        assert bpy.ops.trellis.render_selection(view="VIEW") == {"FINISHED"}
        assert snapshot.changes_since(before) == []
    got = seen.received(artist, tmp_path)
    stage.camera = camera
    assert close(got, by_hand(stage, tmp_path, {"red"}, stage.view_settings.view_transform))


def test_taken_picture_is_the_source_until_another_is_picked(artist: Artist, stage: bpy.types.Scene) -> None:
    sources = module("blender.sources")
    image = seen.make("other", seen.gradient())
    bpy.ops.trellis.render_selection(view="CAMERA")
    first = sources.choose(bpy.context)
    assert first.is_there and first.image is None and first.identity
    bpy.ops.trellis.render_selection(view="CAMERA")
    assert sources.choose(bpy.context).identity != first.identity
    bpy.ops.ed.undo_push(message="something")
    artist.choose(image)
    assert sources.choose(bpy.context).image == image
    bpy.ops.trellis.render_selection(view="CAMERA")
    assert sources.choose(bpy.context).image is None
    bpy.ops.trellis.drop_capture()
    assert sources.choose(bpy.context).image == image
    bpy.ops.trellis.render_selection(view="CAMERA")
    other = bpy.data.scenes.new("other scene")
    with bpy.context.temp_override(scene=other):
        assert sources.choose(bpy.context).capture is None, "it was taken of another scene"
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not sources.choose(bpy.context).is_there


def test_view_capture_needs_a_window(artist: Artist) -> None:
    with pytest.raises(RuntimeError, match="with a window and a 3D Viewport only"):
        bpy.ops.trellis.capture_view()
    assert not module("blender.sources").choose(bpy.context).is_there


@pytest.mark.parametrize("overlays", [False, True])
def test_view_that_blender_cannot_draw_again_is_not_captured(
    artist: Artist, stage: bpy.types.Scene, overlays: bool
) -> None:
    """What Cycles shows would be an empty picture, or a grid that can be paid for."""
    viewport = module("blender.taking.viewport")
    area = viewport.area_of(bpy.context)
    shading = viewport.space_of(area).shading
    before = shading.type
    bpy.ops.trellis.render_selection(view="CAMERA")
    taken = module("blender.sources").choose(bpy.context).identity
    eevee = stage.render.bl_rna.properties["engine"].default
    try:
        for engine, kind, is_possible in (
            ("CYCLES", "RENDERED", False), ("CYCLES", "MATERIAL", True), ("CYCLES", "SOLID", True),
            (eevee, "RENDERED", True), ("BLENDER_WORKBENCH", "RENDERED", True),
        ):  # fmt: skip
            stage.render.engine, shading.type = engine, kind
            assert bpy.ops.trellis.capture_view.poll() == is_possible, (engine, kind)
        stage.render.engine, shading.type = "CYCLES", "RENDERED"
        with pytest.raises(RuntimeError, match="use Material Preview, or Render Selection"):
            bpy.ops.trellis.capture_view(overlays=overlays)
    finally:
        shading.type = before
    assert module("blender.sources").choose(bpy.context).identity == taken, "the former source stays"

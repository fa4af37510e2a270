# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the scene's render settings a picture of the selection follows, and whose handlers hear of it."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
import staged
from artist import Artist, module


@pytest.fixture(autouse=True)
def no_temporary_files() -> Iterator[None]:
    """Nothing may stay in the temporary folder."""
    with staged.no_temporary_files():
        yield


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A scene with a red box in front of a wall, a blue one aside, a light and a camera; the red one is selected."""
    return staged.scene()


def picture() -> np.ndarray:
    """Render the selection, see that nothing changes, and give what became the source."""
    staged.render()
    return module("blender.captures").of(bpy.context.scene).rgba


def test_what_is_about_output_does_not_show(artist: Artist, tmp_path: Path, stage: bpy.types.Scene) -> None:
    """Stereo, border, burnt-in text, inked lines, a smear, the compositor with its files, the sequencer: none of it."""
    plain = picture()
    render = stage.render
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x = 0.4, 0.6
    render.use_stamp = render.use_stamp_note = True
    render.stamp_note_text = "burnt in"
    render.use_freestyle = bpy.context.view_layer.use_freestyle = True
    bpy.context.view_layer.freestyle_settings.linesets.new("lines")
    render.use_motion_blur, render.motion_blur_shutter = True, 4.0
    red = stage.objects["red"]
    red.keyframe_insert("location", frame=7)
    red.location.x += 3.0
    red.keyframe_insert("location", frame=9)
    stage.frame_set(7)
    render.pixel_aspect_x, render.use_persistent_data, render.use_single_layer = 2.0, True, True
    output_to_files(stage, tmp_path / "artist")
    editor = stage.sequence_editor_create()
    assert editor is not None
    render.use_sequencer = True
    stage.timeline_markers.new("first cut", frame=3).camera = stage.camera
    other = bpy.data.objects.new("other camera", bpy.data.cameras.new("other camera"))
    stage.timeline_markers.new("next cut", frame=8).camera = other
    render.use_multiview = True
    render.views_format = "STEREO_3D"
    stage.camera.data.stereo.interocular_distance = 2.0
    assert staged.close(picture(), plain)
    assert not (tmp_path / "artist").exists()


def output_to_files(scene: bpy.types.Scene, folder: Path) -> None:
    """Have the compositor turn the picture upside down and write files."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group = bpy.data.node_groups.new("compositor", "CompositorNodeTree")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    node = tree.nodes.new("CompositorNodeOutputFile")
    setattr(node, "directory" if hasattr(node, "directory") else "base_path", str(folder))
    tree.nodes.new("CompositorNodeRLayers")
    scene.render.use_compositing = True


def test_views_of_several_cameras_become_one_picture(artist: Artist, stage: bpy.types.Scene) -> None:
    """The active camera's picture, whichever views the scene has."""
    plain = picture()
    data = bpy.data.cameras.new("camera_R")
    right = bpy.data.objects.new("camera_R", data)
    right.matrix_world = stage.camera.matrix_world
    right.location.x += 2.0
    stage.collection.objects.link(right)
    stage.render.use_multiview, stage.render.views_format = True, "MULTIVIEW"
    stage.render.views["left"].use = False
    bpy.context.view_layer.update()
    got = picture()
    assert got.shape == plain.shape
    assert staged.close(got, plain)


def test_simplified_scene_is_taken_simplified(artist: Artist, stage: bpy.types.Scene) -> None:
    """As its own render is: a subdivided box is round, and a box again when the scene subdivides nothing."""
    red = stage.objects["red"]
    modifier = red.modifiers.new("round", "SUBSURF")
    modifier.levels = modifier.render_levels = 3
    bpy.context.view_layer.update()
    rounded = (picture()[..., 3] > 128).mean()
    stage.render.use_simplify, stage.render.simplify_subdivision_render = True, 0
    assert (picture()[..., 3] > 128).mean() > 1.1 * rounded


ENGINES = ["BLENDER_WORKBENCH", *(["BLENDER_EEVEE_NEXT"] if bpy.app.version[:2] == (4, 5) else [])]
"""EEVEE in one Blender: its shaders take twenty seconds without a graphics card."""


@pytest.mark.parametrize("engine", ENGINES)
def test_other_engines(artist: Artist, stage: bpy.types.Scene, engine: str) -> None:
    """The same outline as from Cycles, in the colour that the engine shows."""
    outline = picture()[..., 3] > 128
    stage.render.engine = engine
    stage.eevee.taa_render_samples = 1
    stage.display.render_aa = "FXAA"
    stage.display.shading.color_type, stage.display.shading.light = "SINGLE", "FLAT"
    stage.display.shading.single_color = (0.8, 0.1, 0.05)
    got = picture()
    assert ((got[..., 3] > 128) != outline).mean() < 0.01
    colour = got[got[..., 3] > 250][:, :3].mean(axis=0)
    assert colour[0] > 1.5 * colour[1] > 0 and colour[0] > 1.5 * colour[2]


HANDLERS = ["render_init", "render_pre", "render_post", "render_stats", "render_write", "render_complete",
            "render_cancel"]  # fmt: skip


def test_handlers_of_renders_are_for_the_renders_of_the_artist(artist: Artist, stage: bpy.types.Scene) -> None:
    """They save files and count frames. They are in their places again afterwards, also after a render that fails."""
    heard: list[str] = []

    def listener(name: str) -> object:
        return lambda *_: heard.append(name)

    mine = {name: listener(name) for name in HANDLERS}
    for name, handler in mine.items():
        getattr(bpy.app.handlers, name).append(handler)
    before = {name: getattr(bpy.app.handlers, name)[:] for name in HANDLERS}
    try:
        picture()
        assert heard == []
        assert {name: getattr(bpy.app.handlers, name)[:] for name in HANDLERS} == before
        stage.objects["red"].hide_render = True
        assert "Select the objects" in staged.said(view="CAMERA")
        assert {name: getattr(bpy.app.handlers, name)[:] for name in HANDLERS} == before
        stage.render.resolution_percentage = 10
        stage.render.filepath = str(bpy.app.tempdir) + "artist"
        bpy.ops.render.render()
        assert {"render_init", "render_pre", "render_post", "render_complete"} <= set(heard)
    finally:
        for name, handler in mine.items():
            getattr(bpy.app.handlers, name).remove(handler)


@pytest.mark.parametrize(("own", "limited"), [((0.0, 4096), (30.0, 256)), ((5.0, 16), (5.0, 16))])
def test_where_blender_waits_the_samples_are_limited(
    artist: Artist, stage: bpy.types.Scene, own: tuple[float, int], limited: tuple[float, int]
) -> None:
    """EEVEE took as many as the scene says: thousands for a final picture, with Blender standing still."""
    stage.cycles.time_limit, stage.eevee.taa_render_samples = own
    taking = module("blender.taking.stage")
    view, camera = module("blender.taking.selection").view_of(bpy.context, "CAMERA")
    for seconds, expected in ((30.0, limited), (0.0, own)):
        made = taking.build(bpy.context, view, camera, seconds=seconds)
        ours = bpy.data.scenes[made.scene_name]
        assert (ours.cycles.time_limit, ours.eevee.taa_render_samples) == expected
        taking.clear()
        made.path.unlink()
        assert (stage.cycles.time_limit, stage.eevee.taa_render_samples) == own


def test_the_tooltip_says_that_blender_waits(artist: Artist) -> None:
    """Where it does: from Blender 5.0 on it renders beside the work."""
    operator = next(cls for cls in bpy.types.Operator.__subclasses__() if cls.__name__ == "TRELLIS_OT_render_selection")
    said = operator.description(bpy.context, None)
    assert bool(said) is (bpy.app.version < (5, 0, 0))
    if said:
        assert "Blender waits meanwhile" in said and "Esc does not stop it" in said
        assert f"{module('blender.taking.selection').BLOCKED_SECONDS:.0f} seconds" in said

# SPDX-License-Identifier: GPL-3.0-or-later
"""A viewport that shows objects alone while its view is captured, and all that it showed before afterwards."""

from typing import Any

import bpy
import pytest
import snapshot
from artist import Artist, module


@pytest.fixture
def space(artist: Artist) -> Any:
    """A 3D Viewport of the file, as it is after the factory settings."""
    areas = (area for screen in bpy.data.screens for area in screen.areas if area.type == "VIEW_3D")
    space = next(areas).spaces.active
    before = space.shading.type
    yield space
    space.shading.type = before


def state(space: Any) -> list[Any]:
    film = bpy.context.scene.render.film_transparent
    return [film, space.shading.studiolight_background_alpha, space.overlay.show_overlays, space.show_gizmo]


@pytest.mark.parametrize("kind", ["SOLID", "MATERIAL", "RENDERED"])
@pytest.mark.parametrize("overlays", [False, True])
def test_no_world_is_drawn_behind_the_objects(space: Any, kind: str, overlays: bool) -> None:
    space.shading.type, space.shading.studiolight_background_alpha = kind, 0.5
    before, hides = state(space), kind != "SOLID" and not overlays
    with module("blender.taking.bare").viewport(bpy.context, space, space.region_3d, overlays=overlays):
        assert state(space) == [hides, 0.0 if hides else 0.5, overlays, False]
        seen = bpy.context.scene.evaluated_get(bpy.context.evaluated_depsgraph_get())
        assert seen.render.film_transparent == hides, "that is what the engine reads"
    assert state(space) == before


def test_all_is_as_before_also_when_it_could_not_be_drawn(space: Any) -> None:
    space.shading.type = "RENDERED"
    before = state(space)
    with (
        pytest.raises(ValueError, match="no room"),
        module("blender.taking.bare").viewport(bpy.context, space, space.region_3d, overlays=False),
    ):
        raise ValueError("no room")
    assert state(space) == before


@pytest.mark.parametrize("kind", ["SOLID", "MATERIAL", "RENDERED"])
def test_neither_the_camera_nor_a_border_lays_claim_to_the_surface(space: Any, kind: str) -> None:
    """With EEVEE a camera is zoomed besides, and a border is reckoned in other pixels."""
    render, view = bpy.context.scene.render, space.region_3d
    camera = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = space.camera = camera
    space.shading.type, render.use_border, space.use_render_border = kind, True, True
    view.view_perspective, view.view_camera_zoom, view.view_camera_offset = "CAMERA", 7.0, (0.1, 0.2)
    before, is_eevee = zoom(view), kind != "SOLID"
    try:
        with module("blender.taking.bare").viewport(bpy.context, space, space.region_3d, overlays=True):
            assert view.view_perspective == "CAMERA"
            assert zoom(view) == (pytest.approx((29.289322, 0.0, 0.0)) if is_eevee else before)
            assert (render.use_border, space.use_render_border) == (not is_eevee, not is_eevee)
        assert (view.view_perspective, render.use_border, space.use_render_border) == ("CAMERA", True, True)
        assert zoom(view) == before
    finally:
        view.view_perspective, space.use_render_border = "PERSP", False
        view.view_camera_zoom, view.view_camera_offset = 0.0, (0.0, 0.0)


def zoom(view: Any) -> tuple[float, ...]:
    return (view.view_camera_zoom, *view.view_camera_offset)


def test_what_only_stands_for_a_camera_is_not_in_its_own_picture(space: Any) -> None:
    scene, view = bpy.context.scene, space.region_3d
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "SPOT"))
    scene.collection.objects.link(lamp)
    space.camera, space.use_local_camera, space.shading.type = lamp, True, "MATERIAL"
    view.view_perspective = "CAMERA"
    try:
        with module("blender.taking.bare").viewport(bpy.context, space, view, overlays=True):
            assert (view.view_perspective, space.show_object_viewport_camera) == ("PERSP", False)
        assert (view.view_perspective, space.show_object_viewport_camera) == ("CAMERA", True)
    finally:
        view.view_perspective, space.use_local_camera = "PERSP", False


@pytest.mark.parametrize("expression", ["0", "1"])
def test_driver_does_not_bring_the_world_back(space: Any, expression: str) -> None:
    """It set Film > Transparent again at once, so that all of the picture was opaque."""
    scene = bpy.context.scene
    driver = scene.driver_add("render.film_transparent")
    driver.driver.expression = expression
    bpy.context.view_layer.update()
    space.shading.type = "RENDERED"
    before = state(space)
    assert before[0] == (expression == "1")
    with module("blender.taking.bare").viewport(bpy.context, space, space.region_3d, overlays=False):
        seen = scene.evaluated_get(bpy.context.evaluated_depsgraph_get())
        assert seen.render.film_transparent
    assert (state(space), driver.mute) == (before, False)
    driver.driver.expression = "1"
    bpy.context.view_layer.update()
    assert scene.render.film_transparent, "it goes on"


@pytest.mark.parametrize(("kind", "overlays"), [("MATERIAL", False), ("RENDERED", False), ("RENDERED", True)])
def test_fog_is_left_out(space: Any, kind: str, overlays: bool) -> None:
    """It covered all of the film, and the picture was opaque; with overlays it is there, as it is seen."""
    scene, shading = bpy.context.scene, space.shading
    world = scene.world = bpy.data.worlds.new("foggy")
    if world.node_tree is None:
        world.use_nodes = True
    tree = world.node_tree
    fog = tree.nodes.new("ShaderNodeVolumeScatter")
    out = next(node for node in tree.nodes if node.type == "OUTPUT_WORLD")
    tree.links.new(fog.outputs[0], out.inputs["Volume"])
    shading.type, shading.use_scene_world = kind, True
    bpy.context.view_layer.update()
    before, foggy, heard = snapshot.take(), overlays, []

    def hear(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
        worlds = [update for update in depsgraph.updates if isinstance(update.id, bpy.types.World)]
        heard.extend(update.id.name for update in worlds if update.is_updated_shading)

    bpy.app.handlers.depsgraph_update_post.append(hear)
    with module("blender.taking.bare").viewport(bpy.context, space, space.region_3d, overlays=overlays):
        assert foggy or heard, "else EEVEE goes on with the shader that it has"
        heard.clear()
        seen = scene.evaluated_get(bpy.context.evaluated_depsgraph_get()).world.node_tree
        links = [link for node in seen.nodes if node.type == "OUTPUT_WORLD" for link in node.inputs["Volume"].links]
        assert bool([link for link in links if not link.is_muted]) == foggy
    bpy.app.handlers.depsgraph_update_post.remove(hear)
    assert foggy or "foggy" in heard, "nor would the fog come back"
    assert snapshot.changes_since(before) == []
    assert scene.world == world
    shading.use_scene_world = False

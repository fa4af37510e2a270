# SPDX-License-Identifier: GPL-3.0-or-later
"""Variants are seen before one is chosen: as portraits, which a thread draws, and draws anew after an edit."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import bmesh
import bpy
import numpy as np
import pytest
from artist import Artist, module
from mathutils import Matrix


def test_a_thumbnail_shows_the_object_in_its_colours(several: bpy.types.Object) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    picture = thumbnail.draw(surfaces.read(several.data))
    solid = picture[..., 3] > 0
    assert 0.1 < solid.mean() < 0.9
    spread = np.ptp(picture[solid][:, :3].astype(int), axis=1)
    assert np.median(spread) > 20, "the picture's gradient is seen, not grey"
    width, height = np.ptp(np.flatnonzero(solid.any(axis=0))), np.ptp(np.flatnonzero(solid.any(axis=1)))
    assert max(width, height) > 0.8 * thumbnail.SIDE_PIXELS


@pytest.mark.parametrize("side", [2048, 4096])
def test_the_largest_texture_is_seen(several: bpy.types.Object, side: int) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    image = surfaces.image(several.data)
    large = bpy.data.images.new("large", side, side)
    large.generated_color = (0.6, 0.05, 0.05, 1.0)
    nodes = several.data.materials[0].node_tree.nodes
    next(node for node in nodes if getattr(node, "image", None) == image).image = large
    surface = surfaces.read(several.data)
    assert surface.texture is not None and max(surface.texture.shape) <= 1024
    picture = thumbnail.draw(surface)
    red, green, _blue, _alpha = picture[picture[..., 3] > 0].mean(axis=0)
    assert red > 4 * green


def test_a_mesh_that_is_being_edited_is_drawn_without_its_texture(several: bpy.types.Object) -> None:
    surfaces = module("blender.surfaces")
    bpy.ops.object.mode_set(mode="EDIT")
    surface = surfaces.read(several.data)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert surface.uvs is None or len(surface.uvs) == len(surface.triangles)
    assert surfaces.read(several.data).uvs is not None


def test_without_a_texture_it_is_grey(several: bpy.types.Object) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    several.data.materials.clear()
    picture = thumbnail.draw(surfaces.read(several.data))
    solid = picture[..., 3] > 0
    assert solid.any() and np.ptp(picture[solid][:, :3].astype(int), axis=1).max() == 0


def bare_image(item: bpy.types.Object, path: Path, kind: str) -> bpy.types.Image:
    """Have an object show a red packed image of a kind, that nothing has decoded yet; give it."""
    made = bpy.data.images.new("red", 64, 64)
    made.generated_color = (0.6, 0.05, 0.05, 1.0)
    bpy.context.scene.render.image_settings.file_format = kind
    bpy.context.scene.view_settings.view_transform = "Standard"
    made.save_render(str(path))
    assert path.read_bytes().startswith(b"\x89PNG") == (kind == "PNG")
    red = bpy.data.images.load(str(path))
    red.pack()
    shown = module("blender.surfaces").image(item.data)
    nodes = item.data.materials[0].node_tree.nodes
    next(node for node in nodes if getattr(node, "image", None) == shown).image = red
    red.buffers_free()
    assert not red.has_data
    return red


def is_red(picture: Any) -> bool:
    red, green, _blue, _alpha = picture[picture[..., 3] > 0].mean(axis=0)
    return bool(red > 4 * green)


def test_png_is_left_for_a_thread_to_decode(several: bpy.types.Object, tmp_path: Path) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    red = bare_image(several, tmp_path / "red.png", "PNG")
    surface = surfaces.read(several.data)
    assert isinstance(surface.texture, bytes) and not red.has_data, "Blender decoded nothing"
    assert is_red(thumbnail.draw(surface))
    red.pixels[:] = (0.0, 0.6, 0.0, 1.0) * 64**2
    assert red.is_dirty
    green = surfaces.read(several.data).texture
    assert not isinstance(green, bytes) and green[0, 0, 1] > 127, "what is painted is in memory only"
    assert red.is_dirty and red.pixels[1] > 0.5, "and is kept"


@pytest.fixture
def bare_blender(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Blender whose Python brings no OpenImageIO along, as those before 4.5."""
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_kinds_are_left_for_a_thread_where_blender_brings_a_decoder(
    several: bpy.types.Object, tmp_path: Path, whole_blender: bool, kind: str
) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    red = bare_image(several, tmp_path / "red", kind)
    surface = surfaces.read(several.data)
    assert isinstance(surface.texture, bytes) == whole_blender and not red.has_data
    assert is_red(thumbnail.draw(surface))
    if whole_blender:  # and it is what Blender would have seen
        found = module("core.decoder").read(surface.texture, 64)[::-1]
        own = np.array(red.pixels[:]).reshape(64, 64, -1)[..., :3]
        assert np.abs(found[..., :3] / 255.0 - own).max() < 0.005


def test_a_damaged_picture_of_another_kind_is_grey(
    several: bpy.types.Object, tmp_path: Path, whole_blender: bool, caplog: pytest.LogCaptureFixture
) -> None:
    thumbnail = module("core.thumbnail")
    red = bare_image(several, tmp_path / "red", "WEBP")
    damaged = bytes(red.packed_file.data)[:40]
    surface = module("blender.surfaces").shape(several.data)
    picture = thumbnail.draw(replace(surface, texture=damaged))
    solid = picture[picture[..., 3] > 0][:, :3].astype(int)
    assert len(solid) and np.ptp(solid, axis=1).max() == 0 and "cannot be read" in caplog.text


@pytest.mark.usefixtures("bare_blender")
def test_what_blender_decoded_for_us_is_let_go_of(several: bpy.types.Object, tmp_path: Path) -> None:
    surfaces, thumbnail = module("blender.surfaces"), module("core.thumbnail")
    red = bare_image(several, tmp_path / "red.jpg", "JPEG")
    assert is_red(thumbnail.draw(surfaces.read(several.data))) and not red.has_data
    assert red.size[0] == 64 and red.has_data, "now another wants it"
    surfaces.read(several.data)
    assert red.has_data, "what others use is left alone"


def test_faces_of_any_kind_are_drawn_alike(several: bpy.types.Object) -> None:
    """Triangles alone are copied in another way than faces that have to be cut into triangles."""
    surfaces = module("blender.surfaces")
    mesh = several.data
    alone = surfaces.shape(mesh)
    grown = bmesh.new()
    grown.from_mesh(mesh)
    grown.faces.new([grown.verts.new(place) for place in ((0, 0, 9), (1, 0, 9), (1, 1, 9), (0, 1, 9))])
    grown.to_mesh(mesh)
    grown.free()
    mixed = surfaces.shape(mesh)
    count = len(alone.triangles)
    assert len(mixed.triangles) == count + 2
    assert np.array_equal(mixed.triangles[:count], alone.triangles)
    assert np.array_equal(mixed.uvs[:count], alone.uvs)
    assert np.array_equal(mixed.points[: len(alone.points)], alone.points)


def test_icons_come_one_after_the_other(ready: Artist, several: bpy.types.Object) -> None:
    portraits = module("blender.portraits")
    meshes = module("blender.variants").meshes(several)
    assert [portraits.icon(mesh) for mesh in meshes] == [0] * 4
    beats = 0
    while portraits.serve() is not None:
        beats += 1
        ready.wait_until(lambda: all(one.done() for one in (*portraits._drawn.values(), *portraits._copied.values())))
    assert beats >= 4 and not portraits._wishes
    for mesh in meshes:  # without a window an icon has no number, but it has its pixels
        values = np.array(portraits._icons[str(mesh.session_uid)].image_pixels_float[:])
        assert 0.1 < (values[3::4] > 0).mean() < 0.9
        portraits.icon(mesh)
    assert not portraits._wishes, "what is drawn is not drawn again"
    bpy.ops.wm.read_homefile(use_empty=True)
    assert len(portraits._icons) == 0


def drawn_of(ready: Artist, mesh: bpy.types.Mesh) -> tuple[bytes, bool]:
    """Look at a mesh's icon until nothing is to be drawn; give it, and whether anything was drawn."""
    portraits, drew = module("blender.portraits"), False
    portraits.icon(mesh)
    while portraits.serve() is not None:
        drew = drew or bool(portraits._drawn)
        ready.wait_until(lambda: all(one.done() for one in (*portraits._drawn.values(), *portraits._copied.values())))
    return np.array(portraits._icons[str(mesh.session_uid)].image_pixels_float[:], np.float32).tobytes(), drew


def test_icon_is_drawn_anew_when_its_mesh_or_material_changes(ready: Artist, several: bpy.types.Object) -> None:
    mesh = several.data
    first, drew = drawn_of(ready, mesh)
    assert drew
    bpy.context.view_layer.update()
    assert drawn_of(ready, mesh) == (first, False), "what is as it was is not drawn again"
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.resize(value=(1.0, 1.0, 3.0))
    assert drawn_of(ready, mesh) == (first, False), "not while it is edited"
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()
    second, drew = drawn_of(ready, mesh)
    assert drew and second != first
    mesh.materials[0] = bpy.data.materials.new("none")
    bpy.context.view_layer.update()
    third, drew = drawn_of(ready, mesh)
    assert drew and third not in (first, second)
    bpy.ops.object.mode_set(mode="SCULPT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()
    assert drawn_of(ready, mesh) == (third, False), "a look at another mode changes nothing"


@pytest.mark.usefixtures("bare_blender")
def test_another_shape_of_the_same_texture_is_not_decoded_again(
    ready: Artist, several: bpy.types.Object, tmp_path: Path
) -> None:
    red = bare_image(several, tmp_path / "red.jpg", "JPEG")
    bpy.context.view_layer.update()
    first, _drew = drawn_of(ready, several.data)
    (kept,) = module("blender.portraits")._textures.values()
    kept[...] = 255
    several.data.transform(Matrix.Diagonal((1.0, 1.0, 3.0, 1.0)))
    several.data.update()
    bpy.context.view_layer.update()
    second, drew = drawn_of(ready, several.data)
    assert drew and second != first and not red.has_data
    values = np.frombuffer(second, np.float32).reshape(-1, 4)
    values = values[values[:, 3] > 0]
    assert values[:, 0].mean() == pytest.approx(values[:, 1].mean()), "white, as what was kept"

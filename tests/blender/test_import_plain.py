# SPDX-License-Identifier: GPL-3.0-or-later
"""Of what an odd GLB brings only the meshes stay, as they look: bones, scenes, animations and sparse data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import crafted
import forge
import numpy as np
import parity
import pytest
from artist import Artist, module
from datablocks import all_names

from tests.blender.test_import import import_file, written


def test_only_the_mesh_stays_of_what_a_file_brings(ready: Artist, tmp_path: Path, here: Any) -> None:
    before = all_names()
    item = import_file(written(tmp_path, crafted.with_company), here)
    new = {kind: len(names) - len(before[kind]) for kind, names in all_names().items() if names != before[kind]}
    assert {"shape_keys": 1, **new} == {
        "objects": 1, "meshes": 1, "materials": 1, "images": 1, "collections": 1, "shape_keys": 1,
    }  # fmt: skip
    assert item.type == "MESH" and item.parent is None


PLAIN = {"objects": 1, "meshes": 1, "materials": 1, "images": 1, "collections": 1}


def came(before: dict[str, list[str]]) -> dict[str, int]:
    """Give how many datablocks came of each kind, but for shape keys."""
    now = {kind: len(names) - len(before[kind]) for kind, names in all_names().items() if names != before[kind]}
    return {kind: number for kind, number in now.items() if kind != "shape_keys"}


@pytest.mark.parametrize("select", [True, False])
def test_of_a_mesh_with_bones_comes_what_it_looks_like(ready: Artist, tmp_path: Path, here: Any, select: bool) -> None:
    before = all_names()
    item = import_file(written(tmp_path, crafted.skinned), here, select=select)
    assert came(before) == PLAIN
    bpy.context.view_layer.update()
    assert item.type == "MESH" and item.parent is None and len(item.data.vertices) == 4
    assert not item.modifiers and not item.vertex_groups
    assert tuple(item.dimensions) == pytest.approx((0.5, 0.5, 1.0), abs=1e-4)


def test_of_several_scenes_comes_what_the_file_shows(ready: Artist, tmp_path: Path, here: Any) -> None:
    path = tmp_path / "scenes.glb"
    path.write_bytes(crafted.glb(crafted.two_scenes))
    before, scenes = all_names(), list(bpy.data.scenes)
    item = import_file(path, here)
    assert came(before) == PLAIN and list(bpy.data.scenes) == scenes
    assert item.type == "MESH" and item.parent is None


def test_a_file_whose_scene_shows_no_mesh_brings_them_all(ready: Artist, tmp_path: Path, here: Any) -> None:
    def bare(document: dict[str, Any]) -> None:
        crafted.two_scenes(document)
        document["scenes"][1]["nodes"] = []

    path = tmp_path / "bare.glb"
    path.write_bytes(crafted.glb(bare))
    before = all_names()
    item = import_file(path, here)
    assert item.type == "EMPTY" and len(item.children) == 3
    assert came(before) == {**PLAIN, "objects": 4}


def test_what_an_animation_moves_stays_at_its_place(ready: Artist, tmp_path: Path, here: Any) -> None:
    before = all_names()
    item = import_file(written(tmp_path, crafted.moving), here)
    assert came(before) == PLAIN and item.animation_data is None
    bpy.context.view_layer.update()
    stood = item.matrix_world.copy()
    scene = bpy.context.scene
    frame = scene.frame_current
    scene.frame_set(frame + 7)
    assert item.matrix_world == stood
    scene.frame_set(frame)


def test_a_mesh_is_as_large_and_where_it_is_seen_and_not_as_without_its_shapes(
    ready: Artist, tmp_path: Path, here: Any
) -> None:  # fmt: skip
    def moved(document: dict[str, Any]) -> None:
        document["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}]
        document["meshes"][0]["weights"] = [1.0]

    before = all_names()
    item = import_file(written(tmp_path, moved), here)
    assert all_names()["shape_keys"] == before["shape_keys"] and came(before) == PLAIN
    bpy.context.view_layer.update()
    assert max(item.dimensions) == pytest.approx(1.0, abs=1e-4), "it moves all of it as far again from its origin"


def test_images_are_called_as_those_of_our_own_way(ready: Artist, tmp_path: Path, here: Any) -> None:
    def shining(document: dict[str, Any]) -> None:
        material = document["materials"][0]
        document["textures"].append({"source": 1})
        document["images"].append(dict(document["images"][0]))
        material["pbrMetallicRoughness"]["metallicRoughnessTexture"] = {"index": 1}
        material["emissiveFactor"] = [1.0, 0.0, 0.0]

    known = set(bpy.data.images)
    item = import_file(written(tmp_path, shining), here)
    images = sorted(set(bpy.data.images) - known, key=lambda image: image.name)
    assert [image.name for image in images] == [f"{item.name} Base Color", f"{item.name} ORM"]
    assert [image.filepath for image in images] == [f"//{image.name.replace(' ', '_')}.png" for image in images]
    assert all(image.packed_file and tuple(image.size) == (8, 8) for image in images)


def test_sparse_data_comes_as_blender_reads_it(ready: Artist, tmp_path: Path, here: Any) -> None:
    path = tmp_path / "sparse.glb"
    path.write_bytes(forge.sparse(forge.glb(forge.globe(6, 8)), [20, 30], [[2.0, 0.0, 0.0], [0.0, 3.0, 0.0]]))
    item = import_file(path, here)
    bpy.context.view_layer.update()
    assert item.dimensions.z == pytest.approx(1.0) and item.dimensions.x == pytest.approx(2.5 / 3.5)


CAMERA = {"cameras": [{"type": "perspective", "perspective": {"yfov": 1.0, "znear": 0.1}}]}
"""Makes a file unusual that is plain else."""


def boundary(mesh: bpy.types.Mesh) -> int:
    """Count the edges that only one face has."""
    used = np.zeros(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("edge_index", used)
    return int((np.bincount(used, minlength=len(mesh.edges)) == 1).sum())


def decimated(item: bpy.types.Object) -> bpy.types.Mesh:
    modifier = item.modifiers.new("Lighter", "DECIMATE")
    modifier.ratio = 0.1
    return item.evaluated_get(bpy.context.evaluated_depsgraph_get()).data


def in_two(document: dict[str, Any]) -> None:
    """Have one mesh be told in two parts, each with the vertices of both."""
    (mesh,) = document["meshes"]
    (whole,) = mesh["primitives"]
    indices = document["accessors"][whole["indices"]]
    half = indices["count"] // 6 * 3
    document["accessors"].append({**indices, "count": indices["count"] - half, "byteOffset": half * 4})
    indices["count"] = half
    mesh["primitives"].append({**whole, "indices": len(document["accessors"]) - 1})


@pytest.mark.parametrize("odd", [lambda document: document.update(CAMERA), in_two], ids=["a camera", "two parts"])
def test_seams_without_normals_are_joined_either_way(
    ready: Artist, tmp_path: Path, here: Any, odd: Callable[[dict[str, Any]], None]
) -> None:
    shape = replace(forge.globe(24, 48), normals=None)
    found = []
    for name, change in (("plain.glb", None), ("odd.glb", odd)):
        path = tmp_path / name
        path.write_bytes(forge.glb(shape, change=change))
        read = module("core.model").read(path)
        assert isinstance(read, module("core.model").Model) == (change is None)
        found.append(import_file(path, here))
    ours, theirs = found
    mine, blenders = (parity.corners(item) for item in found)
    assert np.abs(mine["positions"] - blenders["positions"]).max() < 1e-5
    assert np.abs(mine["uvs"] - blenders["uvs"]).max() < 1e-5
    assert np.einsum("fci,fci->fc", mine["normals"], blenders["normals"]).min() > np.cos(np.radians(1.0))
    assert len(ours.data.vertices) == len(theirs.data.vertices) == 23 * 48 + 2
    assert not theirs.data.validate()
    for mesh in (ours.data, theirs.data, decimated(ours), decimated(theirs)):
        assert boundary(mesh) == 0


def test_of_two_parts_one_without_normals_both_are_joined(ready: Artist, tmp_path: Path, here: Any) -> None:
    """And the shading of the other one is kept."""

    def change(document: dict[str, Any]) -> None:
        in_two(document)
        _first, second = document["meshes"][0]["primitives"]
        second["attributes"] = {name: of for name, of in second["attributes"].items() if name != "NORMAL"}

    shape = forge.globe(24, 48)
    leaning = shape.normals + np.float32([0.0, 0.0, 0.5])
    shape = replace(shape, normals=leaning / np.linalg.norm(leaning, axis=1, keepdims=True))
    path = tmp_path / "mixed.glb"
    path.write_bytes(forge.glb(shape, change=change))
    item = import_file(path, here)
    assert len(item.data.vertices) == 23 * 48 + 2 and boundary(item.data) == 0 == boundary(decimated(item))
    assert not item.data.validate() and "trellis_seen" not in item.data.attributes
    bpy.ops.import_scene.gltf(filepath=str(path), import_shading="NORMALS")
    stock = next(other for other in bpy.context.selected_objects if other.type == "MESH")
    mine, blenders = (parity.corners(each)["normals"] for each in (item, stock))
    assert np.degrees(np.arccos(np.clip(np.einsum("fci,fci->fc", mine, blenders), -1, 1))).max() < 1.0


@pytest.mark.parametrize("has_normals", [True, False])
def test_both_sides_of_a_thin_sheet_come_from_blender_too(
    ready: Artist, tmp_path: Path, here: Any, has_normals: bool
) -> None:
    """Without normals its importer takes them for one, and leaves out the faces that are there twice then."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]] * 2, np.float32)
    normals = np.repeat(np.array([[0, 0, 1], [0, 0, -1]], np.float32), 4, axis=0) if has_normals else None
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 6, 5], [4, 7, 6]])
    path = tmp_path / "sheet.glb"
    path.write_bytes(forge.glb(forge.Shape(points, faces, normals), change=lambda document: document.update(CAMERA)))
    item = import_file(path, here)
    assert len(item.data.polygons) == 4 and len(item.data.vertices) == 8

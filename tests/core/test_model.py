# SPDX-License-Identifier: GPL-3.0-or-later
"""A file's arrays as Blender keeps them: joined, each edge once, shading as told; what is unusual is said to be so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.blender import forge
from trellis_blender.core import model
from trellis_blender.core.edges import edges_and_twins, edges_of
from trellis_blender.core.errors import ModelFileError
from trellis_blender.core.fans import torn
from trellis_blender.core.gltf_plain import Unusual
from trellis_blender.core.shading import differing, smooth_normals
from trellis_blender.core.weld import twins_of, weld

PICTURE = forge.png(np.zeros((4, 4, 4), np.uint8))


def read(shape: forge.Shape, look: forge.Look | None = None, *, encodes: bool = False, **named: Any) -> model.Model:
    found = model.read_bytes(forge.glb(shape, look, **named), encodes=encodes)
    assert isinstance(found, model.Model), found
    return found


def why(look: forge.Look | None = None, **named: Any) -> str:
    found = model.read_bytes(forge.glb(forge.globe(), look, **named))
    assert isinstance(found, Unusual), found
    return found.why


def corners_of(mesh: model.Mesh) -> Any:
    """Give position and UV of each corner: what joining must not change."""
    assert mesh.positions is not None and mesh.corners is not None and mesh.uvs is not None
    return np.concatenate([mesh.positions[mesh.corners], mesh.uvs], axis=1)


def test_seams_are_joined_and_corners_stay() -> None:
    globe = forge.globe(24, 32)
    found = read(globe)
    assert found.mesh.positions is not None
    assert len(found.mesh.positions) == 23 * 32 + 2 < found.file_vertices == len(globe.points)
    expected = globe.points[globe.faces.ravel()][:, [0, 2, 1]] * [1, -1, 1]
    assert np.array_equal(corners_of(found.mesh)[:, :3], expected)
    assert np.allclose(corners_of(found.mesh)[:, 3:], globe.uvs[globe.faces.ravel()] * [1, -1] + [0, 1])


def test_normals_are_kept_only_where_blenders_own_differ() -> None:
    globe = forge.globe(48, 64)
    assert read(globe).mesh.normals is None
    tilted = globe.normals + np.float32([0.1, 0, 0])
    assert read(replace(globe, normals=tilted)).mesh.normals is not None
    assert not read(replace(globe, normals=None)).mesh.smooth


def test_the_faces_around_a_normal_of_its_own_come_first() -> None:
    globe = forge.globe(24, 32)
    normals = globe.normals.copy()
    bent = [5 * 33 + 7, 12 * 33 + 20]
    normals[bent] += np.float32([0.3, 0, 0.1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    mesh = read(replace(globe, normals=normals), encodes=True).mesh
    odd = mesh.outliers
    assert odd is not None and mesh.positions is not None and mesh.corners is not None
    assert odd.faces == 12, "six around each"
    assert np.array_equal(odd.vertices[odd.corners], mesh.corners[: 3 * odd.faces])
    assert np.array_equal(
        np.sort(odd.edges[odd.corner_edges], 1),
        np.sort(np.stack([odd.corners, odd.corners.reshape(-1, 3)[:, [1, 2, 0]].ravel()], 1), 1),
    )
    around = normals[bent][:, [0, 2, 1]] * [1, -1, 1]
    at = globe.points[bent][:, [0, 2, 1]] * [1, -1, 1]
    for corner, normal in zip(mesh.corners[: 3 * odd.faces], np.array(odd.normals), strict=True):
        (which,) = np.nonzero((at == mesh.positions[corner]).all(1))
        expected = around[which[0]] if len(which) else np.zeros(3)
        assert np.allclose(normal, expected, atol=1e-6)
    whole = read(globe)
    assert sorted(map(tuple, corners_of(mesh))) == sorted(map(tuple, corners_of(whole.mesh))), "the file's corners"


def test_vertices_with_more_than_one_fan() -> None:
    ring = [[0, 1 + n, 1 + (n + 1) % 6] for n in range(6)]  # closed around 0
    tip = [[0, 7, 8], [0, 8, 9], [0, 9, 7]]  # another that touches it there
    leaf = [[1, 10, 11]]  # hangs on the ring's rim
    fin = [[2, 3, 12], [3, 2, 13]]  # three and more faces at one edge
    turned = [[14, 15, 16], [14, 15, 17]]  # neighbours that look opposite ways
    for faces, expected in (
        (ring, []), (ring + tip, [0]), (ring + leaf, [1]), (ring + fin, [2, 3]), (turned, [14, 15]),
        ([[0, 1 + n, 2 + n] for n in range(20)], []), (ring + tip + leaf + fin + turned, [0, 1, 2, 3, 14, 15]),
    ):  # fmt: skip
        corners = np.array(faces, np.int32).ravel()
        _edges, _corner_edges, twins = edges_and_twins(corners)
        assert np.flatnonzero(torn(corners, twins, 30)).tolist() == expected


def test_where_most_normals_differ_the_order_stays() -> None:
    globe = forge.globe(24, 32)
    mesh = read(replace(globe, normals=globe.normals + np.float32([0.4, 0, 0])), encodes=True).mesh
    assert mesh.normals is not None and mesh.outliers is None, "encoded at once"
    assert np.array_equal(corners_of(mesh), corners_of(read(globe).mesh))


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_normals_that_are_none(value: float) -> None:
    globe = forge.globe(48, 64)
    normals = globe.normals.copy()
    normals[100] = value
    assert read(replace(globe, normals=normals)).mesh.normals is None


def test_vertices_without_faces_are_left_out() -> None:
    globe = forge.globe()
    far = np.concatenate([globe.points, np.float32([[9, 9, 9]])])
    found = read(forge.Shape(far, globe.faces)).mesh.positions
    assert found is not None and found.max() < 1.0


def test_faces_that_joining_would_make_the_same_stay_apart() -> None:
    points = np.tile(np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0]]), (2, 1))
    normals = np.tile(np.float32([0, 0, 1]), (6, 1))
    uvs = np.random.default_rng(1).random((6, 2)).astype(np.float32)
    mesh = read(forge.Shape(points, np.array([[0, 1, 2], [3, 5, 4], [3, 5, 4], [0, 0, 1]]), normals, uvs)).mesh
    assert mesh.faces == 2 and mesh.positions is not None and len(mesh.positions) == 6
    assert np.allclose(corners_of(mesh)[:, 3:], uvs[[0, 1, 2, 3, 5, 4]] * [1, -1] + [0, 1])


@pytest.mark.parametrize("sheets", [2, 3, 7])
def test_sheets_in_one_place_stay_whole(sheets: int) -> None:
    """Without normals only their faces tell the sides of a thin sheet apart: each is one piece all the same."""
    side = 5
    across = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2).astype(np.float32)
    points = np.tile(np.pad(across, ((0, 0), (0, 1))), (sheets, 1))
    low = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    faces = np.concatenate(
        [np.stack([low, low + 1, low + side], 1), np.stack([low + 1, low + side + 1, low + side], 1)]
    )
    turned = [faces[:, ::-1] if sheet % 2 else faces for sheet in range(sheets)]
    corners = np.concatenate([one + sheet * side * side for sheet, one in enumerate(turned)])
    uvs = np.tile(across / side, (sheets, 1))
    mesh = read(forge.Shape(points, corners, None, uvs)).mesh
    assert mesh.faces == sheets * len(faces) and mesh.positions is not None and mesh.edges is not None
    whole = min(sheets, 5)  # what lies beneath is there, face by face
    assert len(mesh.positions) == whole * side * side + (sheets - whole) * 3 * len(faces)


def test_weld_against_the_plain_way() -> None:
    rng = np.random.default_rng(2)
    points = rng.integers(0, 6, (3000, 3)).astype(np.float32)
    normals = rng.integers(0, 2, (3000, 3)).astype(np.float32)
    corners = rng.integers(0, 3000, 3 * 2000).astype(np.int32)
    found = weld(points, normals, corners)
    kept = corners.reshape(-1, 3)[found.kept].ravel()
    assert found.normals is not None
    assert np.array_equal(found.positions[found.corners], points[kept])
    assert np.array_equal(found.normals[found.corners], normals[kept])
    assert not twins_of(found.corners).any()
    rows = np.concatenate([points, normals], axis=1)[corners].reshape(-1, 18)
    solid = [len({tuple(row[n : n + 6]) for n in (0, 6, 12)}) == 3 for row in rows]
    assert not found.kept[~np.array(solid)].any()


def test_twins_whichever_way_round() -> None:
    faces = np.array([[0, 1, 2], [3, 4, 5], [2, 0, 1], [1, 0, 2], [3, 4, 6]], np.int32)
    assert twins_of(faces.ravel()).tolist() == [False, False, True, True, False]


@pytest.mark.parametrize("offset", [0, 2**22])
def test_edges_against_the_plain_way(offset: int) -> None:
    """With large numbers, too, which do not fit into one with the corner's."""
    rng = np.random.default_rng(3)
    corners = (rng.integers(0, 50, 3 * 400) + offset).astype(np.int32)
    pairs, of = edges_of(corners)
    following = corners.reshape(-1, 3)[:, [1, 2, 0]].ravel()
    expected = np.sort(np.stack([corners, following], 1), axis=1)
    assert np.array_equal(pairs[of], expected)
    assert len(np.unique(pairs, axis=0)) == len(pairs) == len(np.unique(expected, axis=0))


def test_smooth_normals_of_more_than_a_strip() -> None:
    globe = forge.globe(240, 320)
    mesh = weld(globe.points, globe.normals, globe.faces.ravel().astype(np.int32))
    assert mesh.normals is not None and len(mesh.corners) > 3 * (1 << 16)
    assert not differing(smooth_normals(mesh.positions, mesh.corners), mesh.normals, 0.5).any()
    assert differing(smooth_normals(mesh.positions, mesh.corners), -mesh.normals, 170.0).all()


def test_mirrored_files_keep_their_outside_outside() -> None:
    globe = forge.globe(24, 32)
    for scale in ([1, 1, 1], [-1, 1, 1], [-2, -1, -1]):
        mesh = read(globe, chain=[{"scale": scale}]).mesh
        assert mesh.positions is not None and mesh.corners is not None
        a, b, c = mesh.positions[mesh.corners].reshape(-1, 3, 3).transpose(1, 0, 2)
        assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), a + b + c) > 0).all()


def test_arrays_are_handed_over_once() -> None:
    found = read(forge.globe(), forge.Look(PICTURE))
    assert found.material is not None and found.material.base is not None
    assert len(found.mesh.hand_over("positions")) and found.mesh.positions is None
    assert found.material.base.hand_over() == PICTURE and not found.material.base.content


def test_what_is_unusual() -> None:
    def sampled(document: dict[str, Any]) -> None:
        document["samplers"] = [{"wrapS": [1]}]
        document["textures"][0]["sampler"] = 0

    def with_node(name: str) -> Any:
        return lambda document: document["nodes"][0].update({name: 0})

    def with_mesh(name: str, value: Any) -> Any:
        return lambda document: document["meshes"][0]["primitives"][0].update({name: value})

    textured = forge.Look(PICTURE)
    assert "skin" in why(change=with_node("skin")) and "camera" in why(change=with_node("camera"))
    assert "shapes" in why(change=with_mesh("targets", [{"POSITION": 0}]))
    assert "sampled" in why(textured, change=sampled)
    assert "glows" in why(forge.Look(more={"emissiveFactor": [1, 0, 0]}))
    assert "glows" in why(forge.Look(more={"emissiveFactor": "red"}))
    assert "multiplied" in why(forge.Look(PICTURE, pbr={"baseColorFactor": [1, 1, 1, 0.5]}))
    assert "mask" in why(forge.Look(PICTURE, alpha_mode="MASK"))
    assert "more than colour" in why(forge.Look(more={"extensions": {"KHR_materials_unlit": {}}}))
    assert "flattened" in why(chain=[{"scale": [1, 0, 1]}])
    assert "more than one mesh" in why(change=lambda document: document["nodes"].append({"mesh": 0}) or
                                       document["scenes"][0]["nodes"].append(1))  # fmt: skip


def test_what_cannot_be_a_model() -> None:
    globe = forge.globe()
    line = forge.Shape(globe.points, np.array([[0, 0, 1]]))
    with pytest.raises(ModelFileError, match="no faces that enclose"):
        model.read_bytes(forge.glb(line))
    with pytest.raises(ModelFileError, match="out of reach"):
        model.read_bytes(forge.glb(globe, chain=[{"scale": [1e300, 1e300, 1e300]}]))
    with pytest.raises(ModelFileError, match="out of reach"):
        model.read_bytes(forge.glb(replace(globe, points=globe.points * np.float32(1e35))))

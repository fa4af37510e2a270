# SPDX-License-Identifier: GPL-3.0-or-later
"""Seams are joined though the normals on their two sides differ a little; sheets and edges stay apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.blender import forge
from trellis_blender.core import model, seams
from trellis_blender.core.weld import weld

DEGREES = model.SEAM_DEGREES


def noisy(shape: forge.Shape, scale: float) -> forge.Shape:
    """Give a shape whose normals are as after they were worked out anew: each a little another one."""
    normals = np.asarray(shape.normals, np.float64)
    normals = normals + np.random.default_rng(1).normal(0.0, scale, normals.shape)
    return replace(shape, normals=(normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32))


def mesh_of(shape: forge.Shape) -> Any:
    found = model.read_bytes(forge.glb(shape))
    assert isinstance(found, model.Model)
    return found.mesh


def closed(shape: forge.Shape) -> Any:
    return seams.closed(weld(shape.points, shape.normals, shape.faces.astype(np.int32).ravel()), DEGREES)


@pytest.mark.parametrize("scale", [1e-7, 1e-5, 1e-4])
def test_a_seam_whose_normals_are_not_the_same_to_the_bit(scale: float) -> None:
    """Two of 219 split vertices were joined, and Decimate opened every seam."""
    exact, near = mesh_of(forge.globe(60, 80)), mesh_of(noisy(forge.globe(60, 80), scale))
    assert len(near.positions) == len(exact.positions) and near.faces == exact.faces
    assert near.normals is None, "nothing of them is seen"
    assert np.array_equal(near.positions[near.corners], exact.positions[exact.corners])


def test_what_is_joined_already_is_given_as_it_is() -> None:
    shape = forge.globe()
    joined = weld(shape.points, shape.normals, shape.faces.astype(np.int32).ravel())
    assert seams.closed(joined, DEGREES) is joined


@pytest.mark.parametrize("degrees", [0.3, 2.0, 90.0, 180.0])
def test_an_edge_and_the_sides_of_a_sheet_stay_apart(degrees: float) -> None:
    one = forge.globe()
    turned = np.radians(degrees)
    axis = np.stack([-one.normals[:, 1], one.normals[:, 0], np.zeros(len(one.normals))], 1)  # square to each of them
    other = np.cos(turned) * one.normals + np.sin(turned) * axis
    normals = np.concatenate([one.normals, other]).astype(np.float32)
    faces = np.concatenate([one.faces, one.faces[:, ::-1] + len(one.points)])
    shape = forge.Shape(np.concatenate([one.points, one.points]), faces, normals)
    sides = closed(shape)
    assert len(sides.corners) == 3 * len(faces) and sides.kept.all()
    assert degrees < 90.0 or len(sides.positions) == 2 * len(closed(one).positions)


def test_several_directions_in_one_place() -> None:
    """Six faces around a point, two of each direction, each a little off."""
    points, normals, faces = [], [], []
    for index, axis in enumerate([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1e-4, 0), (1e-4, 1, 0), (0, 1e-4, 1)]):
        faces.append([3 * index, 3 * index + 1, 3 * index + 2])
        points += [(0.0, 0.0, 0.0), (1.0 + index, 0.0, 0.0), (0.0, 1.0 + index, 0.0)]
        normals += [axis] * 3
    shape = forge.Shape(np.array(points, np.float32), np.array(faces), np.array(normals, np.float32))
    found = closed(shape)
    assert len(np.unique(found.corners[::3])) == 3 and len(found.corners) == 18


def test_faces_that_become_the_same_stay() -> None:
    """Two sheets in one place, of one direction but for rounding, are two still."""
    one = forge.globe()
    shape = forge.Shape(np.concatenate([one.points] * 2), np.concatenate([one.faces, one.faces + len(one.points)]),
                        np.concatenate([one.normals] * 2))  # fmt: skip
    found = closed(noisy(shape, 1e-5))
    assert len(found.corners) == 6 * len(one.faces) and found.kept.all()


def first_like(points: Any, normals: Any) -> list[int]:
    """Give for each vertex the first in its place with nearly its normal, looking at each by trigonometry."""
    kinds: dict[tuple[float, ...], list[int]] = {}
    found = []
    for vertex, (point, normal) in enumerate(zip(points.tolist(), normals.astype(np.float64), strict=True)):
        there = kinds.setdefault(tuple(point), [])
        for kind in there:
            other = normals[kind].astype(np.float64)
            angle = np.degrees(np.arctan2(np.linalg.norm(np.cross(normal, other)), normal @ other))
            is_same = normals[kind].tobytes() == normals[vertex].tobytes()
            if is_same or (normal.any() and other.any() and angle < DEGREES):
                found.append(kind)
                break
        else:
            there.append(vertex)
            found.append(vertex)
    return found


@pytest.mark.parametrize("seed", range(24))
def test_against_the_plain_way(seed: int) -> None:
    """Three directions in each place, some of any length or none, each a little off; corners of a face lie apart."""
    dice = np.random.default_rng(seed)
    count = 300
    kinds = np.linalg.qr(dice.normal(size=(3, 3)))[0]
    places = 3 * dice.integers(0, 2 + 4 * (seed % 4), count) + np.arange(count) % 3
    points = np.stack([places % 5, places // 5, places * 0.1], 1).astype(np.float32)
    normals = kinds[dice.integers(0, 3, count)]
    normals = normals + dice.choice([0.0, 1e-7, 1e-6, 1e-5], (count, 1)) * dice.normal(size=(count, 3))
    normals *= dice.choice([1.0, 1.0, 0.25, 40.0], (count, 1))
    normals[dice.random(count) < 0.1] = 0.0
    normals = normals.astype(np.float32)
    shape = forge.Shape(points, np.arange(count).reshape(-1, 3), normals)
    found = closed(shape)
    assert found.kept.all() and np.array_equal(found.positions[found.corners], points), "positions stay to the bit"
    assert np.array_equal(found.normals[found.corners], normals[first_like(points, normals)])


def test_no_border_parts_normals_that_lie_beside_each_other() -> None:
    """Wherever they lie: sorted into cells of any size, some of so many pairs would fall into two."""
    dice = np.random.default_rng(4)
    one = dice.normal(size=(30000, 3))
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    other = one + dice.normal(0.0, 1e-7, one.shape)
    points = dice.random((len(one), 3)).astype(np.float32)
    faces = np.arange(2 * len(one)).reshape(-1, 3)
    normals = np.concatenate([one, other]).astype(np.float32)
    found = closed(forge.Shape(np.concatenate([points, points]), faces, normals))
    kept = normals[: len(one)]
    assert np.array_equal(found.normals[found.corners], np.concatenate([kept, kept])), "the first one's is kept"

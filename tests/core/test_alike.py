# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that are the same, and who goes around a vertex: found the quick way as by looking at each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from trellis_blender.core import alike
from trellis_blender.core.edges import edges_and_twins, edges_of
from trellis_blender.core.fans import torn
from trellis_blender.core.shading import smooth_normals
from trellis_blender.core.weld import weld

SEEDS = range(12)


def first_rows(columns: list[Any]) -> list[int]:
    """Give for each row the first that is the same, looked up one by one."""
    known: dict[tuple[int, ...], int] = {}
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [known.setdefault(row, number) for number, row in enumerate(rows)]


def mesh(seed: int) -> Any:
    """Give corners of a mesh with edges of any number of faces, open ones, and neighbours that look opposite ways."""
    dice = np.random.default_rng(seed)
    count = int(dice.integers(4, 40))
    points = dice.random((count, 3)).astype(np.float32)
    faces = dice.integers(0, count, (int(dice.integers(1, 120)), 3))
    side = 4
    low = (np.arange(side)[:, None] * side + np.arange(side)).ravel()
    right = low // side * side + (low + 1) % side
    below, across = (low + side) % side**2, (right + side) % side**2  # a grid that is closed both ways
    torus = np.concatenate([np.stack([low, right, below], 1), np.stack([right, across, below], 1)])
    faces = np.concatenate([faces, torus % count])
    return weld(points, None, dice.permutation(faces).ravel().astype(np.int32))


def fans_at(faces: list[list[int]], vertex: int) -> int:
    """Count the fans at a vertex: faces are in one when both run along an edge of just these two, opposite ways."""
    users: dict[frozenset[int], list[tuple[int, int]]] = defaultdict(list)
    for number, face in enumerate(faces):
        for corner in range(3):
            users[frozenset((face[corner], face[corner - 2]))].append((number, face[corner]))
    around = {number: number for number, face in enumerate(faces) if vertex in face}

    def root(number: int) -> int:
        return number if around[number] == number else root(around[number])

    for edge, of in users.items():
        if vertex in edge and len(of) == 2 and of[0][1] != of[1][1]:
            around[root(of[0][0])] = root(of[1][0])
    return len({root(number) for number in around})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("width", [1, 2, 3])
def test_each_row_finds_the_first_like_it(seed: int, width: int) -> None:
    dice = np.random.default_rng(seed)
    count = int(dice.integers(0, 3000))
    columns = [dice.integers(0, 2 + 4 * seed, count).astype(np.uint64) << np.uint64(seed * 4) for _ in range(width)]
    assert alike.firsts_alike(columns).tolist() == first_rows(columns)


@pytest.mark.parametrize("bits", [1, 4])
def test_rows_that_share_a_slot_stay_different(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    """As when a file is made so that its rows do: then they are found more slowly, all the same."""
    slots = alike._slots

    def crowded(columns: list[Any], attempt: int) -> tuple[Any, int]:
        return slots(columns, attempt)[0] & ((1 << bits) - 1), 1 << bits

    monkeypatch.setattr(alike, "_slots", crowded)
    columns = [np.random.default_rng(5).integers(0, 30, 2000).astype(np.uint64) for _ in range(2)]
    assert alike.firsts_alike(columns).tolist() == first_rows(columns)


@pytest.mark.parametrize("seed", SEEDS)
def test_fans_against_the_plain_way(seed: int) -> None:
    found = mesh(seed)
    pairs, of, twins = edges_and_twins(found.corners)
    for some, other in zip((pairs, of), edges_of(found.corners), strict=True):
        assert np.array_equal(some, other)
    there = np.flatnonzero(twins >= 0)
    assert np.array_equal(twins[twins[there]], there) and np.array_equal(of[twins[there]], of[there])
    assert (np.bincount(of)[of[there]] == 2).all() and (found.corners[twins[there]] != found.corners[there]).all()
    faces = found.corners.reshape(-1, 3).tolist()
    many = np.bincount(found.corners) > 32
    expected = [fans_at(faces, vertex) > 1 or many[vertex] for vertex in range(len(found.positions))]
    assert torn(found.corners, twins, len(found.positions)).tolist() == expected


@pytest.mark.parametrize(("faces", "is_torn"), [(3, False), (32, False), (33, True)])
def test_a_fan_of_many_faces_is_taken_for_several(faces: int, is_torn: bool) -> None:
    corners = np.array([[0, 1 + n, 1 + (n + 1) % faces] for n in range(faces)], np.int32).ravel()
    assert torn(corners, edges_and_twins(corners)[2], faces + 1)[0] == is_torn


@pytest.mark.parametrize("seed", SEEDS)
def test_smooth_normals_against_the_plain_way(seed: int) -> None:
    found = mesh(seed)
    summed = np.zeros((len(found.positions), 3))
    for face in found.corners.reshape(-1, 3):
        points = found.positions[face].astype(np.float64)
        normal = np.cross(points[1] - points[0], points[2] - points[0])
        for corner in range(3):
            to, back = points[corner - 2] - points[corner], points[corner - 1] - points[corner]
            angle = np.arccos(np.clip(to @ back / np.linalg.norm(to) / np.linalg.norm(back), -1, 1))
            summed[face[corner]] += angle * normal / np.linalg.norm(normal)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    clear = lengths.ravel() > 0.01  # where opposite faces cancel out, rounding decides
    expected = (summed / np.where(lengths > 0, lengths, 1))[clear]
    assert np.allclose(smooth_normals(found.positions, found.corners)[clear], expected, atol=1e-3)

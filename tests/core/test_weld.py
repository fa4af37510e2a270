# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vertices of a mesh without normals are one, told for a mesh that is welded elsewhere: as it is welded here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.blender import forge
from trellis_blender.core.weld import firsts, twins_of, weld

Indices = npt.NDArray[np.int32]


def welded(points: npt.NDArray[np.float32], corners: Indices) -> Indices:
    """Give the corners after joining; each vertex must be one that stays."""
    found = firsts(points, corners)
    assert np.array_equal(found[found], found) and np.array_equal(points[found], points)
    return np.asarray(found[corners], np.int32)


def test_seams_are_joined_as_by_our_own_way() -> None:
    globe = forge.globe(24, 32)
    assert globe.faces is not None
    corners = globe.faces.ravel().astype(np.int32)
    ours = weld(globe.points, None, corners)
    found = welded(globe.points, corners)
    assert len(np.unique(found)) == len(ours.positions) == 23 * 32 + 2
    assert np.array_equal(globe.points[found], ours.positions[ours.corners])


@pytest.mark.parametrize("sides", range(2, 9))
def test_each_side_of_sheets_in_one_place_keeps_its_faces(sides: int) -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    points = np.concatenate([square] * sides)
    corners = np.concatenate([faces + 4 * side for side in range(sides)]).ravel().astype(np.int32)
    assert np.array_equal(welded(points, corners), corners), "each with vertices of its own, as it came"


def test_what_hangs_on_a_sheet_is_joined_with_one_side_of_it() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]] * 2 + [[1, 0, 0], [0, 1, 0], [1, 1, 0]], np.float32)
    corners = np.array([0, 1, 2, 3, 5, 4, 6, 8, 7], np.int32)
    assert welded(points, corners).tolist() == [0, 1, 2, 3, 5, 4, 1, 8, 2]


def test_a_face_that_is_there_twice_in_the_file_parts_nothing() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 1, 0], [-1, 0, 0]], np.float32)
    corners = np.array([0, 1, 2, 0, 1, 2, 3, 4, 5], np.int32)
    assert welded(points, corners).tolist() == [0, 1, 2, 0, 1, 2, 0, 2, 5]


def test_no_face_is_lost_by_joining_at_random() -> None:
    dice = np.random.default_rng(7)
    points = dice.integers(0, 3, (400, 3)).astype(np.float32)
    corners = dice.integers(0, 400, 900).astype(np.int32)
    before = twins_of(corners).sum()
    assert before == 0
    assert twins_of(weld(points, None, corners).corners).sum() == 0
    found = welded(points, corners).reshape(-1, 3)
    flat = (found[:, 0] == found[:, 1]) | (found[:, 1] == found[:, 2]) | (found[:, 0] == found[:, 2])
    assert twins_of(np.ascontiguousarray(found[~flat]).ravel()).sum() == 0

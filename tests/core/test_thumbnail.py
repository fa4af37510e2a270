# SPDX-License-Identifier: GPL-3.0-or-later
"""A thumbnail shows the side that faces the eye, the right way up, in its colours, without holes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from trellis_blender.core.thumbnail import POINTS, SIDE_PIXELS, Surface, draw, mark


def cube(cuts: int = 1) -> Surface:
    """A cube from -1 to 1: its front (−y) red, its back green, all else blue, by a texture of three columns."""
    points: list[tuple[float, float, float]] = []
    triangles: list[tuple[int, int, int]] = []
    uvs: list[list[tuple[float, float]]] = []
    steps = np.linspace(-1.0, 1.0, cuts + 1)
    for axis in range(3):
        for side in (-1.0, 1.0):
            column = (0 if side < 0 else 1) if axis == 1 else 2
            uv = ((column + 0.5) / 3, 0.5)
            for i in range(cuts):
                for j in range(cuts):
                    start = len(points)
                    for a, b in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)):
                        flat = [steps[a], steps[b]]
                        flat.insert(axis, side)
                        points.append((float(flat[0]), float(flat[1]), float(flat[2])))
                    triangles += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
                    uvs += [[uv] * 3] * 2
    texture = np.eye(3, dtype=np.float32)[None]
    return Surface(np.array(points, np.float32), np.array(triangles, np.int32), np.array(uvs, np.float32), texture)


def share(picture: npt.NDArray[np.uint8], channel: int) -> float:
    """Give how much of what is drawn is mostly of one colour."""
    solid = picture[..., 3] > 0
    return float((picture[..., :3].argmax(axis=2)[solid] == channel).mean())


@pytest.mark.parametrize("cuts", [1, 10, 200])
def test_what_is_seen_of_a_cube(cuts: int) -> None:
    picture = draw(cube(cuts))
    assert picture.shape == (SIDE_PIXELS, SIDE_PIXELS, 4)
    assert share(picture, 0) > 0.3 and share(picture, 1) < 0.01 and share(picture, 2) > 0.2
    solid = picture[..., 3] > 0
    for row in solid:  # the outline of a cube has no gaps
        found = np.flatnonzero(row)
        assert found.size == 0 or found.size == found[-1] - found[0] + 1
    assert solid.sum() > 0.35 * solid.size


def test_up_is_up() -> None:
    points = np.array([(-1, 0, 0), (1, 0, 0), (0, 0, 2)], np.float32)
    solid = draw(Surface(points, np.array([(0, 1, 2)], np.int32)))[..., 3] > 0
    widths = solid.sum(axis=1)
    assert widths[widths > 0][0] < widths[widths > 0][-1]


@pytest.mark.parametrize("points", [[], [(1, 1, 1)] * 3, [(0, 0, 0), (0, 0, 1), (0, 0, 2)]])
def test_what_has_no_surface(points: list[tuple[float, float, float]]) -> None:
    triangles = np.array([(0, 1, 2)] if points else [], np.int32).reshape(-1, 3)
    assert draw(Surface(np.array(points, np.float32).reshape(-1, 3), triangles)).shape == (SIDE_PIXELS, SIDE_PIXELS, 4)


def test_a_large_one_is_drawn_of_a_part() -> None:
    large = cube(150)
    assert len(large.triangles) > 2 * POINTS
    assert share(draw(large), 0) == pytest.approx(share(draw(cube(20)), 0), abs=0.02)


def test_a_shape_is_told_from_others() -> None:
    one = cube(2)
    assert mark(one) == mark(cube(2)) == mark(replace(one, texture=None))
    assert one.uvs is not None
    others = (
        replace(one, points=one.points * np.float32(2)),
        replace(one, triangles=one.triangles[::-1]),
        replace(one, uvs=one.uvs * np.float32(0.5)),
        replace(one, uvs=None),
        replace(one, points=one.points[:0], triangles=one.triangles[:0], uvs=None),
    )
    assert len({mark(other) for other in (one, *others)}) == 6

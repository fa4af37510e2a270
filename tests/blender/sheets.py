# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawn sheet: five subjects of different shape, size and colour in two rows, and where each has to stand."""

from dataclasses import dataclass

import bpy
import numpy as np

WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Drawn:
    """One subject: its box in pixels from the top left, and its colour."""

    left: int
    top: int
    right: int
    bottom: int
    colour: tuple[int, int, int]
    is_round: bool = False


SUBJECTS = (
    Drawn(40, 30, 180, 170, (220, 40, 40), is_round=True),
    Drawn(260, 60, 340, 180, (40, 200, 60)),
    Drawn(420, 40, 600, 150, (60, 80, 230), is_round=True),
    Drawn(60, 220, 180, 460, (230, 200, 40)),
    Drawn(300, 340, 540, 460, (200, 60, 210), is_round=True),
)
"""In reading order; the two of the lower row stand on one line, and the largest sides are 240 pixels."""


def drawing(subjects: tuple[Drawn, ...] = SUBJECTS, ground: tuple[int, int, int] | None = None) -> np.ndarray:
    """Draw them, on nothing or on a plain ground."""
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    if ground is not None:
        rgba[:] = (*ground, 255)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    for one in subjects:
        inside = (x > one.left) & (x < one.right) & (y > one.top) & (y < one.bottom)
        if one.is_round:
            across, down = (one.right - one.left) / 2, (one.bottom - one.top) / 2
            inside &= ((x - one.left) / across - 1) ** 2 + ((y - one.top) / down - 1) ** 2 < 1
        rgba[inside] = (*one.colour, 255)
    return rgba


def expected(one: Drawn, cursor: tuple[float, float, float], largest: float = 1.0) -> np.ndarray:
    """Give the box a subject's object has to fill in the front plane: lowest x and z, highest x and z."""
    scale = largest / max(max(it.right - it.left, it.bottom - it.top) for it in SUBJECTS)
    middle = (min(it.left for it in SUBJECTS) + max(it.right for it in SUBJECTS)) / 2
    ground = max(it.bottom for it in SUBJECTS)
    low = ((one.left - middle) * scale + cursor[0], (ground - one.bottom) * scale + cursor[2])
    high = ((one.right - middle) * scale + cursor[0], (ground - one.top) * scale + cursor[2])
    return np.array([low, high])


def front(item: bpy.types.Object) -> np.ndarray:
    """Give the box that an object fills as seen from the front: lowest x and z, highest x and z."""
    points = corners(item)[:, [0, 2]]
    return np.array([points.min(axis=0), points.max(axis=0)])


def corners(item: bpy.types.Object) -> np.ndarray:
    """Give all vertices where they stand."""
    points = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", points)
    matrix = np.array(item.matrix_world)
    return points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]

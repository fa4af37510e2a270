# SPDX-License-Identifier: GPL-3.0-or-later
"""A variant of an object that was fitted to a blockout's box is fitted to that box the same way."""

import bpy
import leafing
import numpy as np
import pytest
from artist import Artist
from leafing import choose, deliver, points, variants
from mathutils import Euler


def fitted(artist: Artist, fit: str) -> bpy.types.Object:
    """Give a slender object that took the place of a turned block of 0.6 × 0.6 × 4."""
    artist.settings.fit_to_selection, artist.settings.fit = True, fit
    bpy.ops.mesh.primitive_cube_add(size=2.0, location=(3.0, 1.0, 0.0), rotation=(0.2, 0.4, 0.9))
    block = bpy.context.view_layer.objects.active
    block.scale, block.name = (0.3, 0.3, 2.0), "Tower"
    choose(block)
    deliver(artist, artist.order(), 0.2, 0.2, 1.0)
    choose(bpy.data.objects["Tower"])
    return bpy.data.objects["Tower"]


def reroll(artist: Artist, item: bpy.types.Object, *sides: float) -> None:
    choose(item)
    assert deliver(artist, leafing.reroll(), *sides).state.value == "imported"


def sides(item: bpy.types.Object) -> list[float]:
    """Give an object's sides along its own axes, as long as they look."""
    turned = Euler((0.2, 0.4, 0.9)).to_matrix()
    return np.ptp(points(item) @ np.array(turned), axis=0).tolist()


@pytest.mark.parametrize(("fit", "first", "round_one"), [
    ("INSIDE", [0.6, 0.6, 3.0], [0.6, 0.6, 0.6]), ("STRETCH", [0.6, 0.6, 4.0], [0.6, 0.6, 4.0]),
])  # fmt: skip
def test_fills_the_same_box(ready: Artist, fit: str, first: list[float], round_one: list[float]) -> None:
    item = fitted(ready, fit)
    assert sides(item) == pytest.approx(first, rel=0.01)
    bottom = points(item)[:, 2].min()
    reroll(ready, item, 1.0, 1.0, 1.0)
    assert sides(item) == pytest.approx(round_one, rel=0.01) and len(variants().meshes(item)) == 2
    assert np.linalg.norm(item.data.vertices[0].co) < 10.0 and abs(points(item)[:, 2].min() - bottom) < 0.5
    item.scale = (2.0, 2.0, 2.0)
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    reroll(ready, item, 1.0, 0.5, 1.0)
    wanted = [1.2, 1.2, 8.0] if fit == "STRETCH" else [1.2, 0.6, 1.2]
    assert sides(item) == pytest.approx(wanted, rel=0.01), "larger, as what is shown was made"
    variants().step(item, 1)
    assert sides(item) == pytest.approx([2.0 * side for side in first], rel=0.01)

# SPDX-License-Identifier: GPL-3.0-or-later
"""How a display shows numbers: the plain view's formula, and tables of what something else showed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from trellis_blender.core import view
from trellis_blender.core.image import Pixels
from trellis_blender.core.pixels import to_rgba
from trellis_blender.core.view import ByteAxis, FloatAxis, Formula, Table

Floats = npt.NDArray[np.float32]


def filmic(colour: Floats) -> npt.NDArray[np.uint8]:
    """Stand in for a view of Blender's: soft in the light, and with some of each channel in the others."""
    mixed = colour @ np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], np.float32)
    return np.asarray(255.0 * (mixed / (mixed + 0.2)) ** 0.6 + 0.5, np.uint8)


def table_of(axis: FloatAxis | ByteAxis, order: tuple[int, int, int] = (0, 1, 2)) -> Table:
    shown = filmic(view.cube(axis)[:, :3])
    seen = np.full((len(shown), 4), 7, np.uint8)
    seen[:, list(order)] = shown
    return Table(axis, seen.view(np.uint32).ravel(), order)


@pytest.mark.parametrize("axis", [FloatAxis(), FloatAxis(2.0), ByteAxis()])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_a_table_shows_its_nodes_exactly(axis: FloatAxis | ByteAxis, order: tuple[int, int, int]) -> None:
    table = table_of(axis, order)
    cube = view.cube(axis)[::97, :3]
    assert np.abs(table.shown(cube).astype(int) - filmic(cube)).max() <= 1, "the nodes' places are rounded"
    assert np.array_equal(table.colours(), filmic(view.cube(axis)[:, :3]))


@pytest.mark.parametrize("axis", [FloatAxis(), FloatAxis(-1.5), ByteAxis()])
def test_a_table_is_near_between_its_nodes(axis: FloatAxis | ByteAxis) -> None:
    tried = view.probes(axis)
    straight = tried[:, :3] / tried[:, 3:]
    difference = np.abs(table_of(axis).shown(straight).astype(int) - filmic(straight))
    assert difference.mean() < 0.4 and difference.max() <= 2
    assert view.fits(table_of(axis), tried, filmic(straight))


def test_greys_stay_grey() -> None:
    grey = np.repeat(np.geomspace(0.0005, 200.0, 4000, dtype=np.float32)[:, None], 3, axis=1)
    shown = table_of(FloatAxis()).shown(grey)
    assert (shown[:, :1] == shown).all() and (np.diff(shown[:, 0].astype(int)) >= 0).all()


def test_what_is_not_near_does_not_fit() -> None:
    axis = FloatAxis()
    tried = view.probes(axis)
    straight = tried[:, :3] / tried[:, 3:]
    shown = filmic(straight)
    assert not view.fits(Formula(), tried, shown)
    one_off = shown.copy()
    one_off[5] = 255 - one_off[5]
    assert not view.fits(table_of(axis), tried, one_off)
    assert not view.fits(table_of(axis), tried, np.asarray(np.clip(shown.astype(int) + 1, 0, 255), np.uint8))


@pytest.mark.parametrize(("exposure", "gamma"), [(0.0, 1.0), (1.0, 1.0), (-1.5, 1.0), (0.5, 1.3), (0.0, 0.7)])
def test_the_plain_view(exposure: float, gamma: float) -> None:
    linear = np.random.default_rng(1).random((400, 3), np.float32) ** 2
    brighter = np.clip(linear.astype(np.float64) * 2.0**exposure, 0.0, 1.0)
    encoded = np.where(brighter <= 0.0031308, brighter * 12.92, 1.055 * np.power(brighter, 1 / 2.4) - 0.055)
    expected = 255.0 * np.power(encoded, 1.0 / gamma)
    assert np.abs(Formula(exposure, gamma).shown(linear) - expected).max() < 1.0


def test_beyond_a_table_is_its_end() -> None:
    axis = FloatAxis()
    table = table_of(axis)
    last, far = np.full((1, 3), axis.nodes[-1], np.float32), np.full((1, 3), 60000.0, np.float32)
    assert np.array_equal(table.shown(far), table.shown(last))
    assert np.array_equal(table.shown(-last), table.shown(np.zeros((1, 3), np.float32)))


def test_pixels_are_shown_as_straight_colours() -> None:
    """As Blender does it: what is half there is of the colour that it would be if it were all there."""
    table = table_of(FloatAxis())
    colour = np.array([0.9, 0.4, 0.1], np.float32)
    values = np.array([[*colour, 1.0], [*(colour * 0.25), 0.25], [0.3, 0.2, 0.1, 0.0]], np.float32)
    rgba = to_rgba(Pixels(3, 1, 4, values.ravel(), is_linear=True, view=table))
    expected = table.shown(colour[None])[0].tolist()
    assert rgba[0].tolist() == [[*expected, 255], [*expected, 64], [0, 0, 0, 0]]
    opaque = to_rgba(Pixels(1, 1, 3, colour, is_linear=True, view=table))
    assert opaque[0, 0].tolist() == [*expected, 255]


def test_views_are_told_apart() -> None:
    marks = {Formula().mark, Formula(1.0).mark, Formula(0.0, 2.0).mark, table_of(FloatAxis()).mark}
    other = table_of(FloatAxis())
    other.seen[5] += 1
    assert len(marks | {other.mark}) == 5

# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go of a mask goes, as far as all stays connected as it was, and a line keeps its end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from trellis_blender.core.components import label
from trellis_blender.core.fineness import opened
from trellis_blender.core.thinning import thinned

Mask = npt.NDArray[np.bool_]


def mask_of(*lines: str) -> Mask:
    return np.array([[sign != "." for sign in line] for line in lines])


def gone(mask: Mask, *, ends: bool = False, strength: npt.NDArray[np.uint8] | None = None) -> Mask:
    every = np.ones_like(mask)
    return thinned(
        mask, every, every if ends else ~every, np.zeros(mask.shape, np.uint8) if strength is None else strength
    )


def test_a_line_without_ends_shrinks_to_a_point_and_keeps_them_otherwise() -> None:
    mask = mask_of(".........", ".#######.", ".........")
    assert np.count_nonzero(gone(mask)) == 1
    assert np.array_equal(gone(mask, ends=True), mask)


def test_the_strongest_row_is_what_stays() -> None:
    mask = mask_of("#########", "#########", "#########")
    strength = np.array([[90], [200], [120]], np.uint8).repeat(9, axis=1)
    found = gone(mask, ends=True, strength=strength)
    assert not found[0].any() and not found[2].any()
    assert found[1, 1:-1].all()


def test_what_is_fixed_stays_and_is_still_joined() -> None:
    mask = mask_of("##......##", "##########", "##########", "##......##")
    fixed = np.zeros_like(mask)
    fixed[:, :2] = fixed[:, -2:] = True
    found = thinned(mask, ~fixed, np.zeros_like(mask), np.zeros(mask.shape, np.uint8))
    assert found[fixed].all()
    assert found[:, 2:-2].sum(axis=0).tolist() == [1] * 6


@pytest.mark.parametrize("seed", range(8))
def test_parts_and_holes_stay_as_many(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.pad(rng.random((40, 50)) < rng.uniform(0.3, 0.7), 1)
    strength = rng.integers(0, 256, mask.shape, np.uint8)
    found = gone(mask, strength=strength)
    assert not (found & ~mask).any()
    assert np.count_nonzero(found) < np.count_nonzero(mask)
    for now, before in ((found, mask), (~found, ~mask)):
        is_set = now is found
        assert len(label(now, corners=is_set)[1]) == len(label(before, corners=is_set)[1])


def test_opening_leaves_what_a_square_fits_into() -> None:
    mask = mask_of("#######...", "###.......", "###....##.", "###....##.", "..........")
    assert np.array_equal(
        opened(mask, 3), mask_of("###.......", "###.......", "###.......", "###.......", "..........")
    )
    assert np.array_equal(opened(mask, 1), mask)
    assert not opened(mask, 6).any()

# SPDX-License-Identifier: GPL-3.0-or-later
"""How points were moved as a whole is told from a few of them, or not told at all."""

import numpy as np
import pytest

from trellis_blender.core import motion

POINTS = np.float32(np.random.default_rng(5).uniform(-1.0, 1.0, (10, 3)))


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_any_scale_turn_shear_mirror_and_shift_is_told(size: float) -> None:
    for seed in range(20):
        change = np.eye(4)
        change[:3, :3] = np.random.default_rng(seed).uniform(-1.0, 1.0, (3, 3)) + 2.0 * np.eye(3)
        change[:3, 3] = size * np.array([1.0, -2.0, seed])
        if seed % 2:
            change[0] *= -1.0
        before = np.float32(POINTS * size)
        told = motion.between(before, np.float32(before @ change[:3, :3].T + change[:3, 3]))
        assert told is not None and told[:, :3] == pytest.approx(change[:, :3], abs=1e-3)
        assert told[:3, 3] == pytest.approx(change[:3, 3], abs=1e-3 * size)


def test_the_same_points_were_not_moved() -> None:
    told = motion.between(POINTS, POINTS.copy())
    assert told is not None and np.array_equal(told, np.eye(4))


def test_what_was_done_to_a_part_is_no_motion_of_the_whole() -> None:
    bent = POINTS.copy()
    bent[3] += 0.01
    assert motion.between(POINTS, bent) is None
    assert motion.between(POINTS, POINTS[:9]) is None
    assert motion.between(POINTS[:0], POINTS[:0]) is None


def test_points_in_a_plane_tell_nothing_of_what_is_across_it() -> None:
    flat = POINTS * [1.0, 1.0, 0.0]
    assert motion.between(flat, flat * 2.0) is None
    assert motion.between(POINTS, flat) is None, "flattened, it cannot be undone"

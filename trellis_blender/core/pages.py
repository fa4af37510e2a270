# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays in memory pages of their own, which go back to the system one by one. Imports nothing of ours, no bpy.

What lies among other things on the heap stays with the process for as long as anything above it is held: half as
much again as the arrays, while Blender makes its own of them.
"""

from __future__ import annotations

import math
import mmap
from typing import Any

import numpy as np


def blank(shape: tuple[int, ...], dtype: Any) -> Any:
    """Give an array in pages of its own, to be filled."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return np.ndarray(shape, dtype, mmap.mmap(-1, max(size, 1)))


def alone(array: Any) -> Any:
    """Give a copy of an array in pages of its own; None for None."""
    if array is None:
        return None
    own = blank(array.shape, array.dtype)
    own[:] = array
    return own

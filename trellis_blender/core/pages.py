# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays in memory pages of their own, which go back to the system one by one. Imports nothing of ours, no bpy.

What lies among other things on the heap stays with the process for as long as anything above it is held: half as
much again as the arrays, while Blender makes its own of them.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np


def alone(array: Any) -> Any:
    """Give a copy of an array in pages of its own; None for None."""
    if array is None:
        return None
    own: Any = np.ndarray(array.shape, array.dtype, mmap.mmap(-1, max(array.nbytes, 1)))
    own[:] = array
    return own

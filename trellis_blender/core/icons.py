# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture as Blender's icons hold it. Knows pixels only; imports no bpy."""

from __future__ import annotations

import numpy as np

from .image import Rgba


def premultiplied(rgba: Rgba) -> Rgba:
    """Give a picture with its colour multiplied by its alpha: else what is hardly there is drawn as bright as the rest.

    Blender draws icons so; a rim of pixels of next to no alpha, as a smaller picture has it, stood around the subject.
    """
    made = rgba.copy()
    made[..., :3] = (rgba[..., :3].astype(np.uint16) * rgba[..., 3:] + 127) // 255
    return made

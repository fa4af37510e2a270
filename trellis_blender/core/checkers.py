# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture -> the same on checks, as editors show transparency, so that the mask is seen. Imports no bpy."""

from __future__ import annotations

from typing import Final

import numpy as np

from .image import Rgba

LEAST_SIDE: Final = 128
"""A smaller picture is shown in larger pixels: the interface would blur it."""
CHECK_PIXELS: Final = 16
LIGHT: Final = 132
DARK: Final = 98
"""Greys, 0–255, between which neither a light nor a dark subject is lost."""


def on_checks(rgba: Rgba) -> Rgba:
    """Give the picture opaque, with checks where it is transparent."""
    times = max(-(-LEAST_SIDE // max(rgba.shape[:2])), 1)
    large = rgba.repeat(times, axis=0).repeat(times, axis=1) if times > 1 else rgba
    height, width = large.shape[:2]
    y, x = np.ogrid[0:height, 0:width]
    checks = np.where((x // CHECK_PIXELS + y // CHECK_PIXELS) % 2, LIGHT, DARK).astype(np.float32)[..., None]
    share = large[..., 3:].astype(np.float32) / np.float32(255.0)
    shown = np.full_like(large, 255)
    shown[..., :3] = checks + (large[..., :3] - checks) * share + np.float32(0.5)
    return shown

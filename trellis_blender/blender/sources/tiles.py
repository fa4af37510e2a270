# SPDX-License-Identifier: GPL-3.0-or-later
"""The first tile of a tiled image, as an image by itself that is gone afterwards: Blender writes only all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np
import numpy.typing as npt

from .. import stirrings
from . import views

_GREY, _COLOUR, _RGBA = 1, 3, 4


@contextmanager
def first(image: bpy.types.Image) -> Iterator[bpy.types.Image]:
    """Give the first tile with its numbers as they are now, painted or not, and shown in the same way."""
    width, height = image.size
    with stirrings.deaf():
        made = bpy.data.images.new(image.name, width, height, alpha=True, float_buffer=image.is_float)
        try:
            if space := _space(image):
                made.colorspace_settings.name = space  # type: ignore[assignment]
            made.alpha_mode = image.alpha_mode
            made.use_view_as_render = image.use_view_as_render
            made.pixels.foreach_set(_rgba(image))  # type: ignore[arg-type]
            yield made
        finally:
            bpy.data.images.remove(made)


def _space(image: bpy.types.Image) -> str:
    """Give the space of the numbers; an empty text for that in which floats are made. Floats are converted already."""
    if not image.is_float or image.colorspace_settings.is_data:
        return image.colorspace_settings.name
    return views.working_space() if views.working_space() != views.WORKING_SPACE else ""


def _rgba(image: bpy.types.Image) -> npt.NDArray[np.float32]:
    width, height = image.size
    values = np.empty((height * width, image.channels), np.float32)
    image.pixels.foreach_get(values.ravel())
    if image.channels == _RGBA:
        return values.ravel()
    wide = np.ones((height * width, _RGBA), np.float32)
    wide[:, :_COLOUR] = values[:, :_COLOUR] if image.channels == _COLOUR else values[:, :_GREY]
    return wide.ravel()

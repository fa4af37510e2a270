# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Image Editors show: the image, and the user that says which frame and layer. Reads no pixels."""

from collections.abc import Iterator

import bpy

from .. import renders


def showing(context: bpy.types.Context, image: bpy.types.Image | None = None) -> bpy.types.SpaceImageEditor | None:
    """Give the Image Editor that shows an image, or any image; the one at hand first, then this window's."""
    for space in _editors(context):
        shown = space.image
        if shown is None or (image is not None and shown != image):
            continue
        if image is not None or shown.type != "RENDER_RESULT" or renders.seen():
            return space
    return None


def _editors(context: bpy.types.Context) -> Iterator[bpy.types.SpaceImageEditor]:
    if isinstance(context.space_data, bpy.types.SpaceImageEditor):
        yield context.space_data
    windows = [context.window, *context.window_manager.windows] if context.window else context.window_manager.windows
    for window in windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR" and area.spaces.active is not None:
                yield area.spaces.active

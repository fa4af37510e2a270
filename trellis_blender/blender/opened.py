# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a picture's file, as that is now. Decodes it, as Blender's own *Open Image* does."""

from pathlib import Path

import bpy


def of(path: Path) -> bpy.types.Image | None:
    """Give an image of a file: that which is open already, read anew, else a new one; None for what is no picture.

    One that holds something else than its file stays as it is, with its strokes, and the file gets an image of its own.
    """
    known = _known(path)
    if known is not None:
        return known if read_anew(known) else None
    image = bpy.data.images.load(str(path), check_existing=False)
    if _is_whole(image):
        return image
    bpy.data.images.remove(image)
    return None


def read_anew(image: bpy.types.Image) -> bool:
    """Have an image hold what its file does now, and tell whether it could be read; else its pixels stay."""
    if not is_as_its_file(image):
        return False
    if image.has_data and not _is_readable(image):  # which Blender would let go before it looks
        return False
    image.reload()
    image.update_tag()  # else nobody hears of it, and the preview stays
    return _is_whole(image)


def is_as_its_file(image: bpy.types.Image) -> bool:
    """Whether an image is nothing but its file, so that reading that again loses nothing."""
    is_of_file = image.source in ("FILE", "MOVIE") and image.filepath and image.library is None
    return bool(is_of_file) and not image.is_dirty and image.packed_file is None


def _known(path: Path) -> bpy.types.Image | None:
    """Give the image of a file, however its path is written there."""
    images = [image for image in bpy.data.images if is_as_its_file(image)]
    same = [image for image in images if bpy.path.abspath(image.filepath) == str(path)]
    return next(iter(same), None) or next((image for image in images if _is_same(image, path)), None)


def _is_same(image: bpy.types.Image, path: Path) -> bool:
    try:
        return path.samefile(bpy.path.abspath(image.filepath))
    except OSError:
        return False  # it is missing


def _is_readable(image: bpy.types.Image) -> bool:
    try:
        probe = bpy.data.images.load(bpy.path.abspath(image.filepath), check_existing=False)
    except RuntimeError:
        return False
    try:
        return _is_whole(probe)
    finally:
        bpy.data.images.remove(probe)


def _is_whole(image: bpy.types.Image) -> bool:
    width, height = image.size
    return bool(width and height)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a picture's file, as that is now. Decodes it, as Blender's own *Open Image* does."""

from pathlib import Path

import bpy

from ..core.errors import SourceError

_HEAD_BYTES = 8
"""Of a RIFF file, which tells how many follow."""


def of(path: Path) -> bpy.types.Image | None:
    """Give an image of a file: that which is open already, read anew, else a new one; None for what is no picture.

    One that holds something else than its file stays as it is, with its strokes, and the file gets an image of its own.
    """
    known = _known(path)
    if known is not None:
        return known if read_anew(known) else None
    try:
        image = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError:  # nobody may read the file
        return None
    if is_whole(image):
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
    return is_whole(image)


def unreadable(path: Path) -> SourceError:
    """Give what there is to say of a file that is no picture, or half of one."""
    return SourceError(f"{path.name} is no picture that Blender can read. Choose another one.")


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
        return is_whole(probe)
    finally:
        bpy.data.images.remove(probe)


def is_whole(image: bpy.types.Image) -> bool:
    """Whether an image has pixels; those of its file, if none were read yet."""
    width, height = image.size
    return bool(width and height) and not (is_as_its_file(image) and _ends_early(image))


def _ends_early(image: bpy.types.Image) -> bool:
    """Whether a WebP file is shorter than it says: Blender makes a picture of it in which there is nothing."""
    try:
        with Path(bpy.path.abspath(image.filepath)).open("rb") as file:
            head = file.read(12)
            length = file.seek(0, 2)
    except OSError:
        return False
    is_webp = head[:4] == b"RIFF" and head[8:] == b"WEBP"
    return is_webp and int.from_bytes(head[4:8], "little") + _HEAD_BYTES > length + 1  # a last byte may be filling

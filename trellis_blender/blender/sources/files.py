# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture's file that Blender has not read yet, and need not: what it says alone is what is seen. Decodes nothing."""

from dataclasses import dataclass
from pathlib import Path

import bpy

from ...core import undecoded
from ...core.image import PictureFile
from .images import NUMBERS_ARE_SRGB, OPAQUE_MODES


@dataclass(frozen=True)
class Found:
    """What the disk told of a file. ``mark``: see :class:`PictureFile`; it has no bytes when it is not there."""

    mark: tuple[str, int, int]
    is_readable: bool = False

    @property
    def size(self) -> int:
        """Give its bytes."""
        return self.mark[2]


def place(image: bpy.types.Image) -> str:
    """Give where an image's file is; one that is packed is in none."""
    return "" if image.packed_file is not None else bpy.path.abspath(image.filepath, library=image.library)


def is_plain(image: bpy.types.Image) -> bool:
    """Whether an image waits to be read, and nothing but its file says how it looks. Has nothing read, asks no disk."""
    if image.source != "FILE" or image.type != "IMAGE" or image.has_data or image.is_dirty:
        return False
    if image.is_multiview or image.use_view_as_render or image.use_deinterlace:
        return False
    is_straight = image.alpha_mode == "STRAIGHT" or image.alpha_mode in OPAQUE_MODES
    return is_straight and image.colorspace_settings.name == NUMBERS_ARE_SRGB


def look(image: bpy.types.Image, *, least: float) -> Found:
    """Look at an image's file, and into it if it has so many bytes. Asks the disk: not for drawing."""
    path = place(image)
    if image.packed_file is not None:
        mark = f"{image.name_full} {image.session_uid}", 0, image.packed_file.size
        is_wanted = mark[2] > least and is_plain(image)
        return Found(mark, is_wanted and undecoded.is_readable(image.packed_file.data[: undecoded.HEAD_BYTES]))
    try:
        told = Path(path).stat()
        mark = path, told.st_mtime_ns, told.st_size
        if mark[2] <= least or not is_plain(image):
            return Found(mark)
        with Path(path).open("rb") as stream:
            return Found(mark, undecoded.is_readable(stream.read(undecoded.HEAD_BYTES)))
    except OSError:
        return Found((path, 0, 0))  # it is said when it is read


def source(image: bpy.types.Image, found: Found) -> PictureFile:
    """Give the file as a worker takes it."""
    packed = bytes(image.packed_file.data) if image.packed_file is not None else None
    return PictureFile(image.name, found.mark, image.alpha_mode in OPAQUE_MODES, packed)

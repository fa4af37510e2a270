# SPDX-License-Identifier: GPL-3.0-or-later
"""The current frame of an image sequence or a movie, as an image by itself that is gone afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from ...core.errors import SourceError

_NUMBERED = re.compile(r"(.*?)([0-9]+)([^0-9]*)")


@contextmanager
def single(
    image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene
) -> Iterator[bpy.types.Image]:
    """Give the frame that ``user`` shows now, else the scene's. Raises :class:`SourceError`."""
    made = _of_movie(image, user, scene) if image.source == "MOVIE" else _of_sequence(image, user, scene)
    try:
        yield made
    finally:
        bpy.data.images.remove(made)


def number(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> int:
    """Give the frame's number among the image's own, as Blender counts."""
    frame = scene.frame_current
    if user is None:
        return min(max(frame, 1), max(image.frame_duration, 1))
    frame -= user.frame_start - 1
    duration = user.frame_duration
    frame = (frame - 1) % duration + 1 if user.use_cyclic and duration else min(max(frame, 0), duration)
    return frame + user.frame_offset


def _of_sequence(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> bpy.types.Image:
    path = _path(image, number(image, user, scene) if user else scene.frame_current)
    if not path.name:
        raise SourceError(f"The sequence {image.name} names no file. Choose another picture.")
    if not path.is_file():
        raise SourceError(
            f"The sequence {image.name} has no file {path.name} for the current frame. Go to a frame that it has."
        )
    made = bpy.data.images.load(str(path))
    made.alpha_mode = image.alpha_mode
    made.colorspace_settings.name = image.colorspace_settings.name
    made.use_view_as_render = image.use_view_as_render
    return made


def _path(image: bpy.types.Image, frame: int) -> Path:
    """Give the file of a frame: the last number in the name is the frame's, with as many digits."""
    path = Path(bpy.path.abspath(image.filepath, library=image.library))
    parts = _NUMBERED.fullmatch(path.stem)
    if parts is None:
        return path
    head, digits, tail = parts.groups()
    return path.with_name(f"{head}{frame:0{len(digits)}}{tail}{path.suffix}")


def _of_movie(image: bpy.types.Image, user: bpy.types.ImageUser | None, scene: bpy.types.Scene) -> bpy.types.Image:
    width, height = image.size
    if not (width and height):
        raise SourceError(f"The movie {image.name} cannot be read. Check that its file is there, or pick another one.")
    made = image.copy()
    # Scaling to the size it has changes no pixel, but has this frame read; nothing else asks for one by number.
    made.scale(width, height, frame=number(image, user, scene))
    return made

# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the artist's Render Result through a render of another scene: every slot, and which one is shown.

Before a render Blender moves the picture of the slot rendered last aside, into that slot, and empties the shown one.
Both go wrong when the scene is another one, unless the slot rendered last is the shown one.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from ...core.errors import SourceError
from ..sources import shown as written
from . import stage

_PROBE = "TRELLIS Probe"


@contextmanager
def kept() -> Iterator[None]:
    """Have the right slot shown for the start of a render, and the artist's one again afterwards."""
    image = result()
    if image is None or not len(image.render_slots):
        yield
        return
    shown = image.render_slots.active_index
    safe = _safe_slot(image, shown)
    try:
        if safe != shown:
            image.render_slots.active_index = safe
        yield
    finally:
        if image.render_slots.active_index != shown:
            image.render_slots.active_index = shown


def result() -> bpy.types.Image | None:
    """Give the Render Result's datablock; there is none before the first render."""
    return next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)


def _safe_slot(image: bpy.types.Image, shown: int) -> int:
    """Give the slot rendered last; else an empty one, so that no picture in a slot is lost.

    Blender does not tell which one that is. But its picture is that of a scene, where those of the other slots can be
    had with any scene.
    """
    scenes = [scene for scene in bpy.data.scenes if not stage.is_ours(scene)]
    order = [shown, *(number for number in range(len(image.render_slots)) if number != shown)]
    filled = set()
    probe = bpy.data.scenes.new(_PROBE)
    try:
        for number in order:
            image.render_slots.active_index = number
            # A scene may have the picture of one that was where it is now, which can have been ours only.
            if _size(image, probe) not in (None, stage.SIZE, stage.PROBE_SIZE):
                filled.add(number)
            elif any(_size(image, scene) for scene in scenes):
                return number
    finally:
        image.render_slots.active_index = shown
        bpy.data.scenes.remove(probe)
    return next((number for number in order if number not in filled), shown)


def _size(image: bpy.types.Image, scene: bpy.types.Scene) -> tuple[int, int] | None:
    """Give width and height of the picture in the shown slot, as a scene has it; None when there is none."""
    try:
        file = written.write(image, scene)
    except SourceError:
        return None
    try:
        with file.path.open("rb") as stream:
            width, height = struct.unpack("<HH", stream.read(16)[12:])
    finally:
        file.path.unlink()
    return width, height

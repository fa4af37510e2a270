# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the artist's Render Result through a render of another scene: every slot, and which one is shown.

Before a render Blender moves the picture of the slot rendered last aside, into that slot, and empties the shown one.
Both go wrong when the scene is another one, unless the slot rendered last is the shown one.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

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
    scenes = list(bpy.data.scenes)
    probe = bpy.data.scenes.new(_PROBE)
    try:
        empty = shown
        order = [shown, *(number for number in range(len(image.render_slots)) if number != shown)]
        filled = set()
        for number in order:
            image.render_slots.active_index = number
            if _has_picture(image, probe):
                filled.add(number)
            elif any(_has_picture(image, scene) for scene in scenes):
                return number
        empty = next((number for number in order if number not in filled), shown)
    finally:
        image.render_slots.active_index = shown
        bpy.data.scenes.remove(probe)
    return empty


def _has_picture(image: bpy.types.Image, scene: bpy.types.Scene) -> bool:
    handle, name = tempfile.mkstemp(prefix="trellis-probe-")
    os.close(handle)
    try:
        image.save_render(name, scene=scene)
    except RuntimeError:
        return False
    finally:
        Path(name).unlink(missing_ok=True)
    return True

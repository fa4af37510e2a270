# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts how often pictures changed, and notes when something stirred last. Copies no pixel, draws nothing.

Blender tells that images changed at the end of each brush stroke and of each undo; which one, only of those that
stand in the scene. It does not tell of a script that sets pixels, unless that calls ``update_tag``.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import listeners

_revisions: Counter[int] = Counter()
_ALL = 0
_last = 0.0
_is_deaf = False


def revision(image: bpy.types.Image) -> str:
    """Give a text that differs when the image's pixels may have changed."""
    return f"{_revisions[image.session_uid]}+{_revisions[_ALL]}"


def changed(image: bpy.types.Image) -> None:
    """Note that an image is another one by now, of which Blender does not tell: a file on disk."""
    _revisions[image.session_uid] += 1
    note()


def last() -> float:
    """Give when something changed last that a preview shows, by the monotonic clock."""
    return _last


def note(_settings: Any = None, _context: Any = None) -> None:
    """Note that something changes; the update callback of settings, too, for which Blender counts the arguments."""
    global _last
    _last = time.monotonic()


@contextmanager
def deaf() -> Iterator[None]:
    """Hear nothing of the images that are made and removed inside, of which none is a source; what was before is heard.

    That is our own captures, and our objects, which come with images of their own.
    """
    global _is_deaf
    was_deaf = _is_deaf
    _tell()
    _is_deaf = True
    try:
        yield
        _tell()
    finally:
        _is_deaf = was_deaf


def _tell() -> None:
    """Have Blender tell now what it would tell later, in each window."""
    layers = {window.scene: window.view_layer for window in bpy.context.window_manager.windows}
    for layer in {*layers.values(), bpy.context.view_layer}:
        layer.update()


@persistent  # type: ignore[untyped-decorator]
def _updated(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph | None = None) -> None:
    if _is_deaf or depsgraph is None or not depsgraph.id_type_updated("IMAGE"):
        return
    known = [item.id.original for item in depsgraph.updates if isinstance(item.id, bpy.types.Image)]
    for uid in [image.session_uid for image in known] or [_ALL]:
        _revisions[uid] += 1
    note()


@persistent  # type: ignore[untyped-decorator]
def _moved_on(*_arguments: Any) -> None:
    note()


_HEARD: Final = (("depsgraph_update_post", _updated), ("frame_change_post", _moved_on))


def register() -> None:
    """Listen."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)

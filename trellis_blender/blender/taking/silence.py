# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps others' render handlers from taking our render for the artist's. Knows their lists, not what they do.

Such handlers save pictures, count frames, or shut the computer down when "the render" is over: none of it is meant
for a picture that the artist has not ordered from Blender. All of it is meant for a render that the artist starts
meanwhile: as soon as Blender tells of one, in its own thread, they are back.
"""

from collections.abc import Callable
from typing import Any, Final

import bpy

from .. import listeners
from . import stage

_OF_RENDERS: Final = (
    "render_init", "render_pre", "render_post", "render_stats", "render_write", "render_complete", "render_cancel",
    "composite_pre", "composite_post", "composite_cancel",
)  # fmt: skip
_FIRST_OF_ALL: Final = "render_init"
_held: dict[str, list[Callable[..., Any]]] = {}


def begin() -> None:
    """Take all handlers of renders off their lists; :func:`end` puts them back, or a render of another scene."""
    end()
    for name in _OF_RENDERS:
        handlers = getattr(bpy.app.handlers, name)
        _held[name] = handlers[:]
        handlers.clear()
    listeners.spare(_OF_RENDERS)
    listeners.listen((_FIRST_OF_ALL, _begins))


def end() -> None:
    """Put the handlers back, before those that came meanwhile. Harmless when nothing was taken off."""
    listeners.ignore((_FIRST_OF_ALL, _begins))
    _put_back()


def _put_back(*, behind: int = 0) -> None:
    while _held:
        name, handlers = _held.popitem()  # by one thread: the main one, or that of a render
        place = behind if name == _FIRST_OF_ALL else 0
        getattr(bpy.app.handlers, name)[place:place] = handlers
    listeners.spare(())


def _begins(scene: bpy.types.Scene, *_arguments: Any) -> None:
    """Hear, before any other, that a render begins; those that are put in behind this one are called next."""
    if not stage.is_ours(scene):
        _put_back(behind=1)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps others' render handlers from taking our render for the artist's. Knows their lists, not what they do.

Such handlers save pictures, count frames, or shut the computer down when "the render" is over: none of it is meant
for a picture that the artist has not ordered from Blender.
"""

from collections.abc import Callable
from typing import Any, Final

import bpy

_OF_RENDERS: Final = (
    "render_init", "render_pre", "render_post", "render_stats", "render_write", "render_complete", "render_cancel",
    "composite_pre", "composite_post", "composite_cancel",
)  # fmt: skip
_held: dict[str, list[Callable[..., Any]]] = {}


def begin() -> None:
    """Take all handlers of renders off their lists; :func:`end` puts them back."""
    end()
    for name in _OF_RENDERS:
        handlers = getattr(bpy.app.handlers, name)
        _held[name] = handlers[:]
        handlers.clear()


def end() -> None:
    """Put the handlers back, before those that came meanwhile. Harmless when nothing was taken off."""
    for name, handlers in _held.items():
        getattr(bpy.app.handlers, name)[:0] = handlers
    _held.clear()

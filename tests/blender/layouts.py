# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws in a Blender without windows: into real layouts, begun as those of a popup that is never shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import Any

import bpy
from artist import module

EDITORS = ("VIEW_3D", "IMAGE_EDITOR")


@contextmanager
def editor(kind: str = "VIEW_3D", region: str = "UI") -> Iterator[Any]:
    """Stand in a region of an editor, and give its area."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = kind
    with module("blender.footing").at(
        window=window, area=area, region=next(r for r in area.regions if r.type == region)
    ):
        yield area


def layout() -> Any:
    """Give an empty layout."""
    return bpy.context.window_manager.popmenu_begin__internal("TRELLIS").layout


class Held:
    """A panel, menu or list for the time of a draw: what its class has, and a real layout."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls
        self.layout = layout()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cls, name)
        return MethodType(found, self) if isinstance(found, FunctionType) else found


def drawn(cls: Any, name: str = "draw") -> Any:
    """Have a class draw, and give the layout."""
    held = Held(cls)
    getattr(cls, name)(held, bpy.context)
    return held.layout


def texts(made: Any) -> list[str]:
    """Give what can be read in a layout, and the operators behind its buttons."""

    def found(item: Any) -> Iterator[str]:
        if isinstance(item, list):
            for inner in item:
                yield from found(inner)
        elif isinstance(item, dict):
            yield from (str(item[name]) for name in ("draw_string", "operator") if item.get(name))
            yield from found(item.get("items", []))

    return list(found(made.introspect()))

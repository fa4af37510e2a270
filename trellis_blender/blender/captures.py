# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture taken of the scene by a click: kept in memory, beside the file, so that taking it changes nothing there.

It is the source until another one is chosen, whatever undo does, and gone when another file is opened. Not in an Image
Editor: there what it shows is meant.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.image import Frame, Rgba
from . import listeners

_numbers = count(1)


@dataclass
class Before:
    """What was chosen when a picture was taken, by numbers of this session; 0 for none."""

    canvas: tuple[int, int]
    """The selected object that carries a picture, and that picture."""
    shown: dict[int, int]
    """By Image Editor, its image."""
    renders: int
    """How many renders were finished."""


@dataclass(frozen=True, eq=False)
class Capture:
    """One picture as it was taken. ``rgba`` is top-down 8-bit sRGB with straight alpha."""

    name: str
    rgba: Rgba
    scene_uid: int
    number: int
    before: Before

    @property
    def width(self) -> int:
        """Give the width in pixels."""
        return int(self.rgba.shape[1])

    @property
    def height(self) -> int:
        """Give the height in pixels."""
        return int(self.rgba.shape[0])

    def pixels(self) -> Frame:
        """Give it as the core takes it; nothing is copied, and nobody changes it."""
        return Frame(self.rgba, is_bottom_up=False)


_current: Capture | None = None


def keep(name: str, rgba: Rgba, scene: bpy.types.Scene, before: Before) -> Capture:
    """Make a picture the scene's source, in place of the one before."""
    global _current
    _current = Capture(name, rgba, scene.session_uid, next(_numbers), before)
    return _current


def of(scene: bpy.types.Scene) -> Capture | None:
    """Give the picture that was taken of a scene, if it is still the source."""
    return _current if _current is not None and _current.scene_uid == scene.session_uid else None


def drop() -> None:
    """Forget the picture: another source was picked."""
    global _current
    _current = None


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    drop()


_HEARD: Final = (("load_post", _opened_file),)


def register() -> None:
    """Forget pictures of files that are closed."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Forget the picture, and listen no longer."""
    listeners.ignore(*_HEARD)
    drop()

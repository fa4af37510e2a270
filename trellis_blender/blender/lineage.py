# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks of the .blend that is open, by which its jobs are told from others'; kept in its scenes. Knows no job.

They are held here, so that undo does not lose them, and a scene of another file does not bring any. Scenes have them
only where something was ordered.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.lineage import MARK, Lineage, from_text, new_mark, to_text
from . import listeners

_NAME: Final = "trellis_lineage"


class _State:
    """What is open; read from it when somebody asks for the first time."""

    def __init__(self) -> None:
        self.marks: tuple[str, ...] | None = None
        self.mark = ""
        """Of what is ordered from now on; among ``marks`` once something was."""
        self.path = ""
        """What the file was called when it was opened, or saved, last."""
        self.left: dict[str, tuple[str, ...]] = {}
        """What files had that were open in this run of Blender, by their paths: perhaps left without saving."""
        self.shown = Lineage()


_state = _State()


def current() -> Lineage:
    """Give what tells the jobs of the file that is open."""
    path, marks = bpy.data.filepath, frozenset(_marks())
    if (_state.shown.path, _state.shown.marks) != (path, marks):
        _state.shown = Lineage(path, marks)
    return _state.shown


def signed(origin: Mapping[str, str]) -> Mapping[str, str]:
    """Give the origin of what is ordered now with the mark, which the file carries from now on."""
    known = _marks()  # first: reading what is open begins without a mark
    _state.mark = _state.mark or new_mark()
    if _state.mark not in known:
        _state.marks = (*known, _state.mark)
    if bpy.data.filepath:
        _state.left[bpy.data.filepath] = _marks()
    _write()
    return {**origin, MARK: _state.mark}


def _marks() -> tuple[str, ...]:
    if _state.marks is None:
        _open(_read())
    return _state.marks or ()


def _open(marks: tuple[str, ...]) -> None:
    _state.marks, _state.mark, _state.path = marks, "", bpy.data.filepath


def _scenes() -> Iterator[bpy.types.Scene]:
    """Give the scenes that are this file's own."""
    return (scene for scene in bpy.data.scenes if scene.library is None and scene.override_library is None)


def _read() -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for scene in _scenes() for found in from_text(scene.get(_NAME))))


def _write(*, carries: bool = True) -> None:
    """Have all scenes carry the same: what an appended one brought was another file's."""
    text = to_text(_marks()) if carries else ""
    for scene in _scenes():
        if text and scene.get(_NAME) != text:
            scene[_NAME] = text
        elif not text and _NAME in scene.keys():  # noqa: SIM118  # not a mapping
            del scene[_NAME]


@persistent  # type: ignore[untyped-decorator]
def _opened(path: str) -> None:
    """Take its marks; *New* has no path, and what a startup file carries is not for every file made of it."""
    _open(tuple(dict.fromkeys((*_read(), *_state.left.get(bpy.data.filepath, ())))) if path else ())


@persistent  # type: ignore[untyped-decorator]
def _saves(path: str) -> None:
    """Have the marks in the file, also where undo has taken them out; not in a startup file, which has no path."""
    _write(carries=bool(path))


@persistent  # type: ignore[untyped-decorator]
def _saved(path: str) -> None:
    """Begin a new mark where there are two files now: what is ordered from here on is this one's alone."""
    if not path:
        _write()
        return
    if path != bpy.data.filepath or _state.path not in ("", path):
        _state.mark = ""
    _state.left[path] = _marks()
    _state.path = bpy.data.filepath


@persistent  # type: ignore[untyped-decorator]
def _not_saved(_path: str) -> None:
    _write()


@persistent  # type: ignore[untyped-decorator]
def _undoes(*_arguments: Any) -> None:
    """Read what is open while it still has its marks: since the extension was switched on nobody may have asked."""
    _marks()


@persistent  # type: ignore[untyped-decorator]
def _undone(*_arguments: Any) -> None:
    """Have the marks in the scenes once more: an auto-save is written without a word."""
    if _marks():
        _write()


_HEARD: Final = (
    ("load_post", _opened), ("save_pre", _saves), ("save_post", _saved), ("save_post_fail", _not_saved),
    ("undo_pre", _undoes), ("redo_pre", _undoes), ("undo_post", _undone), ("redo_post", _undone),
)  # fmt: skip


def register() -> None:
    """Know nothing of the file yet, and listen."""
    global _state
    _state = _State()
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer; what the file carries stays in it."""
    listeners.ignore(*_HEARD)

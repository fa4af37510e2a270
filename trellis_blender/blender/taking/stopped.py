# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a render of ours that was stopped from one that is finished. Knows no picture.

Undo, another render, a bake, and the window's closing end a job before its time. Blender writes what there is of the
picture then, and tells of a finished render all the same; only Esc it tells as what it is.
"""

from dataclasses import dataclass
from typing import Any, Final

import bpy

from ...core.errors import SourceError
from .. import listeners, renders


@dataclass
class _Watched:
    """A render: of which scene, as a job of which window, by its address."""

    scene_name: str
    window: int
    is_over: bool = False
    was_stopped: bool = False
    by_artist: bool = False
    others: int = 0
    """How many renders of others were finished when it began."""


@dataclass
class _Stopped:
    """A render of a scene that was stopped, and the source beside which it was first said; None until then."""

    scene_uid: int
    others: int
    source: str | None = None


_watched: _Watched | None = None
_stopped: _Stopped | None = None


def begin(scene_name: str, window: bpy.types.Window) -> None:
    """Watch the next render of a scene of ours; :func:`end` ends that."""
    global _watched, _stopped
    end()
    _stopped = None
    _watched = _Watched(scene_name, window.as_pointer(), others=renders.finished())
    listeners.listen(*_HEARD)


def end() -> None:
    """Listen no longer. Harmless when nothing is watched."""
    global _watched
    _watched = None
    listeners.ignore(*_HEARD)


def forget() -> None:
    """Say nothing any more of what was stopped."""
    global _stopped
    _stopped = None


def fault() -> SourceError:
    """Give what there is to say."""
    return SourceError("The render was stopped. Render the selection once more.")


def check(scene: bpy.types.Scene | None) -> None:
    """Raise :class:`SourceError` when the render that has ended was stopped.

    :func:`told` says so from then on, unless it was by the artist's own Esc.
    """
    global _stopped
    windows = [window.as_pointer() for window in bpy.context.window_manager.windows]
    if _watched is None:
        return
    # A bake that runs by now has stopped ours as it began; Blender may tell of it later.
    if _watched.was_stopped or _watched.window not in windows or bpy.app.is_job_running("OBJECT_BAKE"):
        _stopped = _told_of(scene, _watched)
        raise fault()


def _told_of(scene: bpy.types.Scene | None, render: _Watched) -> _Stopped | None:
    return _Stopped(scene.session_uid, render.others) if scene is not None and not render.by_artist else None


def told(scene: bpy.types.Scene, source: str) -> str:
    """Give what the artist has to know of the scene's last render, or nothing; ``source`` is what would be sent.

    It asks for another one; once something else is chosen or rendered, nobody wants that any more.
    """
    global _stopped
    if _stopped is None or scene.session_uid != _stopped.scene_uid:
        return ""
    if _stopped.source is None:
        _stopped.source = source
    if source != _stopped.source or renders.finished() > _stopped.others:
        _stopped = None
        return ""
    return str(fault())


def _ends(scene: bpy.types.Scene, *_arguments: Any) -> None:
    if _watched is not None and scene.name == _watched.scene_name:
        _watched.is_over = True


def _is_cancelled(scene: bpy.types.Scene, *_arguments: Any) -> None:
    """Hear of Esc, of which nothing has to be said: the artist pressed it."""
    if _watched is not None and scene.name == _watched.scene_name:
        _watched.by_artist = not _watched.was_stopped
        _watched.was_stopped = True


def _another_begins(_scene: bpy.types.Scene, *_arguments: Any) -> None:
    """Hear of another render: if ours is over by then and was not fetched, it was over because of that."""
    if _watched is not None and _watched.is_over:
        _watched.was_stopped = True


def _goes_back(*_arguments: Any) -> None:
    """Hear of undo, for which Blender stops every job."""
    if _watched is not None:
        _watched.was_stopped = True


_HEARD: Final = (
    ("render_complete", _ends), ("render_cancel", _is_cancelled), ("render_init", _another_begins),
    ("object_bake_pre", _another_begins), ("undo_pre", _goes_back), ("redo_pre", _goes_back),
)  # fmt: skip

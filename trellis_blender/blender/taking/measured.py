# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the frame anew around what a render itself shows, before it begins. Changes nothing but a camera of ours.

Modifiers, nodes, hair and particles may be others in a render than in a viewport. Blender tells of a frame as soon as
a render has evaluated it, in the render's own thread, and evaluates once more what is changed then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import bpy

from ...core.errors import SourceError
from .. import listeners
from . import framing

NOT_MEASURED: Final = (
    "The picture is framed by what viewports show: what only renders show may be cut off. "
    "Look at it before you send it."
)
_NOTHING_SEEN: Final = 1.001
"""How many times further than it begins the view ends when there is no picture to be had: that renders in no time."""


@dataclass
class _Sitting:
    """What is rendered, from where, and what came of it."""

    scene_name: str
    view: framing.View
    frame: framing.Frame
    """As the camera has it: around what viewports show, until it is measured."""
    adjusted: Callable[[framing.Frame], framing.Frame]
    room: float
    is_measured: bool = False
    fault: str = ""


_sitting: _Sitting | None = None


def _as_it_is(frame: framing.Frame) -> framing.Frame:
    return frame


def begin(
    scene: bpy.types.Scene, view: framing.View, frame: framing.Frame,
    adjusted: Callable[[framing.Frame], framing.Frame] = _as_it_is, *, room: float = 0.0,
) -> None:  # fmt: skip
    """Have the frame of a scene of ours drawn anew when it is rendered; :func:`end` ends that.

    ``adjusted`` gives the frame to take for the one that was measured, ``room`` how far the subject may reach beyond
    what was measured, along the view.
    """
    global _sitting
    end()
    _sitting = _Sitting(scene.name, view, frame, adjusted, room)
    listeners.listen(_HEARD)


def end() -> None:
    """Listen no longer. Harmless when nothing is measured."""
    global _sitting
    _sitting = None
    listeners.ignore(_HEARD)


def frame() -> framing.Frame | None:
    """Give the frame that the camera has, while something is measured."""
    return _sitting.frame if _sitting is not None else None


def fault() -> str:
    """Give why no frame holds what was to be rendered, or nothing."""
    return _sitting.fault if _sitting is not None else ""


def warning() -> str:
    """Give what the artist has to know of the frame once it is rendered, or nothing."""
    return NOT_MEASURED if _sitting is not None and not _sitting.is_measured else ""


def _evaluated(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph | None = None) -> None:
    """Hear that a frame was evaluated; once more without objects for the compositor, and for viewports."""
    sitting = _sitting
    if sitting is None or sitting.is_measured or depsgraph is None or scene.name != sitting.scene_name:
        return
    if depsgraph.mode != "RENDER" or not len(depsgraph.objects) or scene.camera is None:
        return
    corners = framing.corners_rendered(depsgraph)
    if corners:
        try:
            frame = sitting.adjusted(framing.around(sitting.view, corners))
        except SourceError as error:
            sitting.fault = str(error)
            scene.camera.data.clip_end = sitting.view.clip_start * _NOTHING_SEEN
            return
        if not sitting.view.is_perspective or not framing.is_same(frame, sitting.frame):
            framing.aim(scene.camera, sitting.view, frame, corners, room=sitting.room)
        sitting.frame = frame
    sitting.is_measured = True


_HEARD: Final = ("frame_change_post", _evaluated)

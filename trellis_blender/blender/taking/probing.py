# SPDX-License-Identifier: GPL-3.0-or-later
"""The renders that one picture takes: of what a material pushes out, small ones first, to see how far it reaches.

Changes nothing but a scene of ours, and renders nothing itself.
"""

from collections.abc import Generator, Iterator
from functools import partial
from typing import Any, Final

import bpy
import numpy as np

from ...core import pixels
from ...core.errors import SourceError
from ...core.image import Rgba, TargaFile
from . import framing, measured, stopped
from .framing import Frame
from .stage import PROBE_SIZE, Stage

WIDER: Final = 4.0
"""How many times the side of what it would be without displacement is looked at first, and each time it is more."""
WIDEST: Final = 64.0
_SAMPLES: Final = 4
_SEEN: Final = 8
"""Of 255: what is less opaque is not framed."""

_Settings = list[tuple[str, str, Any]]


def passes(made: Stage) -> Iterator[None]:
    """Set a scene of ours up for one render after the other; the last one is the picture.

    Raises :class:`SourceError` when there is nothing to go on with after a render.
    """
    measured.begin(_scene(made), made.view, made.frame)
    if made.is_displaced:
        found = yield from _look(made)
        measured.begin(_scene(made), made.view, made.frame, lambda _measured: found, room=found.half)
    yield


def _look(made: Stage) -> Generator[None, None, Frame]:
    """Render what is around the frame, more of it each time, until all of the subject is in; give its frame."""
    before = _set(made, _small(_scene(made)))
    spread = WIDER
    while True:
        wider = partial(_spread, by=spread)
        measured.begin(_scene(made), made.view, made.frame, wider, room=made.frame.half * spread)
        yield
        if fault := measured.fault():
            raise SourceError(fault)
        frame, rgba = measured.frame() or made.frame, pixels.read_targa(TargaFile(made.path))
        if spread >= WIDEST or _is_all_in(rgba):
            break
        spread *= WIDER
    _set(made, before)
    return _around_subject(rgba, frame) or _spread(frame, by=1 / spread)


def _small(scene: bpy.types.Scene) -> _Settings:
    """Give what has a scene render in no time."""
    width, height = PROBE_SIZE
    wanted: _Settings = [("render", "resolution_x", width), ("render", "resolution_y", height)]
    if hasattr(scene, "cycles"):
        wanted += [("cycles", "samples", _SAMPLES), ("cycles", "use_denoising", False)]
    return [*wanted, ("eevee", "taa_render_samples", _SAMPLES)]


def _set(made: Stage, values: _Settings) -> _Settings:
    """Set what a scene of ours is rendered with; give what was set."""
    scene = _scene(made)
    before = [(owner, name, getattr(getattr(scene, owner), name)) for owner, name, _value in values]
    for owner, name, value in values:
        setattr(getattr(scene, owner), name, value)
    return before


def _scene(made: Stage) -> bpy.types.Scene:
    scene = bpy.data.scenes.get(made.scene_name)
    if scene is None:  # undo, or another file, took it while it rendered
        raise stopped.fault()
    return scene


def _spread(frame: Frame, *, by: float) -> Frame:
    return Frame(frame.x, frame.y, frame.half * by)


def _is_all_in(rgba: Rgba) -> bool:
    """Whether there is something to be seen, and none of it at the edge: all of it may have gone beyond that."""
    is_seen = rgba[..., 3] > _SEEN
    return bool(is_seen.any()) and not any(
        side.any() for side in (is_seen[0], is_seen[-1], is_seen[:, 0], is_seen[:, -1])
    )


def _around_subject(rgba: Rgba, frame: Frame) -> Frame | None:
    """Give the frame around what is to be seen in a picture of a frame; or None for nothing."""
    is_seen = rgba[..., 3] > _SEEN
    rows, columns = np.flatnonzero(is_seen.any(axis=1)), np.flatnonzero(is_seen.any(axis=0))
    if not len(rows):
        return None
    height, width = is_seen.shape
    pixel = 2 * frame.half / width  # the width is what a frame is of
    left, right = int(columns[0]), int(columns[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    half = max(right - left, bottom - top) * pixel / 2 * (1 + 2 * framing.MARGIN)
    return Frame(
        frame.x + ((left + right) / 2 - width / 2) * pixel, frame.y + (height / 2 - (top + bottom) / 2) * pixel, half
    )

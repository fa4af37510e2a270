# SPDX-License-Identifier: GPL-3.0-or-later
"""Name, stage and percent of running jobs, drawn in viewports over their placeholders. Knows no session, no engine.

The handler is there only while there is something to draw, and draws what was worked out before. Labels that would
cover each other stand one above another, as those of all that was ordered at the 3D cursor.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import blf
import bpy
import gpu
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader
from mathutils import Vector

from ..core.stacking import Rectangle, lifted
from . import placeholder, screens
from .identity import PACKAGE
from .language import said

SWITCH = "viewport_progress"
"""The preference."""
_FONT = 0
_PADDING = 0.6
"""Of the size of the text."""
_RISE = 0.8
"""How far above the box, of the size of the text."""
_BAR = 0.25
_LINE = 1.4
_GAP = 0.3
"""Between two that stand one above another, of the size of the text."""
_MOST = 4
"""So many stand at one place; of more, the first ones, and how many others there are."""


@dataclass(frozen=True)
class Label:
    """What is drawn of one job; ``share`` is how far it is, 0–1, None where nobody knows."""

    job_id: str
    name: str
    stage: str
    share: float | None = None


@dataclass(frozen=True)
class _Drawn:
    item: str
    label: Label


_labels: tuple[Label, ...] = ()
_drawn: tuple[_Drawn, ...] = ()
_handler: Any = None
_is_stale = False
"""Whether a placeholder is called otherwise than when it was last looked for."""


def is_wanted() -> bool:
    """Whether the artist wants it, and there are viewports to draw it in."""
    return not bpy.app.background and bool(getattr(bpy.context.preferences.addons[PACKAGE].preferences, SWITCH))


def show(labels: Iterable[Label]) -> None:
    """Have these shown from now on; has nothing drawn again when they are the same."""
    global _labels, _drawn, _is_stale
    wanted = tuple(labels) if is_wanted() else ()
    if wanted == _labels and not _is_stale:
        return
    _labels, _is_stale = wanted, False
    standing = placeholder.all_standing() if wanted else {}
    _drawn = tuple(_Drawn(item.name, label) for label in wanted for item in standing.get(label.job_id, ()))
    _switch(on=bool(_drawn))
    screens.redraw_viewports()


def is_drawing() -> bool:
    """Whether the handler is there."""
    return _handler is not None


def _switch(*, on: bool) -> None:
    global _handler
    if on and _handler is None:
        _handler = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")
    elif not on and _handler is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
        _handler = None


def _draw() -> None:
    """Draw into the viewport at hand; Blender calls it, and never for a render."""
    context = bpy.context
    space, region, view = context.space_data, context.region, context.region_data
    if not isinstance(space, bpy.types.SpaceView3D) or not space.overlay.show_overlays or view is None:
        return
    placed: list[Rectangle] = []
    for place, label in _standing_at(_places(context, space, region, view)):
        placed.append(_draw_label(context, place, label, placed))


def _places(context: Any, space: Any, region: Any, view: Any) -> dict[tuple[float, ...], list[tuple[Vector, Label]]]:
    """Give what is seen here, and where on the screen; by the place in the world, each as it was ordered."""
    global _is_stale
    found: dict[tuple[float, ...], list[tuple[Vector, Label]]] = {}
    for entry in _drawn:
        item = context.view_layer.objects.get(entry.item)
        if not _is_meant(item, entry):
            _is_stale = _is_stale or not _is_meant(bpy.data.objects.get(entry.item), entry)  # else in another scene
            continue
        if not item.visible_get(viewport=space):
            continue
        top = _top(item)
        place = location_3d_to_region_2d(region, view, top)
        if place is not None:
            found.setdefault(top.to_tuple(), []).append((place, entry.label))
    return found


def _is_meant(item: bpy.types.Object | None, entry: _Drawn) -> bool:
    return item is not None and placeholder.is_of(item, entry.label.job_id)


def _standing_at(places: dict[tuple[float, ...], list[tuple[Vector, Label]]]) -> Iterator[tuple[Vector, Label]]:
    """Give what is drawn, of each place from below: what was ordered first stands on top."""
    for here in places.values():
        shown = here if len(here) <= _MOST else here[: _MOST - 1]
        if running := len(here) - len(shown):
            yield here[0][0], Label("", "", said(f"{running} more are running"))
        yield from reversed(shown)


def _top(item: bpy.types.Object) -> Vector:
    """Give the middle of the top of an object's box, in the world."""
    corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
    middle = sum(corners, Vector()) / len(corners)
    return Vector((middle.x, middle.y, max(corner.z for corner in corners)))


def _draw_label(context: bpy.types.Context, place: Vector, label: Label, placed: Iterable[Rectangle]) -> Rectangle:
    """Draw a label above a place, and above those that are drawn there already; give what it covers."""
    look: Any = context.preferences.themes[0].user_interface
    size = context.preferences.ui_styles[0].widget.points * context.preferences.system.ui_scale
    blf.size(_FONT, size)
    lines = [text for text in (label.stage, label.name) if text]
    width = max(blf.dimensions(_FONT, text)[0] for text in lines)
    pad, line = size * _PADDING, size * _LINE
    bar = size * _BAR if label.share is not None else 0.0
    left, bottom = place.x - width / 2 - pad, place.y + size * _RISE
    wanted = Rectangle(left, bottom, left + width + 2 * pad, bottom + len(lines) * line + pad + bar)
    left, bottom, right, top = covered = lifted(wanted, placed, size * _GAP)
    _rectangle(left, bottom, right, top, (*look.wcol_tooltip.inner[:3], 0.8))
    if label.share is not None:
        end = left + (right - left) * min(max(label.share, 0.0), 1.0)
        _rectangle(left, bottom, end, bottom + bar, (*look.wcol_progress.item[:3], 1.0))
    red, green, blue = look.wcol_tooltip.text[:3]
    blf.color(_FONT, red, green, blue, 1.0)
    for height, text in enumerate(lines):
        blf.position(_FONT, left + pad, bottom + bar + pad + height * line, 0.0)
        blf.draw(_FONT, text)
    return covered


def _rectangle(left: float, bottom: float, right: float, top: float, colour: tuple[float, ...]) -> None:
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    corners = ((left, bottom), (right, bottom), (left, top), (right, top))
    batch = batch_for_shader(shader, "TRI_STRIP", {"pos": corners})
    gpu.state.blend_set("ALPHA")
    shader.uniform_float("color", colour)
    batch.draw(shader)
    gpu.state.blend_set("NONE")


def register() -> None:
    """Draw nothing yet."""


def unregister() -> None:
    """Draw nothing more."""
    global _labels, _drawn, _is_stale
    _labels, _drawn, _is_stale = (), (), False
    _switch(on=False)

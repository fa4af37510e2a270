# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the animation of a datablock is, and what it moves: actions, slots, tracks. Knows no object's kind."""

from collections.abc import Iterable, Iterator
from typing import Any

import bpy

GONE = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What an animation of something that is not there, or cannot be set, gives."""
_SAME = 1e-4
"""Of the value, or of 1: nobody sees less."""


def owners(depsgraph: bpy.types.Depsgraph) -> list[bpy.types.ID]:
    """Give the animated datablocks that are evaluated."""
    found = dict.fromkeys(item.original for item in depsgraph.ids)
    return [item for item in found if getattr(item, "animation_data", None) is not None]


def actions(item: bpy.types.ID) -> Iterator[bpy.types.Action]:
    """Give the actions that move a datablock, also those on its tracks."""
    data = item.animation_data  # type: ignore[attr-defined]
    if data.action is not None:
        yield data.action
    for track in data.nla_tracks:
        yield from _actions_in(track.strips)


def _actions_in(strips: Iterable[bpy.types.NlaStrip]) -> Iterator[bpy.types.Action]:
    for strip in strips:
        if strip.action is not None:
            yield strip.action
        yield from _actions_in(strip.strips)


def channels(action: bpy.types.Action) -> Iterator[Any]:
    """Give the lists of curves in an action: one of each slot, or the only one of Blender 4.3 and before."""
    if not hasattr(bpy.types, "ActionChannelbag"):
        yield action.fcurves  # type: ignore[attr-defined]
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:  # type: ignore[attr-defined]
                yield bag.fcurves


def mutes(curves: Any) -> list[bool]:
    """Give which of these curves are muted."""
    found = [False] * len(curves)
    curves.foreach_get("mute", found)
    return found


def paths(item: bpy.types.ID) -> set[str]:
    """Give the paths that are animated in a datablock, and maybe some of another slot's."""
    return {curve.data_path for action in actions(item) for curves in channels(action) for curve in curves}


def value(item: bpy.types.ID, path: str) -> Any:
    """Give an animated value, or None when there is none."""
    try:
        found: Any = item.path_resolve(path)
    except GONE:
        return None
    return found if isinstance(found, int | float | str) else tuple(found) if hasattr(found, "__len__") else None


def is_unkeyed(item: bpy.types.ID, frame: float) -> bool:
    """Whether a datablock may be other than its animation says: of tracks, and where in doubt, it is taken to be."""
    if item.animation_data.nla_tracks:  # type: ignore[attr-defined]
        return True
    return any(
        not curve.mute and _differs(value(item, curve.data_path), curve, frame)
        for action in actions(item)
        for curves in channels(action)
        for curve in curves
    )


def _differs(found: Any, curve: bpy.types.FCurve, frame: float) -> bool:
    if isinstance(found, tuple):
        found = found[curve.array_index] if curve.array_index < len(found) else None
    if not isinstance(found, int | float):
        return found is not None
    keyed = curve.evaluate(frame)
    # A whole number is cut or rounded from its curve.
    return abs(found - keyed) > (1.0 if isinstance(found, int) else _SAME * max(1.0, abs(keyed)))

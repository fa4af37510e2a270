# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what the artist has moved and not keyed yet while a render evaluates the frame anew. Knows no object's kind."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

_OWN_PROPERTY = re.compile(r'^(?P<owner>.*)\["(?P<name>(?:[^"\\]|\\.)*)"\]$')
_PROPERTY = re.compile(r"^(?:(?P<owner>.*)\.)?(?P<name>\w+)$")
_GONE = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What an animation of something that is not there, or cannot be set, gives."""


@contextmanager
def kept(context: bpy.types.Context) -> Iterator[None]:
    """Have every animation of the view layer stand still, as it is seen now; then it goes on, with the same values.

    What only other scenes and hidden objects use is not evaluated here, so that what is seen of it may be of another
    frame: that goes on all the while.
    """
    layer, depsgraph = context.view_layer, context.evaluated_depsgraph_get()
    owners = _animated(depsgraph)
    values = {(item, path): _value(item, path) for item in owners for path in _paths(item)}
    actions = list(dict.fromkeys(action for item in owners for action in _actions_of(item)))
    muted = [(curves, _mutes(curves)) for action in actions for curves in _curves(action)]
    for curves, mutes in muted:
        curves.foreach_set("mute", [True] * len(mutes))
    try:
        yield
    finally:
        for curves, mutes in muted:
            curves.foreach_set("mute", mutes)
        for action in actions:
            action.update_tag()
        layer.update()  # whatever is evaluated anew by this is, before the values come back
        if _restore(values):
            layer.update()


def _animated(depsgraph: bpy.types.Depsgraph) -> list[bpy.types.ID]:
    owners = dict.fromkeys(item.original for item in depsgraph.ids)
    return [item for item in owners if getattr(item, "animation_data", None) is not None]


def _actions_of(item: bpy.types.ID) -> Iterator[bpy.types.Action]:
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


def _curves(action: bpy.types.Action) -> Iterator[Any]:
    """Give the lists of curves in an action: one of each slot, or the only one of Blender 4.3 and before."""
    if not hasattr(bpy.types, "ActionChannelbag"):
        yield action.fcurves  # type: ignore[attr-defined]
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:  # type: ignore[attr-defined]
                yield bag.fcurves


def _mutes(curves: Any) -> list[bool]:
    mutes = [False] * len(curves)
    curves.foreach_get("mute", mutes)
    return mutes


def _paths(item: bpy.types.ID) -> set[str]:
    """Give the paths that are animated in a datablock, and maybe some of another slot's."""
    return {curve.data_path for action in _actions_of(item) for curves in _curves(action) for curve in curves}


def _value(item: bpy.types.ID, path: str) -> Any:
    """Give an animated value, or None when there is none."""
    try:
        value: Any = item.path_resolve(path)
    except _GONE:
        return None
    return value if isinstance(value, int | float | str) else tuple(value) if hasattr(value, "__len__") else None


def _restore(values: dict[tuple[bpy.types.ID, str], Any]) -> bool:
    """Set what has changed as it was; give whether anything had."""
    changed = [(item, path, value) for (item, path), value in values.items() if value != _value(item, path)]
    for item, path, value in changed:
        try:
            _set(item, path, value)
        except _GONE:
            continue  # read-only, so that an animation does not change it either
    return bool(changed)


def _set(item: bpy.types.ID, path: str, value: Any) -> None:
    own, built_in = _OWN_PROPERTY.match(path), _PROPERTY.match(path)
    found = own or built_in
    if found is None:
        raise ValueError(path)
    owner: Any = item.path_resolve(found["owner"]) if found["owner"] else item
    if built_in is not None and own is None:
        setattr(owner, found["name"], value)
        return
    name = re.sub(r"\\(.)", r"\1", found["name"])
    if isinstance(value, tuple):
        for index, number in enumerate(value):
            owner[name][index] = number
    else:
        owner[name] = value
    item.update_tag()  # setting such a property tells nobody

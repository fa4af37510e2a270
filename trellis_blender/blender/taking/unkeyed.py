# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what the artist has moved and not keyed yet while a render evaluates the frame anew. Knows no object's kind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from . import animation

_OWN_PROPERTY = re.compile(r'^(?P<owner>.*)\["(?P<name>(?:[^"\\]|\\.)*)"\]$')
_PROPERTY = re.compile(r"^(?:(?P<owner>.*)\.)?(?P<name>\w+)$")


@contextmanager
def kept(context: bpy.types.Context) -> Iterator[None]:
    """Have every animation of the view layer stand still, as it is seen now; then it goes on, with the same values.

    What only other scenes and hidden objects use is not evaluated here, so that what is seen of it may be of another
    frame: that goes on all the while.
    """
    layer, depsgraph = context.view_layer, context.evaluated_depsgraph_get()
    owners = animation.owners(depsgraph)
    values = {(item, path): animation.value(item, path) for item in owners for path in animation.paths(item)}
    actions = list(dict.fromkeys(action for item in owners for action in animation.actions(item)))
    muted = [(curves, animation.mutes(curves)) for action in actions for curves in animation.channels(action)]
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


def _restore(values: dict[tuple[bpy.types.ID, str], Any]) -> bool:
    """Set what has changed as it was; give whether anything had."""
    changed = [(item, path, value) for (item, path), value in values.items() if value != animation.value(item, path)]
    for item, path, value in changed:
        try:
            _set(item, path, value)
        except animation.GONE:
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

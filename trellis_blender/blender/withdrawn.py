# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a blockout whose place was taken: hidden, with a note of how they were, and shown again by that.

Knows nothing of what took their place.
"""

from contextlib import suppress
from typing import Any, Final

import bpy

from . import bodies, parts, presence

SUFFIX: Final = " Proxy"
_NOTE: Final = "trellis_withdrawn"
"""On what was hidden: its name, and where it was to be seen."""
_CALLED: Final = "trellis_called"
"""On what was shown again while another had its name: that name, and what it is called instead."""


def hide(old: bpy.types.Object) -> None:
    """Hide it in every view layer that shows it, and in renders.

    An excluded layer collection takes no note of what is hidden in it: what all view layers of a scene exclude is
    disabled in viewports, else it would be seen as soon as one of them does not. What Blender refuses to hide stays
    to be seen, see :func:`is_seen`: the new object was paid for.
    """
    if old.library is None and not is_one(old):
        is_hidden = _hiding(old)
        old[_NOTE] = {
            "name": _first_name(old),
            "render": not old.hide_render,
            "viewport": not old.hide_viewport,
            "eye": not is_hidden or not all(is_hidden),
        }
    for scene in old.users_scene:
        layers = _having(old, scene)
        for layer in layers if scene.library is None else ():
            with suppress(RuntimeError):
                old.hide_set(True, view_layer=layer)
        if not layers and old.library is None:
            old.hide_viewport = True
    if old.library is None:
        old.hide_render = True
    bodies.withdraw(old)


def is_one(item: bpy.types.Object | None) -> bool:
    """Whether an object was hidden by :func:`hide`, and not shown again since. Cheap enough for polling."""
    return item is not None and item.library is None and item.get(_NOTE) is not None


def show(item: bpy.types.Object) -> bpy.types.Object:
    """Show again all that was hidden with an object, as it was, and give the one that holds it.

    It is called as before, unless what took its place is: then as soon as it is shown again and its name is free.
    """
    while is_one(item.parent) and item.parent is not None:
        item = item.parent
    noted = _read(item)
    for other in (item, *item.children_recursive):
        if is_one(other):
            _show(other)
    name = str(noted.get("name", ""))
    is_free = not any(other.name == name and other.library is None for other in bpy.data.objects)
    if name and is_free and SUFFIX in item.name:
        item.name = name
        parts.name(item, [part for part in parts.of(item) if part.library is None])
    elif name and SUFFIX in item.name:
        item[_CALLED] = {"first": name, "now": item.name}
    return item


def is_seen(item: bpy.types.Object) -> bool:
    """Whether an object is not hidden by itself in a view layer of this file that has it."""
    return not item.hide_viewport and not all(_hiding(item))


def _first_name(old: bpy.types.Object) -> str:
    """Give what an object was called before its place was taken for the first time, unless the artist renamed it."""
    called = _read(old, _CALLED)
    if old.get(_CALLED) is not None:
        del old[_CALLED]
    return str(called["first"]) if called.get("now") == old.name and called.get("first") else old.name


def _show(item: bpy.types.Object) -> None:
    noted = _read(item)
    item.hide_render = item.hide_render and not noted.get("render", True)
    item.hide_viewport = item.hide_viewport and not noted.get("viewport", True)
    for scene in item.users_scene if noted.get("eye", True) else ():
        for layer in _having(item, scene) if scene.library is None else ():
            item.hide_set(False, view_layer=layer)
    bodies.rejoin(item)
    del item[_NOTE]


def _read(item: bpy.types.Object, key: str = _NOTE) -> dict[str, Any]:
    """Give a note on an object; an empty one where somebody has written something else there."""
    noted: Any = item.get(key)
    return noted.to_dict() if hasattr(noted, "to_dict") else {}


def _hiding(item: bpy.types.Object) -> list[bool]:
    """Give of each view layer of this file that has an object whether it is hidden there."""
    layers = (layer for scene in item.users_scene if scene.library is None for layer in _having(item, scene))
    return [item.hide_get(view_layer=layer) for layer in layers]


def _having(item: bpy.types.Object, scene: bpy.types.Scene) -> list[bpy.types.ViewLayer]:
    return [layer for layer in scene.view_layers if presence.has(layer.objects, item)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects the scene's own render has, as the collections decide it. Changes nothing."""

from collections.abc import Iterable, Iterator

import bpy


def among(items: Iterable[bpy.types.Object], layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Give those objects of a view layer that no collection keeps out of its render."""
    collections = list(_walk(layer.layer_collection, is_hidden=False))
    if not any(is_hidden for _, is_hidden in collections):
        return list(items)  # a panel asks at every draw, and most files hide nothing
    seen = {item for collection, is_hidden in collections if not is_hidden for item in collection.objects}
    return [item for item in items if item in seen]


def is_seen(item: bpy.types.Object, layer: bpy.types.ViewLayer) -> bool:
    """Whether a camera would see it: not as a hole, and not in what others reflect alone. Lamps light all the same."""
    return not (item.is_holdout or item.holdout_get(view_layer=layer) or item.indirect_only_get(view_layer=layer))


def _walk(layer: bpy.types.LayerCollection, *, is_hidden: bool) -> Iterator[tuple[bpy.types.Collection, bool]]:
    """Give every collection of a view layer, and whether it or one around it is disabled in renders."""
    is_hidden = is_hidden or layer.collection.hide_render
    if not layer.exclude:  # one inside may be included again
        yield layer.collection, is_hidden
    for inner in layer.children:
        yield from _walk(inner, is_hidden=is_hidden)

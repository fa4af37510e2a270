# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's selection, active object and active collection: kept over an import, or handed over. Knows no file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy

from . import footing, presence


@contextmanager
def kept(*, unless: bool) -> Iterator[dict[int, int]]:
    """Give the artist back the selection, the active object and the active collection; ``unless`` all went well.

    What is given is to say which object, by its number, is selected and active in place of one that goes meanwhile.
    The importer works in the scene's own collection meanwhile: the active one may be linked or excluded.
    """
    layer = bpy.context.view_layer
    # By their numbers: what stood for the object may go, and be selected.
    selected = {item.session_uid for item in layer.objects if item is not None and item.select_get()}
    active = layer.objects.active.session_uid if layer.objects.active is not None else 0
    collection = layer.active_layer_collection.collection
    layer.active_layer_collection = layer.layer_collection
    done, heirs = False, dict[int, int]()
    try:
        yield heirs
        done = True
    finally:
        if bpy.context.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")  # the importer edits armatures, and may fail there
        # Found anew: linking objects makes Blender rebuild its layer collections.
        _activate(layer, collection)
        if not (unless and done):
            present = [item for item in layer.objects if item is not None]
            gone = heirs.keys() - {item.session_uid for item in present}
            selected |= {heirs[number] for number in gone & selected}
            active = heirs[active] if active in gone else active
            for item in present:
                item.select_set(item.session_uid in selected)
            layer.objects.active = next((item for item in present if item.session_uid == active), None)


@contextmanager
def lent(active: bpy.types.Object, *selected: bpy.types.Object) -> Iterator[None]:
    """Have an operator find an object active and others selected; after it all is as it was.

    Where one is not in the view layer, the scene has it meanwhile. An operator must not be told of them by an override:
    see :mod:`.footing`.
    """
    layer = bpy.context.view_layer
    scene = bpy.context.scene
    window = next((item for item in bpy.context.window_manager.windows if item.view_layer == layer), None)
    was_active = layer.objects.active
    were_selected = [item for item in layer.objects if item is not None and item.select_get(view_layer=layer)]
    guests = [item for item in (active, *selected) if not presence.has(layer.objects, item)]
    for item in guests:
        scene.collection.objects.link(item)
    try:
        _choose(layer, were_selected, selected, active)
        with footing.at(window=window):  # no editor's: an object may be pinned there, or out of its local view
            yield
    finally:
        _choose(layer, selected, were_selected, was_active)
        for item in guests:
            scene.collection.objects.unlink(item)


def _choose(
    layer: bpy.types.ViewLayer, before: Iterable[bpy.types.Object], now: Iterable[bpy.types.Object],
    active: bpy.types.Object | None,
) -> None:  # fmt: skip
    for item in before:
        item.select_set(False, view_layer=layer)
    for item in now:
        item.select_set(True, view_layer=layer)
    layer.objects.active = active


def select_only(item: bpy.types.Object, *others: bpy.types.Object) -> None:
    """Make an object the active one, and it and others the selection, if this view layer shows it."""
    layer = bpy.context.view_layer
    if item not in set(layer.objects):
        return  # our collection is excluded from this view layer
    for other in layer.objects:
        other.select_set(other == item or other in others)
    layer.objects.active = item


def activate(item: bpy.types.Object) -> None:
    """Make an object the active one, and selected too, if this view layer has it."""
    layer = bpy.context.view_layer
    if item in set(layer.objects):
        layer.objects.active = item
        item.select_set(True)


def succeed(old: bpy.types.Object, new: bpy.types.Object) -> None:
    """Have an object be the active one where another was that is hidden now; it is not selected by that."""
    windows = bpy.context.window_manager.windows
    for layer in {bpy.context.view_layer, *(window.view_layer for window in windows)}:
        if layer.objects.active == old and new in set(layer.objects):
            layer.objects.active = new


def show_in_local_views(item: bpy.types.Object) -> None:
    """Have an object seen also where the artist looks at a few objects only."""
    for window in bpy.context.window_manager.windows:
        if item not in set(window.view_layer.objects):
            continue
        for area in window.screen.areas:
            space = area.spaces.active
            if isinstance(space, bpy.types.SpaceView3D) and space.local_view is not None:
                item.local_view_set(space, True)


def deselect(objects: list[bpy.types.Object], scene: bpy.types.Scene) -> None:
    """Begin unselected in every view layer: what is newly linked is selected there."""
    for layer in scene.view_layers:
        if layer != bpy.context.view_layer:
            layer.update()  # else a layer that nobody looks at has not heard of them yet
        present = set(layer.objects)
        for item in objects:
            if item in present:
                item.select_set(False, view_layer=layer)


def _activate(layer: bpy.types.ViewLayer, collection: bpy.types.Collection) -> None:
    waiting = [layer.layer_collection]
    while waiting:
        candidate = waiting.pop()
        if candidate.collection == collection:
            layer.active_layer_collection = candidate
            return
        waiting += candidate.children

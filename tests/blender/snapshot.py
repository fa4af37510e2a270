# SPDX-License-Identifier: GPL-3.0-or-later
"""Every RNA property of every datablock, as plain text that compares: what differs is named by its path."""

import warnings
from collections.abc import Collection, Iterator
from typing import Any

import bpy

_LONGEST_COLLECTION = 64
_UNREADABLE = "<cannot be read>"
_SKIPPED = frozenset({
    "rna_type", "bl_rna", "is_evaluated", "original", "id_data", "bl_idname", "depsgraph", "uv_sculpt", "storage_type",
})  # fmt: skip
"""Says of what type a thing is, or leads back to where one is; in 4.2 leads nowhere and so ends Blender; or is how 5.2
keeps an attribute, which every evaluation changes."""
_INTERFACE = frozenset({"all_ids", "screens", "workspaces", "window_managers", "brushes", "libraries"})
"""Not of the file's scenes: what windows show, and what came with Blender."""


def take(*, but: Collection[str] = ()) -> dict[str, str]:
    """Give path → value over all datablocks, and what of the window's state an artist would notice.

    ``but`` are collections of ``bpy.data`` that do not matter: a large mesh takes seconds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a property that Blender will take away one day is compared as well
        return _everything(but)


def _everything(but: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in bpy.data.bl_rna.properties:
        if kind.type != "COLLECTION" or kind.identifier in (*_INTERFACE, *but):
            continue
        for block in getattr(bpy.data, kind.identifier):
            found.update(_walk(block, f"{kind.identifier}[{block.name_full!r}]", set()))
    found.update(_bases())
    return found


def changes_since(before: dict[str, str]) -> list[str]:
    """Give what is not the same any more."""
    after = take()
    paths = sorted(before.keys() | after.keys())
    return [f"{p}: {before.get(p)} -> {after.get(p)}" for p in paths if before.get(p) != after.get(p)]


def _bases() -> Iterator[tuple[str, str]]:
    for scene in bpy.data.scenes:
        for layer in scene.view_layers:
            for item in layer.objects:
                states = (item.select_get(view_layer=layer), item.hide_get(view_layer=layer))
                yield f"{scene.name}/{layer.name}/{item.name}", repr((*states, item.visible_get(view_layer=layer)))


def _walk(thing: Any, path: str, above: set[int]) -> Iterator[tuple[str, str]]:
    address = thing.as_pointer()
    if address in above:
        return
    for key in thing.keys() if isinstance(thing, bpy.types.ID) else ():
        value = _filled(thing[key])
        if value is not None:
            yield f"{path}[{key!r}]", repr(value)
    for item in thing.bl_rna.properties:
        if item.identifier not in _SKIPPED:
            yield from _property(thing, item, f"{path}.{item.identifier}", above | {address})


def _filled(value: Any) -> Any:
    """Give a custom property without empty groups: reading an extension's settings makes them."""
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    if isinstance(value, dict):
        inner = {key: _filled(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not None} or None
    return value.to_list() if hasattr(value, "to_list") else value


def _property(thing: Any, item: Any, path: str, above: set[int]) -> Iterator[tuple[str, str]]:
    try:
        value = getattr(thing, item.identifier)
    except (AttributeError, TypeError, RuntimeError, UnicodeDecodeError, KeyError, ValueError):
        yield path, _UNREADABLE
        return
    if item.type == "POINTER":
        yield from _pointed(value, path, above)
    elif item.type == "COLLECTION":
        try:
            length = len(value)
        except TypeError:
            return
        yield f"{path}#", str(length)
        for number, inner in enumerate(value):
            if number < _LONGEST_COLLECTION:
                yield from _pointed(inner, f"{path}[{number}]", above)
    elif getattr(item, "is_array", False):
        yield path, repr(value[:] if hasattr(value, "__getitem__") else list(value))
    else:
        yield path, repr(value)


def _pointed(value: Any, path: str, above: set[int]) -> Iterator[tuple[str, str]]:
    if isinstance(value, bpy.types.ID) and not value.is_embedded_data:
        yield path, f"-> {value.name_full}"
    elif hasattr(value, "bl_rna") and hasattr(value, "as_pointer"):
        yield from _walk(value, path, above)
    else:
        yield path, repr(value)

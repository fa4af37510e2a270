# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything an extension can leave in Blender, as plain sets that compare."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import bpy

PACKAGE = "bl_ext.user_default.trellis_blender"
"""Where Blender puts the extension that was installed from the zip."""

_BASES = ("Operator", "Panel", "PropertyGroup", "AddonPreferences", "UIList", "Menu", "Header", "Gizmo", "GizmoGroup")


@dataclass(frozen=True)
class Footprint:
    """What is there now; two of them are equal when nothing came and nothing went."""

    classes: frozenset[str]
    handlers: tuple[str, ...]
    """With repeats: one function appended twice is a leak."""
    draw_functions: tuple[str, ...]
    properties: frozenset[str]
    """Every property of every type, Blender's own too: no name has to be guessed."""
    keymap_items: int
    threads: frozenset[str]


def take_footprint() -> Footprint:
    """Look at everything the extension may have registered or started."""
    return Footprint(
        classes=frozenset(_classes()),
        handlers=tuple(sorted(_handlers())),
        draw_functions=tuple(sorted(_draw_functions())),
        properties=frozenset(_properties()),
        keymap_items=_keymap_items(),
        threads=frozenset(thread.name for thread in threading.enumerate()),
    )


def _is_ours(thing: object) -> bool:
    module = getattr(thing, "__module__", None) or ""
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def _classes() -> Iterator[str]:
    waiting = [getattr(bpy.types, name) for name in _BASES]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if _is_ours(cls) and getattr(cls, "is_registered", False):
                yield f"{cls.__module__}.{cls.__qualname__}"


def _handlers() -> Iterator[str]:
    for name in dir(bpy.app.handlers):
        functions = getattr(bpy.app.handlers, name)
        if isinstance(functions, list):
            yield from (_named(name, function) for function in functions if _is_ours(function))


def _draw_functions() -> Iterator[str]:
    for name in dir(bpy.types):
        draw = getattr(getattr(bpy.types, name), "draw", None)
        for function in getattr(draw, "_draw_funcs", ()):
            if _is_ours(function):
                yield _named(name, function)


def _named(place: str, function: object) -> str:
    # Not its repr: an update loads the same function anew, at another address.
    return f"{place}: {getattr(function, '__module__', '')}.{getattr(function, '__qualname__', function)}"


def _properties() -> Iterator[str]:
    # Classes of the package itself come and go with registration and are compared as classes.
    for name in ("Scene", "Object", "WindowManager", "Image", "Material", "Mesh", "Collection", "World", "Screen"):
        for definition in getattr(bpy.types, name).bl_rna.properties:
            yield f"{name}.{definition.identifier}"


def _keymap_items() -> int:
    addon = bpy.context.window_manager.keyconfigs.addon
    return sum(len(keymap.keymap_items) for keymap in addon.keymaps) if addon else 0

# SPDX-License-Identifier: GPL-3.0-or-later
"""The sky of what is pictured: the artist's, without its fog, which covers every film. Lasting changes: none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import bpy

from .placed import MARK

_MAY_COPY: Final = bpy.app.version >= (4, 5)
"""Blender 4.2 counts what a copied world's nodes use once more for good. There it is for the time of a render, for
which Blender stands still, that the fog is muted."""
_muted: list[tuple[int, str, str]] = []
"""Links that were muted: a world by its number in this session, and what is linked."""


@contextmanager
def cleared(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> Iterator[None]:
    """Have a scene of the artist's drawn without fog, for a moment."""
    world, override = scene.world, layer.world_override
    try:
        clear_up(scene, layer)
        layer.update()
        yield
    finally:
        if scene.world != world:
            scene.world = world
        if layer.world_override != override:
            layer.world_override = override
        remove()
        layer.update()


def clear_up(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> None:
    """Leave the fog out of the worlds of a scene and a view layer of it; :func:`remove` ends that for one of ours."""
    if scene.world is not None and any(_fog(scene.world)):
        scene.world = _cleared(scene.world)
    if layer.world_override is not None and any(_fog(layer.world_override)):
        layer.world_override = _cleared(layer.world_override)


def remove() -> None:
    """Remove the worlds that are ours, and give the others their fog again. Harmless when there is none."""
    for world in [item for item in bpy.data.worlds if item.get(MARK)]:
        bpy.data.worlds.remove(world)
    for world in bpy.data.worlds if _muted else ():
        for link in list(_fog(world)):
            if _name(world, link) in _muted:
                link.is_muted = False
                world.update_tag()
    _muted.clear()


def _cleared(world: bpy.types.World) -> bpy.types.World:
    if not _MAY_COPY:
        for link in [link for link in _fog(world) if not link.is_muted]:
            _muted.append(_name(world, link))
            link.is_muted = True
        world.update_tag()  # EEVEE goes on with the shader that it has: a muted link is not told to it
        return world
    made = world.copy()
    made[MARK] = made.is_runtime_data = True
    for link in list(_fog(made)):
        made.node_tree.links.remove(link)
    return made


def _fog(world: bpy.types.World) -> Iterator[bpy.types.NodeLink]:
    """Give the links that fill a world with something."""
    tree = world.node_tree
    if tree is not None:
        for node in tree.nodes:
            if node.bl_idname == "ShaderNodeOutputWorld":
                yield from node.inputs["Volume"].links


def _name(world: bpy.types.World, link: bpy.types.NodeLink) -> tuple[int, str, str]:
    return world.session_uid, link.from_node.name, link.to_node.name

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which image gives a material the colour that is seen, followed back from its output. Reads no pixels, no objects."""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Final

import bpy

_RELIEF: Final = frozenset({
    "ShaderNodeNormalMap", "ShaderNodeBump", "ShaderNodeDisplacement", "ShaderNodeVectorDisplacement",
})  # fmt: skip
"""Nodes whose images are a surface's shape, and no picture."""
_MIXES: Final = frozenset({"ShaderNodeMix", "ShaderNodeMixRGB", "ShaderNodeMixShader"})
"""Nodes whose first input says how much there is of the third beside the second."""
_COLOURS: Final = frozenset({"Base Color", "Color", "Emission Color", "Emissive Color"})
"""Inputs that colour a surface; others of a shader tint its gloss."""
_SEEN_AS_COLOUR: Final = frozenset({"RGBA", "SHADER"})


class _Rank(IntEnum):
    """How sure an image is the one that is meant; the least is the surest."""

    SEEN = 0
    SEEN_DATA = 1
    """Numbers, not colours: shown only where there is nothing else."""
    LOOSE = 2
    """What is seen has no image, and this one is plugged into nothing else."""
    LOOSE_DATA = 3


def texture(materials: Iterable[bpy.types.Material]) -> Any:
    """Give the image node whose picture is meant by materials, of which the first are seen most; None for none."""
    trees = [material.node_tree for material in materials if material.node_tree is not None and _has_nodes(material)]
    found = [best for tree in trees for best in _ranked(tree)]
    return min(found, key=lambda ranked: ranked[0])[1] if found else None


def _has_nodes(material: bpy.types.Material) -> bool:
    """Whether a material is seen by its nodes; before Blender 5.0 they may be switched off."""
    return bpy.app.version >= (5, 0, 0) or material.use_nodes


def _ranked(tree: bpy.types.NodeTree) -> Iterator[tuple[_Rank, Any]]:
    """Give image nodes, in the order in which they count among those of their rank."""
    output = tree.get_output_node("ALL")  # type: ignore[attr-defined]
    seen = list(_behind(output.inputs["Surface"], (), set())) if output is not None else []
    for node in seen:
        yield (_Rank.SEEN_DATA if _is_data(node) else _Rank.SEEN), node
    if not seen:
        for node in _loose(tree, set()):
            yield (_Rank.LOOSE_DATA if _is_data(node) else _Rank.LOOSE), node


def _is_data(node: Any) -> bool:
    return bool(node.image.colorspace_settings.is_data)


def _is_picture(node: Any) -> bool:
    return node.bl_idname == "ShaderNodeTexImage" and node.image is not None


def _behind(inlet: Any, groups: tuple[Any, ...], passed: set[Any]) -> Iterator[Any]:
    """Give the image nodes whose colour reaches an input, inside ``groups``, the innermost last."""
    links = inlet.links if inlet.is_linked else ()
    for link in links:
        node, outlet = link.from_node, link.from_socket
        step = (*(group.as_pointer() for group in groups), node.as_pointer(), outlet.identifier)
        if link.is_muted or step in passed:
            continue
        passed.add(step)
        if _is_picture(node) and not node.mute:
            if outlet.identifier == "Color":
                yield node
            continue
        around, inlets = _before(node, outlet, groups)
        for before in inlets:
            yield from _behind(before, around, passed)


def _before(node: Any, outlet: Any, groups: tuple[Any, ...]) -> tuple[tuple[Any, ...], Sequence[Any]]:
    """Give the inputs that an output has its colour from, and the groups that they are inside of."""
    if node.mute:
        return groups, [link.from_socket for link in node.internal_links if link.to_socket == outlet]
    if node.bl_idname == "ShaderNodeGroup":
        inside = node.node_tree.nodes if node.node_tree is not None else ()
        ends = [end for end in inside if end.bl_idname == "NodeGroupOutput" and end.is_active_output]
        return (*groups, node), [inlet for end in ends for inlet in _of(end, outlet.identifier)]
    if node.bl_idname == "NodeGroupInput":
        return groups[:-1], _of(groups[-1], outlet.identifier) if groups else []
    return groups, _inlets(node)


def _of(node: Any, identifier: str) -> list[Any]:
    return [inlet for inlet in node.inputs if inlet.identifier == identifier]


def _inlets(node: Any) -> list[Any]:
    """Give the inputs that make a node's colour, the one that counts most first."""
    inlets = [inlet for inlet in node.inputs if inlet.enabled]
    if node.bl_idname in _RELIEF:
        return []
    if node.bl_idname in _MIXES:
        return _mixed(node, *inlets[:3])
    coloured = [inlet for inlet in inlets if inlet.type in _SEEN_AS_COLOUR]
    named = [inlet for inlet in coloured if inlet.name in _COLOURS]
    return named or coloured or inlets  # a ramp, say, makes colours of a number


def _mixed(node: Any, factor: Any, first: Any, second: Any) -> list[Any]:
    """Give both that are mixed, without one of which nothing is seen."""
    if factor.is_linked or not isinstance(factor.default_value, float):
        return [first, second]
    if factor.default_value <= 0.0:
        return [first]
    if getattr(node, "blend_type", "MIX") != "MIX":
        return [first, second]
    if factor.default_value >= 1.0:
        return [second]
    return [second, first] if factor.default_value > 0.5 else [first, second]


def _loose(tree: Any, within: set[Any]) -> Iterator[Any]:
    """Give the image nodes that may be meant though nothing is seen of them: those of a colour, then the active one."""
    within.add(tree.as_pointer())
    links = list(tree.links)
    coloured = [link.from_node for link in links if _is_colouring(link)]
    elsewhere = [link.from_node for link in links if not _is_colouring(link)]
    reliefs = [link.from_node for link in links if link.to_node.bl_idname in _RELIEF]
    free = [node for node in tree.nodes if node in coloured or node not in elsewhere]
    active = [tree.nodes.active] if tree.nodes.active in free else []
    yield from (node for node in (*coloured, *active, *free) if _is_picture(node))
    for node in (*coloured, *tree.nodes):
        inside = node.node_tree if node.bl_idname == "ShaderNodeGroup" and node not in reliefs else None
        if inside is not None and inside.as_pointer() not in within:
            yield from _loose(inside, within)


def _is_colouring(link: Any) -> bool:
    is_shape = link.to_node.bl_idname in _RELIEF or link.from_socket.identifier == "Alpha"
    return link.to_socket.type in _SEEN_AS_COLOUR and not is_shape

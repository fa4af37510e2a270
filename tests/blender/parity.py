# SPDX-License-Identifier: GPL-3.0-or-later
"""What an imported object is, corner by corner and node by node, so that two ways to import can be compared."""

from typing import Any

import bpy
import numpy as np

COLOUR_INPUTS = ("Base Color", "Metallic", "Roughness", "Alpha")


def corners(item: bpy.types.Object) -> dict[str, Any]:
    """Give positions, normals in the scene, (faces, 3, 3), and UVs (faces, 3, 2) or None, the outside seen as such."""
    mesh: Any = item.data
    matrix = np.array(item.matrix_world)
    at = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", at)
    of = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", of)
    normals = np.empty(len(mesh.loops) * 3, np.float32)
    mesh.corner_normals.foreach_get("vector", normals)
    positions = at.reshape(-1, 3).astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    turned = normals.reshape(-1, 3).astype(np.float64) @ np.linalg.inv(matrix[:3, :3])
    turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
    uvs = None
    if mesh.uv_layers:
        uvs = np.empty(len(mesh.loops) * 2, np.float32)
        mesh.uv_layers[0].uv.foreach_get("vector", uvs)
        uvs = uvs.reshape(-1, 3, 2)
    found = {"positions": positions[of].reshape(-1, 3, 3), "normals": turned.reshape(-1, 3, 3), "uvs": uvs}
    if np.linalg.det(matrix[:3, :3]) < 0.0:
        found = {name: values if values is None else values[:, [0, 2, 1]] for name, values in found.items()}
    return found


def bulky(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out faces two corners of which are one place: one importer keeps them, the other does not."""
    points = found["positions"]
    sides = np.linalg.norm(points - np.roll(points, 1, axis=1), axis=2).min(axis=1)
    return {name: values if values is None else values[sides > 0.0] for name, values in found.items()}


def without_twins(found: dict[str, Any], *, in_order: bool) -> dict[str, Any]:
    """Leave out faces that are there a second time, with the same shading; the order is the file's, or by place."""
    rows = np.concatenate([found["positions"], found["normals"]], axis=1).round(5).reshape(len(found["positions"]), -1)
    _rows, first = np.unique(rows, axis=0, return_index=True)
    if in_order:
        first.sort()
    return {name: values if values is None else values[first] for name, values in found.items()}


def material(item: bpy.types.Object) -> dict[str, Any]:
    """Give what feeds the shader, by the names of its inputs, and how the material is drawn."""
    (slot,) = [slot.material for slot in item.material_slots] or [None]
    if slot is None:
        return {}
    (shader,) = [node for node in slot.node_tree.nodes if node.type == "BSDF_PRINCIPLED"]
    (output,) = [node for node in slot.node_tree.nodes if node.type == "OUTPUT_MATERIAL"]
    assert output.inputs["Surface"].links[0].from_node == shader
    fed = {name: _source(shader.inputs[name]) for name in COLOUR_INPUTS}
    fed["other inputs"] = sorted(socket.name for socket in shader.inputs if socket.is_linked and socket.name not in fed)
    return {**fed, "culling": slot.use_backface_culling}


def images(item: bpy.types.Object) -> dict[str, tuple[str, bytes]]:
    """Give colour space and packed bytes of each image, by the input that it feeds."""
    found = {}
    for slot in item.material_slots:
        for node in slot.material.node_tree.nodes:
            if node.type == "TEX_IMAGE":
                feeds = "colour" if node.image.colorspace_settings.name == "sRGB" else "orm"
                found[feeds] = (node.image.alpha_mode, bytes(node.image.packed_file.data))
    return found


def _source(socket: Any) -> Any:
    """Follow one link back to an image, through what only takes it apart."""
    if not socket.is_linked:
        value = socket.default_value
        return round(value, 5) if isinstance(value, float) else tuple(round(each, 5) for each in value)
    link = socket.links[0]
    if link.from_node.type == "SEPARATE_COLOR":
        return (*_source(link.from_node.inputs["Color"]), link.from_socket.name)
    assert link.from_node.type == "TEX_IMAGE" and not link.from_node.inputs["Vector"].is_linked
    node = link.from_node
    return (node.image.colorspace_settings.name, node.interpolation, node.extension, link.from_socket.name)

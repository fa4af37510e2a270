# SPDX-License-Identifier: GPL-3.0-or-later
"""A model's arrays -> mesh, material and packed images. Hands over what a worker laid out; knows no files, no scene.

Everything slow was done before, also what Blender would do itself on the main thread, such as finding the edges.
"""

from typing import Any

import bpy
import numpy as np

from ..core.gltf_material import Material, Texture
from ..core.model import Mesh, Model
from ..core.outliers import Outliers
from ..core.transparency import Probes
from . import labels, transparency

UV_MAP = "UVMap"
ENCODES = bpy.app.version < (4, 5, 0)
"""Whether custom normals must be encoded by Blender; since 4.5 a point attribute may hold them as they are."""


def build(model: Model, name: str, opaque_share: float = 0.0) -> bpy.types.Object:
    """Give a new object, linked nowhere; the model is empty then: each part is let go of once Blender has its own.

    What is said to be transparent, and is so in less than ``opaque_share`` of its texture, becomes opaque.
    What it created before an exception is the caller's to take back.
    """
    mesh = _mesh(model.mesh, name)
    if model.material is not None:
        material = _material(model.material, name)
        mesh.materials.append(material)
        if model.see_through is not None and opaque_share > 0.0 and _share(model, material) < opaque_share:
            transparency.make_opaque(material)
    item = bpy.data.objects.new(name, mesh)
    item.location = model.mesh.origin
    return item


def _mesh(model: Mesh, name: str) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    if model.outliers is not None:
        _begin_with(mesh, model.hand_over("outliers"), model.positions)
    _grow(mesh, model.positions, model.edges, model.faces)
    if model.normals is not None and not ENCODES:  # early: what comes last stays on top of what is let go of
        mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "POINT")
        _set(mesh, "custom_normal", "vector", model.hand_over("normals"))
    _set(mesh, "position", "vector", model.hand_over("positions"))
    _set(mesh, ".edge_verts", "value", model.hand_over("edges"))
    _set(mesh, ".corner_vert", "value", model.hand_over("corners"))
    _set(mesh, ".corner_edge", "value", model.hand_over("corner_edges"))
    if model.uvs is not None:
        layer = mesh.uv_layers.new(name=UV_MAP, do_init=False)
        layer.uv.foreach_set("vector", model.hand_over("uvs").ravel())
    if not model.smooth:
        mesh.polygons.foreach_set("use_smooth", np.zeros(model.faces, bool))
    mesh.update()
    if model.normals is not None:
        mesh.normals_split_custom_set_from_vertices(model.hand_over("normals"))
        _drop_sharp(mesh)  # of the corners of a vertex none differs from the others
    return mesh


def _grow(mesh: bpy.types.Mesh, points: Any, edges: Any, faces: int) -> None:
    """Have a mesh be as large as that; what it has already stays, but for where its faces begin."""
    mesh.vertices.add(len(points) - len(mesh.vertices))
    mesh.edges.add(len(edges) - len(mesh.edges))
    mesh.loops.add(3 * faces - len(mesh.loops))
    mesh.polygons.add(faces - len(mesh.polygons))
    mesh.polygons.foreach_set("loop_start", np.arange(0, 3 * faces, 3, dtype=np.int32))


def _set(mesh: Any, attribute: str, field: str, values: Any) -> None:
    mesh.attributes[attribute].data.foreach_set(field, values.ravel())


def _begin_with(mesh: bpy.types.Mesh, odd: Outliers, points: Any) -> None:
    """Have a mesh be the faces alone whose normals have to be encoded: the encoded ones stay when it grows.

    A normal is encoded by how the faces around its vertex lie, and these are all there.
    """
    _grow(mesh, odd.vertices, odd.edges, odd.faces)
    _set(mesh, "position", "vector", points[odd.vertices])
    _set(mesh, ".edge_verts", "value", odd.edges)
    _set(mesh, ".corner_vert", "value", odd.corners)
    _set(mesh, ".corner_edge", "value", odd.corner_edges)
    mesh.update()
    mesh.normals_split_custom_set(odd.normals)
    _drop_sharp(mesh)  # of these edges: there will be others


def _drop_sharp(mesh: bpy.types.Mesh) -> None:
    sharp = mesh.attributes.get("sharp_edge")
    if sharp is not None:
        mesh.attributes.remove(sharp)


def _material(model: Material, name: str) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    material.use_backface_culling = not model.double_sided
    transparency.dither(material)
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    output.location = (300, 300)
    shader: Any = tree.nodes.new("ShaderNodeBsdfPrincipled")
    shader.location = (0, 300)
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    red, green, blue, alpha = model.base_colour
    shader.inputs["Base Color"].default_value = (red, green, blue, 1.0)
    shader.inputs["Metallic"].default_value = model.metallic
    shader.inputs["Roughness"].default_value = model.roughness
    if model.blend:
        shader.inputs["Alpha"].default_value = alpha
    if model.base is not None:
        node = _texture_node(tree, _image(model.base, name, "Base Color", is_colour=True), (-340, 360))
        tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
        if model.blend:
            tree.links.new(node.outputs["Alpha"], shader.inputs["Alpha"])
    if model.orm is not None:
        node = _texture_node(tree, _image(model.orm, name, "ORM", is_colour=False), (-560, 40))
        split = tree.nodes.new("ShaderNodeSeparateColor")
        split.location = (-240, 40)
        tree.links.new(node.outputs["Color"], split.inputs["Color"])
        tree.links.new(split.outputs["Green"], shader.inputs["Roughness"])
        tree.links.new(split.outputs["Blue"], shader.inputs["Metallic"])
    return material


def _share(model: Model, material: bpy.types.Material) -> float:
    """Give how much of a material can be seen through."""
    if not isinstance(model.see_through, Probes):
        return float(model.see_through or 0.0)
    image = transparency.shader_of(material).inputs["Base Color"].links[0].from_node.image
    return transparency.share_of(image, model.see_through)


def _texture_node(tree: Any, image: bpy.types.Image, location: tuple[int, int]) -> bpy.types.Node:
    node: Any = tree.nodes.new("ShaderNodeTexImage")
    node.location = location
    node.image = image
    return node


def _image(texture: Texture, name: str, role: str, *, is_colour: bool) -> bpy.types.Image:
    """Pack an image as the file has it; Blender decodes it when it is first drawn.

    Its file name is its own too, so that *Unpack* writes no image over another.
    """
    image = bpy.data.images.new(labels.image_name(name, role), 1, 1)
    image.source = "FILE"
    image.filepath_raw = labels.file_path(image, texture.suffix)
    content = texture.hand_over()
    image.pack(data=content, data_len=len(content))
    image.alpha_mode = "CHANNEL_PACKED"
    if not is_colour:
        image.colorspace_settings.is_data = True
    return image

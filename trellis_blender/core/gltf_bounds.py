# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every reference of a glTF document stays inside the document and its buffer. Imports no bpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from .errors import ModelFileError, UnsupportedModel
from .gltf_schema import COMPONENT_BYTES, ELEMENT_COMPONENTS

Document = Mapping[str, Any]


class Binary(Protocol):
    """The BIN chunk, in memory or in a file of which only parts are read."""

    def __len__(self) -> int:
        """Give its size in bytes."""

    def __getitem__(self, span: slice, /) -> bytes | memoryview:
        """Give some of its bytes."""


MAXIMUM_ZEROS: Final = 4_000_000
"""Elements that an accessor has without any data: an importer makes room for all of them."""
MAXIMUM_DEPTH: Final = 200
"""Levels of nested nodes; an importer walks them by recursion."""

_READABLE_EXTENSIONS: Final = frozenset({
    "EXT_mesh_gpu_instancing", "EXT_texture_webp", "KHR_animation_pointer", "KHR_lights_punctual",
    "KHR_mesh_quantization", "KHR_texture_transform",
})  # fmt: skip
"""What Blender's importer reads in every version since 4.2."""
_READABLE_PREFIX: Final = "KHR_materials_"
_COMPRESSED: Final = frozenset({"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu"})
_MATERIAL_TEXTURES: Final = ("normalTexture", "occlusionTexture", "emissiveTexture")
_PBR_TEXTURES: Final = ("baseColorTexture", "metallicRoughnessTexture")


def check(document: Document, binary: Binary) -> None:
    """Raise :class:`ModelFileError` at the first reference that leads outside. ``binary`` is the BIN chunk."""
    _check_extensions(document)
    _check_buffers(document, len(binary))
    _check_views(document)
    for index in range(len(document.get("accessors", ()))):
        accessor_span(document, index)
    _check_materials(document)
    _check_meshes(document)
    _check_nodes(document)


def accessor_span(document: Document, index: int) -> tuple[int, int, int]:
    """Give offset in the buffer, stride and element size of an accessor, in bytes, after checking its bounds.

    The offset is -1 when the accessor has no buffer view, and so holds zeros.
    """
    accessor = item(document, "accessors", index)
    element = COMPONENT_BYTES[accessor["componentType"]] * ELEMENT_COMPONENTS[accessor["type"]]
    if "bufferView" not in accessor:
        if accessor["count"] > MAXIMUM_ZEROS:
            raise broken(f"accessor {index} has absurdly many elements without data")
        return -1, element, element
    return _span(document, accessor, accessor["count"], element, index)


def sparse_spans(document: Document, index: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Give the same for which elements of a sparse accessor are others, and for what those are."""
    accessor = item(document, "accessors", index)
    sparse = accessor["sparse"]
    count, indices = sparse["count"], sparse["indices"]
    if count > accessor["count"]:
        raise broken(f"accessor {index} has more changes than elements")
    element = COMPONENT_BYTES[accessor["componentType"]] * ELEMENT_COMPONENTS[accessor["type"]]
    return (
        _span(document, indices, count, COMPONENT_BYTES[indices["componentType"]], index),
        _span(document, sparse["values"], count, element, index),
    )


def _span(
    document: Document, place: Mapping[str, Any], count: int, element: int, index: int
) -> tuple[int, int, int]:  # fmt: skip
    view = item(document, "bufferViews", place["bufferView"])
    stride = view.get("byteStride", element)
    offset = place.get("byteOffset", 0)
    if stride < element or offset + stride * (count - 1) + element > view["byteLength"]:
        raise broken(f"accessor {index} reaches past its data")
    return view.get("byteOffset", 0) + offset, stride, element


def _check_extensions(document: Document) -> None:
    required = set(document.get("extensionsRequired", ()))
    if required & _COMPRESSED:
        raise UnsupportedModel(
            f"The model is compressed with {', '.join(sorted(required & _COMPRESSED))}, which not every Blender reads. "
            "The file is kept."
        )
    unknown = {name for name in required - _READABLE_EXTENSIONS if not name.startswith(_READABLE_PREFIX)}
    if unknown:
        raise UnsupportedModel(
            f"The model needs {', '.join(sorted(unknown))[:120]}, which Blender does not read. The file is kept."
        )


def _check_buffers(document: Document, binary_bytes: int) -> None:
    buffers = document.get("buffers", ())
    if not buffers:
        raise broken("it has no buffer")
    if len(buffers) > 1 or "uri" in buffers[0]:
        raise UnsupportedModel("The model keeps its data in other files, which is not accepted. The file is kept.")
    if buffers[0]["byteLength"] > binary_bytes:
        raise broken("its buffer is missing or shorter than it says")


def _check_views(document: Document) -> None:
    for index, view in enumerate(document.get("bufferViews", ())):
        buffer = item(document, "buffers", view["buffer"])
        if view.get("byteOffset", 0) + view["byteLength"] > buffer["byteLength"]:
            raise broken(f"buffer view {index} reaches past the buffer")


def _check_materials(document: Document) -> None:
    for material in document.get("materials", ()):
        pbr = material.get("pbrMetallicRoughness", {})
        references = [pbr.get(name) for name in _PBR_TEXTURES] + [material.get(name) for name in _MATERIAL_TEXTURES]
        for reference in references:
            if reference is not None:
                item(document, "textures", reference["index"])


def _check_meshes(document: Document) -> None:
    for mesh in document.get("meshes", ()):
        for primitive in mesh["primitives"]:
            _check_primitive(document, primitive)


def _check_primitive(document: Document, primitive: Mapping[str, Any]) -> None:
    attributes = primitive["attributes"]
    if "POSITION" not in attributes:
        raise broken("a mesh has no vertices")
    position = item(document, "accessors", attributes["POSITION"])
    if position["type"] != "VEC3":
        raise broken("its vertices are not points in space")
    for name, index in attributes.items():
        if item(document, "accessors", index)["count"] != position["count"]:
            raise broken(f"{name[:40]} does not fit the number of vertices")
    if "indices" in primitive:
        indices = item(document, "accessors", primitive["indices"])
        if indices["type"] != "SCALAR" or indices["componentType"] not in (5121, 5123, 5125):
            raise broken("its faces are not indices")
    if "material" in primitive:
        item(document, "materials", primitive["material"])


def _check_nodes(document: Document) -> None:
    nodes = document.get("nodes", ())
    parents: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if "mesh" in node:
            item(document, "meshes", node["mesh"])
        for child in node.get("children", ()):
            item(document, "nodes", child)
            if child in parents or child == index:
                raise broken("a node hangs below two others")
            parents[child] = index
    for index in range(len(nodes)):
        if sum(1 for _ in _ancestors(index, parents)) > MAXIMUM_DEPTH:
            raise broken("its nodes form a circle, or are nested too deeply")
    scenes = document.get("scenes", ())
    if "scene" in document:
        item(document, "scenes", document["scene"])
    for scene in scenes:
        for root in scene.get("nodes", ()):
            item(document, "nodes", root)


def _ancestors(index: int, parents: Mapping[int, int]) -> Iterator[int]:
    for _step in range(MAXIMUM_DEPTH + 1):
        if index not in parents:
            return
        index = parents[index]
        yield index


def item(document: Document, kind: str, index: int) -> Mapping[str, Any]:
    """Give what a document refers to, or raise :class:`ModelFileError` where there is no such thing."""
    items = document.get(kind, ())
    if index >= len(items):
        raise broken(f"it refers to {kind}[{index}], which does not exist")
    found: Mapping[str, Any] = items[index]
    return found


def broken(what: str) -> ModelFileError:
    """Say what is wrong with a file, so that it can be raised."""
    return ModelFileError(f"The model file is damaged: {what}. The file is kept.")

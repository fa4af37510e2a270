# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every reference of a glTF document stays inside the document and its buffer. Imports no bpy."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from .errors import ModelFileError, UnsupportedModel
from .gltf_images import image_size
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

_READABLE_EXTENSIONS: Final = frozenset({"EXT_texture_webp", "KHR_texture_transform", "KHR_mesh_quantization"})
_READABLE_PREFIX: Final = "KHR_materials_"
_COMPRESSED: Final = frozenset({"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu"})
_IMAGE_KINDS: Final = ("image/png", "image/jpeg", "image/webp")
_IMAGE_HEAD_BYTES: Final = 256 * 1024
"""Enough to find a JPEG's size behind its metadata."""
MAXIMUM_TEXTURE_SIDE: Final = 16384
_INLINE: Final = re.compile(r"data:image/(?:png|jpeg|webp);base64,", re.ASCII)
_MATERIAL_TEXTURES: Final = ("normalTexture", "occlusionTexture", "emissiveTexture")
_PBR_TEXTURES: Final = ("baseColorTexture", "metallicRoughnessTexture")


def check(document: Document, binary: Binary) -> None:
    """Raise :class:`ModelFileError` at the first reference that leads outside. ``binary`` is the BIN chunk."""
    _check_extensions(document)
    _check_buffers(document, len(binary))
    _check_views(document)
    for index in range(len(document.get("accessors", ()))):
        accessor_span(document, index)
    _check_images(document, binary)
    _check_materials(document)
    _check_meshes(document)
    _check_nodes(document)


def accessor_span(document: Document, index: int) -> tuple[int, int, int]:
    """Give offset in the buffer, stride and element size of an accessor, in bytes, after checking its bounds.

    The offset is -1 when the accessor has no buffer view, and so holds zeros.
    """
    accessor = _item(document, "accessors", index)
    element = COMPONENT_BYTES[accessor["componentType"]] * ELEMENT_COMPONENTS[accessor["type"]]
    if "bufferView" not in accessor:
        if accessor["count"] > MAXIMUM_ZEROS:
            raise _broken(f"accessor {index} has absurdly many elements without data")
        return -1, element, element
    return _span(document, accessor, accessor["count"], element, index)


def sparse_spans(document: Document, index: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Give the same for which elements of a sparse accessor are others, and for what those are."""
    accessor = _item(document, "accessors", index)
    sparse = accessor["sparse"]
    count, indices = sparse["count"], sparse["indices"]
    if count > accessor["count"]:
        raise _broken(f"accessor {index} has more changes than elements")
    element = COMPONENT_BYTES[accessor["componentType"]] * ELEMENT_COMPONENTS[accessor["type"]]
    return (
        _span(document, indices, count, COMPONENT_BYTES[indices["componentType"]], index),
        _span(document, sparse["values"], count, element, index),
    )


def _span(
    document: Document, place: Mapping[str, Any], count: int, element: int, index: int
) -> tuple[int, int, int]:  # fmt: skip
    view = _item(document, "bufferViews", place["bufferView"])
    stride = view.get("byteStride", element)
    offset = place.get("byteOffset", 0)
    if stride < element or offset + stride * (count - 1) + element > view["byteLength"]:
        raise _broken(f"accessor {index} reaches past its data")
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
        raise _broken("it has no buffer")
    if len(buffers) > 1 or "uri" in buffers[0]:
        raise UnsupportedModel("The model keeps its data in other files, which is not accepted. The file is kept.")
    if buffers[0]["byteLength"] > binary_bytes:
        raise _broken("its buffer is missing or shorter than it says")


def _check_views(document: Document) -> None:
    for index, view in enumerate(document.get("bufferViews", ())):
        buffer = _item(document, "buffers", view["buffer"])
        if view.get("byteOffset", 0) + view["byteLength"] > buffer["byteLength"]:
            raise _broken(f"buffer view {index} reaches past the buffer")


def texture_pixels(document: Document, binary: Binary) -> tuple[int, int]:
    """Give the shortest and the longest side of the images of a checked document, 0 where there is none."""
    sizes = [side for image in document.get("images", ()) for side in _image_size(document, binary, image) or (0, 0)]
    return min(sizes, default=0), max(sizes, default=0)


def _image_size(document: Document, binary: Binary, image: Mapping[str, Any]) -> tuple[int, int] | None:
    if "uri" in image:
        return image_size(_inline(image["uri"]))
    view = _item(document, "bufferViews", image["bufferView"])
    start = view.get("byteOffset", 0)
    return image_size(bytes(binary[start : start + min(_IMAGE_HEAD_BYTES, view["byteLength"])]))


def _check_images(document: Document, binary: Binary) -> None:
    for index, image in enumerate(document.get("images", ())):
        if "uri" in image and not _INLINE.match(image["uri"]):
            raise UnsupportedModel(
                "The model keeps its textures in other files, which is not accepted. The file is kept."
            )
        if ("uri" in image) == ("bufferView" in image):
            raise _broken(f"texture {index} is not there, or there twice")
        size = _image_size(document, binary, image)
        if size is None or image.get("mimeType", _IMAGE_KINDS[0]) not in _IMAGE_KINDS:
            raise _broken(f"texture {index} is not a PNG, JPEG or WebP image")
        if not 0 < min(size) <= max(size) <= MAXIMUM_TEXTURE_SIDE:
            raise _broken(f"texture {index} is {size[0]} × {size[1]} pixels large")
    for texture in document.get("textures", ()):
        source = source_of(texture)
        if source is not None:  # an image of a kind that an extension has: shown without
            if type(source) is not int or source < 0:  # inside an extension nothing was checked yet
                raise _broken("a texture has no image")
            _item(document, "images", source)
        if "sampler" in texture:
            _item(document, "samplers", texture["sampler"])


def source_of(texture: Mapping[str, Any]) -> Any:
    """Give the number of a texture's image, unchecked; None when it has none of a kind that is read here."""
    webp = texture.get("extensions", {}).get("EXT_texture_webp")
    source = texture.get("source")
    return webp.get("source", source) if isinstance(webp, dict) else source


def _inline(uri: str) -> bytes:
    """Give the start of an image that stands in the description itself, in base64."""
    text = uri.partition(",")[2][: _IMAGE_HEAD_BYTES // 3 * 4]
    try:
        return base64.b64decode(text[: len(text) // 4 * 4], validate=True)
    except ValueError:
        raise _broken("a texture is not in base64, as it says") from None


def _check_materials(document: Document) -> None:
    for material in document.get("materials", ()):
        pbr = material.get("pbrMetallicRoughness", {})
        references = [pbr.get(name) for name in _PBR_TEXTURES] + [material.get(name) for name in _MATERIAL_TEXTURES]
        for reference in references:
            if reference is not None:
                _item(document, "textures", reference["index"])


def _check_meshes(document: Document) -> None:
    for mesh in document.get("meshes", ()):
        for primitive in mesh["primitives"]:
            _check_primitive(document, primitive)


def _check_primitive(document: Document, primitive: Mapping[str, Any]) -> None:
    attributes = primitive["attributes"]
    if "POSITION" not in attributes:
        raise _broken("a mesh has no vertices")
    position = _item(document, "accessors", attributes["POSITION"])
    if position["type"] != "VEC3":
        raise _broken("its vertices are not points in space")
    for name, index in attributes.items():
        if _item(document, "accessors", index)["count"] != position["count"]:
            raise _broken(f"{name[:40]} does not fit the number of vertices")
    if "indices" in primitive:
        indices = _item(document, "accessors", primitive["indices"])
        if indices["type"] != "SCALAR" or indices["componentType"] not in (5121, 5123, 5125):
            raise _broken("its faces are not indices")
    if "material" in primitive:
        _item(document, "materials", primitive["material"])


def _check_nodes(document: Document) -> None:
    nodes = document.get("nodes", ())
    parents: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if "mesh" in node:
            _item(document, "meshes", node["mesh"])
        for child in node.get("children", ()):
            _item(document, "nodes", child)
            if child in parents or child == index:
                raise _broken("a node hangs below two others")
            parents[child] = index
    for index in range(len(nodes)):
        if sum(1 for _ in _ancestors(index, parents)) > MAXIMUM_DEPTH:
            raise _broken("its nodes form a circle, or are nested too deeply")
    scenes = document.get("scenes", ())
    if "scene" in document:
        _item(document, "scenes", document["scene"])
    for scene in scenes:
        for root in scene.get("nodes", ()):
            _item(document, "nodes", root)


def _ancestors(index: int, parents: Mapping[int, int]) -> Iterator[int]:
    for _step in range(MAXIMUM_DEPTH + 1):
        if index not in parents:
            return
        index = parents[index]
        yield index


def _item(document: Document, kind: str, index: int) -> Mapping[str, Any]:
    items = document.get(kind, ())
    if index >= len(items):
        raise _broken(f"it refers to {kind}[{index}], which does not exist")
    item: Mapping[str, Any] = items[index]
    return item


def _broken(what: str) -> ModelFileError:
    return ModelFileError(f"The model file is damaged: {what}. The file is kept.")

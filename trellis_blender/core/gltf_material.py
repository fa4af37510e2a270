# SPDX-License-Identifier: GPL-3.0-or-later
"""The one PBR material of a plain glTF file, with its images as the file has them. Decodes nothing; no bpy.

Works on documents that :mod:`.gltf_bounds` has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .gltf_bounds import Document
from .gltf_images import image_size
from .gltf_plain import Unusual

_REPEAT: Final = 10497
_LINEAR: Final = frozenset({9729, 9984, 9985, 9986, 9987})
"""Every way to shrink, and the smooth way to enlarge; Blender has but one of its own."""
_SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
_WHITE: Final = (1.0, 1.0, 1.0, 1.0)
_OTHER_TEXTURES: Final = ("normalTexture", "occlusionTexture", "emissiveTexture")


@dataclass(frozen=True, eq=False)
class Texture:
    """An encoded image. ``suffix`` is that of its kind of file; ``width`` and ``height`` in pixels."""

    content: bytes
    name: str
    suffix: str
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Material:
    """A metallic-roughness material [glTF 2.0, 3.9]; factors are linear.

    ``orm`` holds roughness in green and metallic in blue; where there is a texture its factors are 1.
    ``blend`` is whether the base texture's alpha is transparency.
    """

    name: str
    base_colour: tuple[float, ...]
    metallic: float
    roughness: float
    base: Texture | None
    orm: Texture | None
    blend: bool
    double_sided: bool


def read_material(document: Document, primitive: Mapping[str, Any], binary: memoryview) -> Material | Unusual | None:
    """Give the material of a primitive; None when it has none."""
    if "material" not in primitive:
        return None
    material = document["materials"][primitive["material"]]
    if material.get("extensions") or any(name in material for name in _OTHER_TEXTURES):
        return Unusual("its material has more than colour, metal and roughness")
    if any(material.get("emissiveFactor", ())):
        return Unusual("its material glows")
    pbr = material.get("pbrMetallicRoughness", {})
    textures: dict[str, Texture | None] = {"baseColorTexture": None, "metallicRoughnessTexture": None}
    for name in textures:
        if name not in pbr:
            continue
        if "TEXCOORD_0" not in primitive["attributes"] or pbr[name].get("texCoord", 0) or pbr[name].get("extensions"):
            return Unusual("its textures lie in an unusual way")
        found = _texture(document, pbr[name]["index"], binary)
        if isinstance(found, Unusual):
            return found
        textures[name] = found
    base, orm = textures["baseColorTexture"], textures["metallicRoughnessTexture"]
    colour = tuple(pbr.get("baseColorFactor", _WHITE))
    metallic, roughness = pbr.get("metallicFactor", 1.0), pbr.get("roughnessFactor", 1.0)
    if (base is not None and colour != _WHITE) or (orm is not None and (metallic, roughness) != (1.0, 1.0)):
        return Unusual("its textures are multiplied")
    mode = material.get("alphaMode", "OPAQUE")
    if mode == "MASK":
        return Unusual("its transparency is a mask")
    return Material(
        material.get("name", ""), colour, metallic, roughness, base, orm, mode == "BLEND",
        material.get("doubleSided", False),
    )  # fmt: skip


def _texture(document: Document, index: int, binary: memoryview) -> Texture | Unusual:
    texture = document["textures"][index]
    if "sampler" in texture:
        sampler = document["samplers"][texture["sampler"]]
        wraps = {sampler.get(name, _REPEAT) for name in ("wrapS", "wrapT")}
        filters = {sampler.get(name, 9729) for name in ("magFilter", "minFilter")}
        if wraps != {_REPEAT} or not filters <= _LINEAR:
            return Unusual("its textures are sampled in an unusual way")
    source = texture.get("extensions", {}).get("EXT_texture_webp", {}).get("source", texture.get("source"))
    image = document["images"][source]
    view = document["bufferViews"][image["bufferView"]]
    start = view.get("byteOffset", 0)
    content = bytes(binary[start : start + view["byteLength"]])
    width, height = image_size(content) or (0, 0)
    return Texture(content, image.get("name", ""), _SUFFIXES.get(_kind(content), ".png"), width, height)


def _kind(content: bytes) -> str:
    """Tell what an image is by its first bytes: files lie about it."""
    if content.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if content[:4] == b"RIFF" else "image/png"

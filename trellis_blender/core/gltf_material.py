# SPDX-License-Identifier: GPL-3.0-or-later
"""The one PBR material of a plain glTF file, with its images as the file has them. Decodes nothing; no bpy.

Works on documents that :mod:`.gltf_bounds` has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .gltf_bounds import Binary, Document
from .gltf_textures import source_of

_REPEAT: Final = 10497
_LINEAR: Final = (9729, 9984, 9985, 9986, 9987)
"""Every way to shrink, and the smooth way to enlarge; Blender has but one of its own."""
_WHITE: Final = [1.0, 1.0, 1.0, 1.0]
_BLACK: Final = [0.0, 0.0, 0.0]
_TEXTURES: Final = ("baseColorTexture", "metallicRoughnessTexture")
_OTHER_TEXTURES: Final = ("normalTexture", "occlusionTexture", "emissiveTexture")


@dataclass(eq=False)
class Texture:
    """An encoded image; ``suffix`` is that of its kind of file."""

    content: bytes
    suffix: str

    def hand_over(self) -> bytes:
        """Give the bytes and let go of them: who takes them makes a copy of his own, and both fill the memory."""
        content, self.content = self.content, b""
        return content


@dataclass(frozen=True, eq=False)
class Material:
    """A metallic-roughness material [glTF 2.0, 3.9]; factors are linear.

    ``orm`` holds roughness in green and metallic in blue; where there is a texture its factors are 1.
    ``blend`` is whether the base texture's alpha is transparency.
    """

    base_colour: tuple[float, ...]
    metallic: float
    roughness: float
    base: Texture | None
    orm: Texture | None
    blend: bool
    double_sided: bool


def unusual_material(document: Document, primitive: Mapping[str, Any]) -> str:
    """Give why a primitive's material is left to Blender's own importer, or an empty text. Reads no image."""
    if "material" not in primitive:
        return ""
    material = document["materials"][primitive["material"]]
    if material.get("extensions") or any(name in material for name in _OTHER_TEXTURES):
        return "its material has more than colour, metal and roughness"
    if material.get("emissiveFactor", _BLACK) != _BLACK:
        return "its material glows"
    if material.get("alphaMode") == "MASK":
        return "its transparency is a mask"
    pbr = material.get("pbrMetallicRoughness", {})
    for name in _TEXTURES:
        reason = _unusual_texture(document, primitive, pbr[name]) if name in pbr else ""
        if reason:
            return reason
    has_base, has_orm = (name in pbr for name in _TEXTURES)
    factors = (pbr.get("metallicFactor", 1.0), pbr.get("roughnessFactor", 1.0))
    if (has_base and pbr.get("baseColorFactor", _WHITE) != _WHITE) or (has_orm and factors != (1.0, 1.0)):
        return "its textures are multiplied"
    return ""


def read_material(document: Document, primitive: Mapping[str, Any], binary: Binary) -> Material | None:
    """Give the material of a primitive that is not unusual; None when it has none."""
    if "material" not in primitive:
        return None
    material = document["materials"][primitive["material"]]
    pbr = material.get("pbrMetallicRoughness", {})
    base, orm = (_texture(document, pbr[name]["index"], binary) if name in pbr else None for name in _TEXTURES)
    return Material(
        base_colour=tuple(pbr.get("baseColorFactor", _WHITE)),
        metallic=pbr.get("metallicFactor", 1.0),
        roughness=pbr.get("roughnessFactor", 1.0),
        base=base,
        orm=orm,
        blend=material.get("alphaMode") == "BLEND",
        double_sided=material.get("doubleSided", False),
    )


def _unusual_texture(document: Document, primitive: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
    if "TEXCOORD_0" not in primitive["attributes"] or reference.get("texCoord", 0) or reference.get("extensions"):
        return "its textures lie in an unusual way"
    texture = document["textures"][reference["index"]]
    source = source_of(texture)
    if source is None or "uri" in document["images"][source]:
        return "its textures are kept in an unusual way"
    if "sampler" in texture:
        sampler = document["samplers"][texture["sampler"]]
        is_repeated = all(sampler.get(name, _REPEAT) == _REPEAT for name in ("wrapS", "wrapT"))
        if not is_repeated or any(sampler.get(name, _LINEAR[0]) not in _LINEAR for name in ("magFilter", "minFilter")):
            return "its textures are sampled in an unusual way"
    return ""


def _texture(document: Document, index: int, binary: Binary) -> Texture:
    texture = document["textures"][index]
    view = document["bufferViews"][document["images"][source_of(texture)]["bufferView"]]
    start = view.get("byteOffset", 0)
    content = bytes(binary[start : start + view["byteLength"]])
    return Texture(content, _suffix(content))


def _suffix(content: bytes) -> str:
    """Tell what an image is by its first bytes: files lie about it."""
    if content.startswith(b"\xff\xd8"):
        return ".jpg"
    if content.startswith(b"RIFF"):
        return ".webp"
    return {b"GI": ".gif", b"BM": ".bmp"}.get(content[:2], ".png")

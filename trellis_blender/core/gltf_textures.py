# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that the images that a glTF document's textures show are there and of a kind that Blender reads. No bpy.

An image that no texture shows, or only one of an extension that is not read here, is not looked at: neither is it by
Blender's own importer.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .errors import UnsupportedModel
from .gltf_bounds import Binary, Document, broken, item
from .gltf_images import image_size

MAXIMUM_TEXTURE_SIDE: Final = 16384
_IMAGE_HEAD_BYTES: Final = 256 * 1024
"""Enough to find a JPEG's size behind its metadata."""
_INLINE: Final = re.compile(r"data:[^,]*;base64,", re.ASCII)


def check(document: Document, binary: Binary) -> None:
    """Raise :class:`ModelFileError` at the first image that cannot be shown. Works on what ``gltf_bounds`` checked.

    What an image is, is told by its first bytes: files lie about it, and Blender does not ask them either.
    """
    for texture in document.get("textures", ()):
        if "sampler" in texture:
            item(document, "samplers", texture["sampler"])
    for index, image in _shown(document):
        if "uri" in image and not _INLINE.match(image["uri"]):
            raise UnsupportedModel(
                "The model keeps its textures in other files, which is not accepted. The file is kept."
            )
        if ("uri" in image) == ("bufferView" in image):
            raise broken(f"texture {index} is not there, or there twice")
        size = _size(document, binary, image)
        if size is None:
            raise broken(f"texture {index} is not a PNG, JPEG or WebP image")
        if not 0 < min(size) <= max(size) <= MAXIMUM_TEXTURE_SIDE:
            raise broken(f"texture {index} is {size[0]} × {size[1]} pixels large")


def texture_pixels(document: Document, binary: Binary) -> tuple[int, int]:
    """Give the shortest and the longest side of the images that a checked document shows, 0 where there is none."""
    sizes = [side for _, image in _shown(document) for side in _size(document, binary, image) or (0, 0)]
    return min(sizes, default=0), max(sizes, default=0)


def source_of(texture: Mapping[str, Any]) -> Any:
    """Give the number of a texture's image, unchecked; None when it has none of a kind that is read here."""
    webp = texture.get("extensions", {}).get("EXT_texture_webp")
    source = texture.get("source")
    return webp.get("source", source) if isinstance(webp, dict) else source


def _shown(document: Document) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give each image that a texture shows, once, with its number."""
    numbers = set()
    for texture in document.get("textures", ()):
        source = source_of(texture)
        if source is None:  # an image of a kind that an extension has: shown without
            continue
        if type(source) is not int or source < 0:  # inside an extension nothing was checked yet
            raise broken("a texture has no image")
        numbers.add(source)
    for number in sorted(numbers):
        yield number, item(document, "images", number)


def _size(document: Document, binary: Binary, image: Mapping[str, Any]) -> tuple[int, int] | None:
    if "uri" in image:
        return image_size(_inline(image["uri"]))
    view = item(document, "bufferViews", image["bufferView"])
    start = view.get("byteOffset", 0)
    return image_size(bytes(binary[start : start + min(_IMAGE_HEAD_BYTES, view["byteLength"])]))


def _inline(uri: str) -> bytes:
    """Give the start of an image that stands in the description itself, in base64."""
    text = uri.partition(",")[2][: _IMAGE_HEAD_BYTES // 3 * 4]
    try:
        return base64.b64decode(text[: len(text) // 4 * 4], validate=True)
    except ValueError:
        raise broken("a texture is not in base64, as it says") from None

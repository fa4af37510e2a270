# SPDX-License-Identifier: GPL-3.0-or-later
"""A paid file is refused for an image that it shows, and for no other; what an image is, its first bytes tell."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from tests.core.glbs import GOOD, Document, changed, joined, put, refusal, split
from trellis_blender.core.glb import inspect_bytes
from trellis_blender.core.gltf_material import Material
from trellis_blender.core.model import Model, read_bytes

ODD = {"bufferView": 0, "mimeType": "image/ktx2"}


def written(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 16), (200, 60, 30)).save(file, kind)
    return file.getvalue()


def beside(extension: str) -> Callable[[Document], None]:
    """Have an optional extension show an image of another kind in the stead of each texture's own."""

    def change(document: Document) -> None:
        for texture in document["textures"]:
            texture["extensions"] = {extension: {"source": len(document["images"])}}
        document["images"].append(ODD)

    return change


@pytest.mark.parametrize("change", [
    beside("KHR_texture_basisu"), beside("EXT_texture_avif"), beside("MSFT_texture_dds"),
    lambda document: document["images"].append(ODD),
    lambda document: document["images"].append({"name": "nothing"}),
    lambda document: document["images"].append({"uri": "https://evil.example/x.png"}),
    put("images", 0, "mimeType", "image/jpg"), put("images", 0, "mimeType", "image/gif"),
])  # fmt: skip
def test_what_nobody_shows_stops_nothing(change: Callable[[Document], None]) -> None:
    found, usual = inspect_bytes(changed(change)), inspect_bytes(GOOD)
    assert replace(found, images=usual.images) == usual


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_kinds_that_blender_reads(kind: str) -> None:
    document, binary = split(GOOD)
    image = written(kind)
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(image)})
    document["buffers"][0]["byteLength"] = len(binary) + len(image)
    for each in document["images"]:
        each.clear()
        each.update(bufferView=len(document["bufferViews"]) - 1, mimeType="image/png")
    content = joined(document, binary + image)
    assert (inspect_bytes(content).texture_least, inspect_bytes(content).texture_pixels) == (16, 32)
    read = read_bytes(content)
    assert isinstance(read, Model) and isinstance(read.material, Material) and read.material.base is not None
    assert read.material.base.content == image
    assert read.material.base.suffix == {"JPEG": ".jpg"}.get(kind, f".{kind.lower()}")


@pytest.mark.parametrize("kind", ["image/jpg", "image/jpeg;charset=utf-8", "application/octet-stream", ""])
def test_images_in_the_description_itself(kind: str) -> None:
    text = base64.b64encode(written("JPEG")).decode()
    summary = inspect_bytes(changed(put("images", 0, {"uri": f"data:{kind};base64,{text}"})))
    assert summary.texture_least == 16


def test_what_is_shown_is_looked_at() -> None:
    assert "texture 2 is not a PNG" in refusal(changed(beside("EXT_texture_webp")))

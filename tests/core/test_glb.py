# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing but a sound GLB passes; everything else ends in one sentence, quickly."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.core.glbs import GOOD, Document, changed, joined, made, put, refusal, speck, split
from trellis_blender.core.errors import ModelFileError
from trellis_blender.core.glb import Summary, inspect, inspect_bytes
from trellis_blender.core.gltf_plain import Unusual
from trellis_blender.core.model import read_bytes


@pytest.mark.parametrize(
    ("recipe", "materials", "images"),
    [
        ({}, 1, 2),
        ({"image_format": "webp"}, 1, 2),
        ({"alpha_mode": "BLEND"}, 1, 2),
        ({"geometry_only": True}, 0, 0),
        ({"faces": 3000, "seed": 5}, 1, 2),
    ],
)
def test_what_the_model_delivers(recipe: dict[str, Any], materials: int, images: int) -> None:
    summary = inspect_bytes(made(**recipe))
    assert summary.faces > 300
    assert summary.vertices > 150
    assert summary.images == images
    assert summary.materials >= materials


def test_smallest_there_is() -> None:
    document = {
        "asset": {"version": "2.0"}, "buffers": [{"byteLength": 36}], "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}], "scenes": [{"nodes": [0]}],
    }  # fmt: skip
    assert inspect_bytes(joined(document, bytes(36))) == Summary(1, 3, 0, 0, 0, 0)


def test_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "m.glb"
    path.write_bytes(GOOD)
    assert inspect(path) == inspect_bytes(GOOD)
    with pytest.raises(ModelFileError, match="cannot be read"):
        inspect(tmp_path / "none.glb")


def test_truncated_anywhere() -> None:
    text_end = 20 + struct.unpack_from("<I", GOOD, 12)[0]
    for size in {0, 1, 4, 8, 11, 12, 16, 19, 20, 21, text_end - 1, text_end, text_end + 4, text_end + 8, len(GOOD) - 1}:
        refusal(GOOD[:size])
        if size > 12:
            refusal(GOOD[:8] + struct.pack("<I", size) + GOOD[12:size])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + GOOD[4:], "not a GLB"),
        (GOOD[:4] + struct.pack("<I", 1) + GOOD[8:], "version 1"),
        (GOOD + b"\0\0\0\0", "bytes are there"),
        (GOOD[:12] + struct.pack("<I", 2**31) + GOOD[16:], "past the end"),
        (GOOD[:16] + b"BIN\0" + GOOD[20:], "does not begin with its description"),
        (joined(None, text=b"not json"), "damaged"),
        (joined(None, text=b""), "damaged"),
        (joined([]), "damaged"),
        (joined({}), "asset"),
        (joined(None, text=b"[" * 100_000), "damaged"),
        (joined(None, text=b'{"asset": "' + b"x" * (17 * 2**20) + b'"}'), "absurdly large"),
        (joined({"asset": {"version": "1.0"}}), "asset.version"),
        (joined(split(GOOD)[0]), "missing or shorter"),
    ],
)
def test_containers(content: bytes, words: str) -> None:
    assert words in refusal(content)


FIRST = ("meshes", 0, "primitives", 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("accessors", 0, "count", 10**9), "accessors.0.count"),
        (put("accessors", 0, "count", 50_000_000), "past its data"),
        (put("accessors", 0, "count", 0), "accessors.0.count"),
        (put("accessors", 0, "count", -1), "accessors.0.count"),
        (put("accessors", 0, "count", 3.5), "accessors.0.count"),
        (put("accessors", 0, "byteOffset", 2**32 - 1), "past its data"),
        (put("accessors", 0, "bufferView", 99), "bufferViews[99]"),
        (put("accessors", 0, "componentType", 7), "componentType"),
        (put("accessors", 0, "type", "MAT9"), "type"),
        (put("accessors", 0, "sparse", {"count": 1}), "accessors.0.sparse.indices"),
        (put("accessors", 0, {}), "accessors.0"),
        (put("bufferViews", 0, "byteOffset", 2**32 - 1), "past the buffer"),
        (put("bufferViews", 0, "buffer", 1), "buffers[1]"),
        (put("bufferViews", 0, "byteStride", 252), "past its data"),
        (put("buffers", 0, "uri", "other.bin"), "in other files"),
        (put("buffers", 0, "uri", "https://evil.example/x"), "in other files"),
        (put("buffers", []), "no buffer"),
        (put("buffers", [{"byteLength": 1}, {"byteLength": 1}]), "in other files"),
        (put("images", 0, {"uri": "../../secret.png"}), "in other files"),
        (put("images", 0, {"uri": "data:image/png;base64,AAAA"}), "is not a PNG, JPEG or WebP"),
        (put("images", 0, {"uri": "data:image/png;base64,=!=="}), "not in base64"),
        (put("images", 0, {"uri": "data:text/html;base64,AAAA"}), "is not a PNG, JPEG or WebP"),
        (put("images", 0, {"uri": "data:image/png,AAAA"}), "in other files"),
        (put("images", 0, {}), "not there"),
        (put("images", 0, "bufferView", 0), "is not a PNG, JPEG or WebP"),
        (put("textures", 0, "source", 99), "images[99]"),
        (put("textures", 0, "extensions", {"EXT_texture_webp": {"source": -5}}), "no image"),
        (put("textures", 0, "extensions", {"EXT_texture_webp": {"source": True}}), "no image"),
        (put("materials", 0, "pbrMetallicRoughness", "baseColorTexture", "index", 99), "textures[99]"),
        (put("materials", 0, "alphaMode", "SEE-THROUGH"), "alphaMode"),
        (put(*FIRST, "material", 99), "materials[99]"),
        (put(*FIRST, "indices", 99), "accessors[99]"),
        (put(*FIRST, "indices", 1), "not indices"),
        (put(*FIRST, "attributes", {"NORMAL": 1}), "no vertices"),
        (put(*FIRST, "attributes", "POSITION", 0), "points in space"),
        (put(*FIRST, "mode", 0), "no faces"),
        (put("nodes", [{"mesh": 99}]), "meshes[99]"),
        (put("nodes", []), "nodes[0]"),
        (put("nodes", [{"children": [1]}, {"children": [0], "mesh": 0}]), "circle"),
        (put("nodes", [{"children": [0], "mesh": 0}]), "below two others"),
        (put("nodes", [{"children": [2]}, {"children": [2]}, {"mesh": 0}]), "below two others"),
        (put("nodes", [{"children": [index + 1]} for index in range(500)] + [{"mesh": 0}]), "nested too deeply"),
        (put("nodes", [{"mesh": 0, "matrix": [1] * 15}]), "nodes.0.matrix"),
        (put("scene", 99), "scenes[99]"),
        (put("scenes", []), "scenes"),
        (put("scenes", [{"nodes": [99]}]), "nodes[99]"),
        (put("meshes", []), "meshes[0]"),
        (put("nodes", [{}] * 20_000), "nodes"),
        (put("extensionsRequired", ["KHR_draco_mesh_compression"]), "compressed with KHR_draco"),
        (put("extensionsRequired", ["VENDOR_odd"]), "needs VENDOR_odd"),
        (put("extensionsRequired", ["x" * 500]), "needs xxx"),
    ],
)
def test_documents(change: Callable[[Document], None], words: str) -> None:
    assert words in refusal(changed(change))


@pytest.mark.parametrize(
    "name", ["KHR_animation_pointer", "KHR_lights_punctual", "EXT_mesh_gpu_instancing", "KHR_materials_unlit"]
)
def test_what_blenders_own_importer_reads_may_be_required(name: str) -> None:
    content = changed(put("extensionsRequired", [name]))
    assert inspect_bytes(content) == inspect_bytes(GOOD)
    assert isinstance(read_bytes(content), Unusual)


@pytest.mark.parametrize(
    "change",
    [
        put("textures", 0, {}),
        put("images", 0, {"uri": "data:image/png;base64," + base64.b64encode(speck()).decode()}),
        put("textures", 0, "extensions", {"EXT_texture_webp": [0]}),
        put(*FIRST, "mode", 5),
        put(*FIRST, "mode", 6),
    ],
)
def test_what_is_legal_is_let_through(change: Callable[[Document], None]) -> None:
    """Blender's own importer reads what ours does not."""
    content = changed(change)
    assert inspect_bytes(content).faces
    assert isinstance(read_bytes(content), Unusual) or "webp" in str(split(content)[0])


def test_accessor_without_data_holds_no_mesh() -> None:
    assert "no data" in refusal(changed(lambda document: document["accessors"][1].pop("bufferView")))


def test_shared_mesh_cannot_become_absurdly_many_faces() -> None:
    def change(document: Document) -> None:
        document["meshes"] = document["meshes"] * 9000
        document["meshes"][0]["primitives"] *= 10
        document["nodes"] = [{"mesh": index} for index in range(9000)]

    assert "absurdly many faces" in refusal(changed(change))


def overwrite(content: bytes, accessor: int, value: bytes) -> bytes:
    document, binary = split(content)
    view = document["bufferViews"][document["accessors"][accessor]["bufferView"]]
    start = view.get("byteOffset", 0)
    return joined(document, binary[:start] + value + binary[start + len(value) :])


def test_values() -> None:
    document, _binary = split(GOOD)
    primitive = document["meshes"][0]["primitives"][0]
    position, indices = primitive["attributes"]["POSITION"], primitive["indices"]
    for number in (float("nan"), float("inf"), float("-inf")):
        assert "lies nowhere" in refusal(overwrite(GOOD, position, struct.pack("<f", number)))
    vertices = document["accessors"][position]["count"]
    for corner in (vertices, 2**32 - 1):
        assert "does not exist" in refusal(overwrite(GOOD, indices, struct.pack("<I", corner)))
    inspect_bytes(overwrite(GOOD, indices, struct.pack("<I", vertices - 1)))
    count = document["accessors"][indices]["count"]
    assert "last face is incomplete" in refusal(changed(put("accessors", indices, "count", count - 1)))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing but a sound GLB passes; everything else ends in one sentence, quickly."""

from __future__ import annotations

import base64
import io
import json
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.blender import forge
from tests.simulator.glb import Recipe, build
from trellis_blender.core.errors import ModelFileError
from trellis_blender.core.glb import Summary, inspect, inspect_bytes, read_container
from trellis_blender.core.gltf_plain import Unusual
from trellis_blender.core.model import read_bytes

MUTATIONS = 2500
Document = dict[str, Any]


def made(**recipe: Any) -> bytes:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((8, 16, 56, 48), fill=(200, 60, 30, 255))
    return build(picture, Recipe(**{"faces": 600, "texture_pixels": 64, **recipe}))


GOOD = made()


def speck() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return file.getvalue()


def split(content: bytes) -> tuple[Document, bytes]:
    _document, binary = read_container(io.BytesIO(content))
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + size]), bytes(binary[:])


def joined(document: Any, binary: bytes = b"", *, text: bytes | None = None) -> bytes:
    text = json.dumps(document).encode() if text is None else text
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def changed(change: Callable[[Document], object], *, binary: bytes | None = None) -> bytes:
    document, own = split(GOOD)
    change(document)
    return joined(document, own if binary is None else binary)


def refusal(content: bytes) -> str:
    with pytest.raises(ModelFileError) as caught:
        inspect_bytes(content)
    text = str(caught.value)
    assert text.endswith("The file is kept.")
    assert len(text) < 400
    return text


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


def put(*path: Any) -> Callable[[Document], None]:
    """Give what sets the last of ``path`` at the place that the others lead to."""

    def change(document: Document) -> None:
        *way, name, value = path
        place: Any = document
        for step in way:
            place = place[step]
        place[name] = value

    return change


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
        (put("images", 0, {"uri": "data:text/html;base64,AAAA"}), "in other files"),
        (put("images", 0, {}), "not there"),
        (put("images", 0, "bufferView", 0), "is not a PNG, JPEG or WebP"),
        (put("images", 0, "mimeType", "image/gif"), "is not a PNG, JPEG or WebP"),
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


GLOBE = forge.globe(6, 8)


def sparse(numbers: list[int], change: Callable[[Document], object] = lambda _: None, **named: Any) -> bytes:
    points = np.ones((len(numbers), 3))
    return forge.sparse(forge.glb(GLOBE, change=change), numbers, points, **named)


@pytest.mark.parametrize("with_base", [True, False])
def test_sparse_data_is_let_through(with_base: bool) -> None:
    content = sparse([3, 9], with_base=with_base)
    assert inspect_bytes(content).vertices == len(GLOBE.points)
    assert isinstance(read_bytes(content), Unusual)


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        ("count", 3, "past its data"),
        ("count", 10**9, "sparse.count"),
        ("count", 64, "more changes than elements"),
        ("indices", {"bufferView": 99, "componentType": 5125}, "bufferViews[99]"),
        ("indices", {"bufferView": 3, "componentType": 5126}, "sparse.indices.componentType"),
        ("indices", {"bufferView": 3, "componentType": 5125}, "does not exist"),
        ("values", {"bufferView": 0, "byteOffset": 2**32 - 1}, "past its data"),
        ("values", {}, "sparse.values.bufferView"),
    ],
)
def test_sparse_data_that_is_not_there(where: str, value: Any, words: str) -> None:
    document, binary = split(sparse([3, 9]))
    document["accessors"][0]["sparse"][where] = value
    if words == "does not exist":
        document["accessors"][0]["sparse"][where]["bufferView"] = 0  # floats, which are absurd as numbers of vertices
    assert words in refusal(joined(document, binary))


def test_what_sparse_data_says() -> None:
    assert "lies nowhere" in refusal(forge.sparse(forge.glb(GLOBE), [3], [[0.0, float("nan"), 0.0]]))
    assert "does not exist" in refusal(sparse([len(GLOBE.points)]))
    document, binary = split(sparse([3], with_base=False))
    document["accessors"][0]["count"] = 40_000_000
    assert "absurdly many elements" in refusal(joined(document, binary))


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


def mutated(dice: random.Random, content: bytes, text_end: int) -> bytes:
    """Change a file in one of the ways that transfers and bad writers do; mostly where the description is."""
    body = bytearray(content)
    kind = dice.randrange(6)
    place = dice.randrange(12, text_end) if dice.random() < 0.8 else dice.randrange(len(body))
    if kind == 0:
        body[place] = dice.randrange(256)
    elif kind == 1:
        body[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(9))
    elif kind == 2:
        digits = [index for index in range(20, text_end) if 48 <= body[index] <= 57]
        for _ in range(dice.randrange(1, 6)):
            body[dice.choice(digits)] = dice.choice(b"0123456789-.e")
    elif kind == 3:
        del body[place : place + dice.randrange(1, 64)]
    elif kind == 4:
        body = body[:place] + body[place : place + dice.randrange(1, 64)] * 2 + body[place:]
    else:
        document, binary = split(content)
        return joined(scrambled(dice, document), binary)
    if dice.random() < 0.8 and len(body) >= 20:  # so that more than the length is looked at
        body[8:12] = struct.pack("<I", len(body))
        if kind in (1, 3, 4):
            grown = struct.unpack_from("<I", content, 12)[0] + len(body) - len(content)
            body[12:16] = struct.pack("<I", max(grown, 0))
    return bytes(body)


def scrambled(dice: random.Random, value: Any) -> Any:
    """Replace something inside a document by something else."""
    if isinstance(value, (dict, list)) and value and dice.random() < 0.9:
        key = dice.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if dice.random() < 0.1:
            del value[key]
        else:
            value[key] = scrambled(dice, value[key])
        return value
    odd = [None, -1, 0, 1, 2, 5125, 2**31, 2**40, 0.5, "", "x", [], {}, [0], {"index": 0}, True, 1e300]
    return dice.choice(odd)


def test_thousands_of_mutations() -> None:
    """Every one is either sound or refused by our own error; numpy's, struct's or Python's never show."""
    dice = random.Random(20261122)
    text_end = 20 + struct.unpack_from("<I", GOOD, 12)[0]
    refused = 0
    for _ in range(MUTATIONS):
        content = mutated(dice, GOOD, text_end)
        try:
            assert isinstance(inspect_bytes(content), Summary)
        except ModelFileError:
            refused += 1
    assert MUTATIONS * 0.3 < refused < MUTATIONS

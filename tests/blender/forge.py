# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes and GLB files made by hand, of the kind the service sends; plain numpy, knows no Blender."""

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

_FLOAT = 5126
_INDEX_KINDS = {"<u1": 5121, "<u2": 5123, "<u4": 5125}
_TYPES = {2: "VEC2", 3: "VEC3"}


@dataclass
class Shape:
    """What goes into a file. ``faces`` None: three vertices after another are one."""

    points: npt.NDArray[np.float32]
    faces: npt.NDArray[Any] | None
    normals: npt.NDArray[np.float32] | None = None
    uvs: npt.NDArray[np.float32] | None = None


@dataclass
class Look:
    """A material as the file tells it; images are encoded. ``more`` goes into the material's table."""

    base: bytes | None = None
    orm: bytes | None = None
    alpha_mode: str = "OPAQUE"
    double_sided: bool = True
    pbr: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def glb(
    shape: Shape, look: Look | None = None, *, chain: Sequence[dict[str, Any]] = (), index_kind: str = "<u4",
    change: Callable[[dict[str, Any]], None] | None = None,
) -> bytes:  # fmt: skip
    """Give the file; the mesh hangs below the nodes of ``chain``, each with its transform."""
    parts: list[bytes] = []
    document: dict[str, Any] = {"asset": {"version": "2.0"}, "accessors": [], "bufferViews": []}
    primitive: dict[str, Any] = {"attributes": {}}
    for name, values in (("POSITION", shape.points), ("NORMAL", shape.normals), ("TEXCOORD_0", shape.uvs)):
        if values is not None:
            primitive["attributes"][name] = _accessor(document, parts, values.astype("<f4"), _TYPES[values.shape[1]])
    if shape.faces is not None:
        indices = shape.faces.ravel().astype(index_kind)
        primitive["indices"] = _accessor(document, parts, indices, "SCALAR", _INDEX_KINDS[index_kind])
    if look is not None:
        primitive["material"] = 0
        document["materials"] = [_material(document, parts, look)]
    document["meshes"] = [{"name": "geometry_0", "primitives": [primitive]}]
    links = [{"name": f"link {number}", **node} for number, node in enumerate(chain)]
    document["nodes"] = [*links, {"name": "geometry_0", "mesh": 0}]
    for number, node in enumerate(document["nodes"][:-1]):
        node["children"] = [number + 1]
    document["scene"], document["scenes"] = 0, [{"nodes": [0]}]
    binary = b""
    for view, part in zip(document["bufferViews"], parts, strict=True):
        view.update(buffer=0, byteOffset=len(binary), byteLength=len(part))
        binary += part + b"\0" * (-len(part) % 4)
    document["buffers"] = [{"byteLength": len(binary)}]
    if change is not None:
        change(document)
    return assembled(document, binary)


def assembled(document: dict[str, Any], binary: bytes) -> bytes:
    """Give the container of a description and its data."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def taken_apart(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Give the description and the data of a container."""
    (size,) = struct.unpack_from("<I", content, 12)
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def sparse(content: bytes, numbers: Sequence[int], points: Any, *, with_base: bool = True) -> bytes:
    """Give a file whose vertices are others at these numbers; ``with_base`` else all others lie at the origin."""
    document, binary = taken_apart(content)
    parts = np.array(numbers, "<u4").tobytes(), np.array(points, "<f4").tobytes()
    for part in parts:
        binary += b"\0" * (-len(binary) % 4)
        document["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(part)})
        binary += part
    last, accessor = len(document["bufferViews"]) - 1, document["accessors"][0]
    accessor["sparse"] = {"count": len(numbers), "indices": {"bufferView": last - 1, "componentType": 5125},
                          "values": {"bufferView": last}}  # fmt: skip
    if not with_base:
        del accessor["bufferView"]
    document["buffers"][0]["byteLength"] = len(binary)
    return assembled(document, binary + b"\0" * (-len(binary) % 4))


def png(
    pixels: npt.NDArray[np.uint8], filters: Callable[[int], int] = lambda row: row % 5, level: int = 6, bits: int = 8
) -> bytes:
    """Encode (height, width, 1 … 4) pixels; ``filters`` gives the filter of each row, by PNG's numbers.

    Of 16 ``bits``, pixels have two bytes a channel, the upper one first.
    """
    height, width, depth = pixels.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[depth * 8 // bits]
    flat = pixels.reshape(height, -1).astype(np.int16)
    left = np.pad(flat, ((0, 0), (depth, 0)))[:, : width * depth]
    above = np.pad(flat, ((1, 0), (0, 0)))[:height]
    corner = np.pad(left, ((1, 0), (0, 0)))[:height]
    guess = left + above - corner
    far = [np.abs(guess - each) for each in (left, above, corner)]
    paeth = np.where((far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], above, corner))
    predictions = [np.zeros_like(flat), left, above, (left + above) // 2, paeth]
    chosen = np.array([filters(row) for row in range(height)])
    rows = np.stack([flat - each for each in predictions])[chosen, np.arange(height)].astype(np.uint8)
    packed = zlib.compress(np.column_stack([chosen.astype(np.uint8), rows]).tobytes(), level)
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    )


def globe(rings: int = 12, segments: int = 16) -> Shape:
    """Give a sphere of radius a half whose vertices are split along one seam and at the poles, for its UVs alone."""
    v, u = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, segments + 1), indexing="ij")
    around = 2 * np.pi * np.where(u == 1.0, 0.0, u)  # to the bit the same on both sides of the seam
    normals = np.stack([np.sin(np.pi * v) * np.cos(around), np.cos(np.pi * v), np.sin(np.pi * v) * np.sin(around)], -1)
    normals[0], normals[-1] = (0, 1, 0), (0, -1, 0)
    row, column = np.meshgrid(np.arange(rings), np.arange(segments), indexing="ij")
    a = row * (segments + 1) + column
    b, c, d = a + 1, a + segments + 1, a + segments + 2
    faces = np.concatenate([
        np.stack([a, b, d], -1)[1:].reshape(-1, 3), np.stack([a, d, c], -1)[:-1].reshape(-1, 3),
    ])  # fmt: skip
    normals = normals.reshape(-1, 3).astype(np.float32)
    return Shape(normals * np.float32(0.5), faces, normals, np.stack([u, v], -1).reshape(-1, 2).astype(np.float32))


def _accessor(document: dict[str, Any], parts: list[bytes], values: Any, kind: str, component: int = _FLOAT) -> int:
    accessor = {"bufferView": len(parts), "componentType": component, "count": len(values), "type": kind}
    if kind == "VEC3":
        accessor |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
    document["accessors"].append(accessor)
    document["bufferViews"].append({})
    parts.append(values.tobytes())
    return len(document["accessors"]) - 1


def _material(document: dict[str, Any], parts: list[bytes], look: Look) -> dict[str, Any]:
    pbr = dict(look.pbr)
    for name, content in (("baseColorTexture", look.base), ("metallicRoughnessTexture", look.orm)):
        if content is None:
            continue
        images, textures = document.setdefault("images", []), document.setdefault("textures", [])
        is_webp = content[:4] == b"RIFF"
        kind = "webp" if is_webp else "jpeg" if content[:2] == b"\xff\xd8" else "png"
        pbr[name] = {"index": len(textures)}
        textures.append({"extensions": {"EXT_texture_webp": {"source": len(images)}}} if is_webp else
                        {"source": len(images)})  # fmt: skip
        if is_webp:
            document["extensionsUsed"] = document["extensionsRequired"] = ["EXT_texture_webp"]
        images.append({"bufferView": len(parts), "mimeType": f"image/{kind}"})
        document["bufferViews"].append({})
        parts.append(content)
    return {"name": "made by hand", "pbrMetallicRoughness": pbr, "alphaMode": look.alpha_mode,
            "doubleSided": look.double_sided, **look.more}  # fmt: skip

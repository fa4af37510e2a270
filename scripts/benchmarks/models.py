# SPDX-License-Identifier: GPL-3.0-or-later
"""Models for ``scripts/bench import``: a bumpy globe cut into charts as the service unwraps, grainy textures."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

CHART_QUADS = 5
"""Sides of a chart: with it a file has 0.72 vertices for each face; a real one of the service has 0.78."""
EVEN, ONE_TURNED, BY_AREA = "even", "one", "area"
OPAQUE, STRAY = "opaque", "stray"
MODES = {OPAQUE: "OPAQUE", STRAY: "BLEND"}
STRAY_TEXELS = 40
"""So few can be seen through, and all of the object is said to be transparent: a known flaw of the service."""
UNEVEN = 0.3
"""How far a vertex lies from its place in the grid, as a share of a step."""
GRAIN_BITS = 3
"""Of each channel's eight, those that are noise and cannot be compressed."""


def write(path: Path, *, faces: int, side: int, kind: str, normals: str = EVEN, alpha: str = OPAQUE) -> None:
    """Write a GLB with about so many faces and two textures of ``side`` pixels, ``png`` or ``webp``.

    ``normals``: even ones are as Blender would give them, one of them is turned, or all are weighted by area on
    faces of uneven sizes, which Blender weighs by their angles. ``alpha``: stray texels make it ``BLEND``.
    """
    points, turned, uvs, indices = globe(faces, is_uneven=normals == BY_AREA)
    if normals == ONE_TURNED:
        _turn(points, turned, len(points) // 2)
    arrays = [points, turned, uvs, indices]
    parts = [np.ascontiguousarray(values).tobytes() for values in arrays]
    parts += [texture(side, kind, seed=1, channels=4, alpha=alpha), texture(side, kind, seed=2, channels=3)]
    views, binary = [], bytearray()
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(part)})
        binary += part + b"\0" * (-len(part) % 4)
    webp = {"EXT_texture_webp": {}}
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "world", "children": [1]}, {"name": "geometry_0", "mesh": 0}],
        "meshes": [{"primitives": [
            {"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}
        ]}],
        "materials": [{"doubleSided": True, "alphaMode": MODES[alpha], "pbrMetallicRoughness": {
            "baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 1}}}],
        "textures": [_source(number, kind) for number in range(2)],
        "images": [{"bufferView": 4 + number, "mimeType": f"image/{kind}"} for number in range(2)],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3",
             "min": points.min(0).tolist(), "max": points.max(0).tolist()},
            {"bufferView": 1, "componentType": 5126, "count": len(points), "type": "VEC3"},
            {"bufferView": 2, "componentType": 5126, "count": len(points), "type": "VEC2"},
            {"bufferView": 3, "componentType": 5125, "count": indices.size, "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }  # fmt: skip
    if kind == "webp":
        document["extensionsUsed"] = document["extensionsRequired"] = list(webp)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(binary)))
        file.write(struct.pack("<I4s", len(text), b"JSON") + text)
        file.write(struct.pack("<I4s", len(binary), b"BIN\0") + binary)


def globe(faces: int, *, is_uneven: bool = False) -> tuple[Any, Any, Any, Any]:
    """Give points, normals, UVs and triangles; neighbouring charts repeat their common vertices to the bit."""
    rings = max(round((faces / 4) ** 0.5 / CHART_QUADS) * CHART_QUADS, CHART_QUADS)
    segments = 2 * rings
    row, column = np.meshgrid(np.arange(rings + 1), np.arange(segments), indexing="ij")
    if is_uneven:
        dice = np.random.default_rng(7)
        row, column = (steps + dice.uniform(-UNEVEN, UNEVEN, steps.shape) for steps in (row, column))
    # From pole to pole short of both: faces at a pole would be lines.
    down, around = np.pi * (row + 0.5) / (rings + 1), 2 * np.pi * column / segments
    radius = 0.45 + 0.03 * np.sin(9 * down) * np.cos(7 * around)
    grid = (
        np.stack([np.sin(down) * np.cos(around), np.cos(down), np.sin(down) * np.sin(around)], -1) * radius[..., None]
    )
    grid = grid.astype(np.float32)
    normals = _by_area(grid) if is_uneven else _smooth(grid)
    chart_rows, chart_columns = rings // CHART_QUADS, segments // CHART_QUADS
    step = np.arange(CHART_QUADS + 1)
    rows = (np.arange(chart_rows)[:, None, None, None] * CHART_QUADS + step[:, None]) + 0 * step
    columns = np.arange(chart_columns)[None, :, None, None] * CHART_QUADS + step
    rows, columns = np.broadcast_arrays(rows, columns)
    points = grid[rows, columns % segments].reshape(-1, 3)
    turned = normals[rows, columns % segments].reshape(-1, 3)
    uvs = np.stack([columns / segments, rows / (rings + 1)], -1).reshape(-1, 2)
    across = CHART_QUADS + 1
    a = (np.arange(CHART_QUADS)[:, None] * across + np.arange(CHART_QUADS)).ravel()
    chart = np.concatenate([np.stack([a, a + 1, a + across + 1], -1), np.stack([a, a + across + 1, a + across], -1)])
    starts = np.arange(chart_rows * chart_columns)[:, None, None] * across**2
    return points, turned, uvs.astype(np.float32), (starts + chart).reshape(-1, 3).astype(np.uint32)


def _turn(points: Any, normals: Any, vertex: int) -> None:
    """Turn a normal by some degrees, wherever the file repeats its vertex."""
    same = (points == points[vertex]).all(axis=1)
    tilted = normals[vertex] + np.float32([0.04, 0.0, 0.03])
    normals[same] = tilted / np.linalg.norm(tilted)


def texture(side: int, kind: str, *, seed: int, channels: int, alpha: str = OPAQUE) -> bytes:
    """Encode waves with grain on them, as a photograph has."""
    from PIL import Image

    x, y = np.meshgrid(np.linspace(0, 9, side, dtype=np.float32), np.linspace(0, 7, side, dtype=np.float32))
    waves = np.stack([np.sin(x * (n + 1)) * np.cos(y * (3 - n)) for n in range(3)], -1)
    pixels = (128 + 100 * waves).astype(np.uint8)
    pixels ^= np.random.default_rng(seed).integers(0, 1 << GRAIN_BITS, pixels.shape, np.uint8)
    if channels == 4:
        opacity = np.full((side, side, 1), 255, np.uint8)
        if alpha == STRAY:
            dice = np.random.default_rng(seed + 2)
            where = dice.integers(0, side, (2, STRAY_TEXELS))
            opacity[where[0], where[1], 0] = dice.integers(0, 250, STRAY_TEXELS)
        pixels = np.concatenate([pixels, opacity], axis=2)
    stream = io.BytesIO()
    picture = Image.fromarray(pixels)
    if kind == "webp":
        picture.save(stream, "WEBP", quality=90, method=0)
    else:
        picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _smooth(grid: Any) -> Any:
    """Give each vertex the direction of its neighbours' cross product, on a grid that is closed around."""
    around = np.roll(grid, -1, axis=1) - np.roll(grid, 1, axis=1)
    down = np.gradient(grid, axis=0)
    normals = np.cross(around, down)
    return (normals / np.linalg.norm(normals, axis=2, keepdims=True)).astype(np.float32)


def _by_area(grid: Any) -> Any:
    """Give each vertex the sum of its faces' cross products, on a grid that is closed around."""
    right = np.roll(grid, -1, axis=1).astype(np.float64)
    below, across = grid[1:], right[1:]
    upper = np.cross(right[:-1] - grid[:-1], across - grid[:-1])
    lower = np.cross(across - grid[:-1], below - grid[:-1])
    normals = np.zeros(grid.shape)
    normals[:-1] += upper + lower
    normals[1:] += lower
    normals[:-1] += np.roll(upper, 1, axis=1)
    normals[1:] += np.roll(upper + lower, 1, axis=1)
    return (normals / np.linalg.norm(normals, axis=2, keepdims=True)).astype(np.float32)


def _source(number: int, kind: str) -> dict[str, Any]:
    return {"extensions": {"EXT_texture_webp": {"source": number}}} if kind == "webp" else {"source": number}

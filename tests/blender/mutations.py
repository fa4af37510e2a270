# SPDX-License-Identifier: GPL-3.0-or-later
"""Damage done to GLB files, drawn from a seed: bits, cuts, fields, counts, absurd numbers, views that overlap."""

import random
import struct
from collections.abc import Callable
from typing import Any

import forge

ODD: list[Any] = [
    None, -1, 0, 1, 2, 3, 7, 255, 5120, 5121, 5123, 5125, 5126, 2**16, 2**31, 2**32, 2**53, 1e300, -0.5, 0.5, True, "",
    "VEC4", "SCALAR", "MAT4", "x" * 300, "\0", [], [0], [1e300] * 4, [None], {}, {"index": 0}, {"source": 9},
]  # fmt: skip
NUMBERS = (float("nan"), float("inf"), float("-inf"), 1e38, -3e38, 1e-45, -0.0)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Give a file with one to three kinds of damage."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if len(content) < 40:
            return content
        content = rng.choice(KINDS)(content, rng)
    return content


def bits(content: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def early_bits(content: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(content)
    damaged[rng.randrange(min(len(damaged), 2500))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def cut(content: bytes, rng: random.Random) -> bytes:
    shorter = content[: rng.randrange(len(content))]
    if rng.random() < 0.5 and len(shorter) > 12:  # with a header that agrees
        shorter = shorter[:8] + struct.pack("<I", len(shorter)) + shorter[12:]
    return shorter


def field(content: bytes, rng: random.Random) -> bytes:
    """Set one value of the description to something odd, take it away, or give it a neighbour's."""

    def change(document: Any) -> None:
        holder, key = rng.choice(_places(document))
        what = rng.random()
        if what < 0.2:
            del holder[key]
        elif what < 0.4:
            other, other_key = rng.choice(_places(document))
            holder[key] = other[other_key] if not isinstance(other[other_key], dict | list) else rng.choice(ODD)
        elif what < 0.6 and isinstance(holder[key], int):
            holder[key] += rng.choice((-4, -1, 1, 4))
        else:
            holder[key] = rng.choice(ODD)

    return _described(content, change)


def count(content: bytes, rng: random.Random) -> bytes:
    def change(document: Any) -> None:
        if document.get("accessors"):
            rng.choice(document["accessors"])["count"] = rng.choice((0, 1, 2, 3, 4, 6, 2**20, 2**31, 2**40, -3))

    return _described(content, change)


def overlap(content: bytes, rng: random.Random) -> bytes:
    """Have a view begin, end or step elsewhere, in or past another."""

    def change(document: Any) -> None:
        views = document.get("bufferViews")
        if views:
            rng.choice(views).update(
                {
                    rng.choice(("byteOffset", "byteLength", "byteStride")): rng.choice(
                        (0, 1, 4, 12, 40, 252, 2**20, 2**33)
                    )
                }
            )

    return _described(content, change)


def kind(content: bytes, rng: random.Random) -> bytes:
    """Have numbers read as those of another type."""

    def change(document: Any) -> None:
        if document.get("accessors"):
            accessor = rng.choice(document["accessors"])
            accessor[rng.choice(("componentType", "type"))] = rng.choice((5120, 5121, 5122, 5123, 5125, 5126, "VEC2",
                                                                          "VEC3", "VEC4", "SCALAR"))  # fmt: skip

    return _described(content, change)


def numbers(content: bytes, rng: random.Random) -> bytes:
    """Put numbers that are none, or absurd ones, among the data."""
    try:
        document, binary = forge.taken_apart(content)
    except (ValueError, struct.error):
        return content
    data = bytearray(binary)
    for _ in range(rng.choice((1, 1, 3, 100))):
        if len(data) >= 8:
            struct.pack_into("<f", data, rng.randrange(len(data) // 4 - 1) * 4, rng.choice(NUMBERS))
    return forge.assembled(document, bytes(data))


def extra(content: bytes, rng: random.Random) -> bytes:
    """Add what the service never sends, half of it wrong."""
    parts: list[tuple[str, Any]] = [
        ("animations", [{"samplers": [], "channels": []}]),
        ("skins", [{"joints": [0]}]),
        ("skins", [{"joints": [99]}]),
        ("cameras", [{"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}}]),
        ("extensionsRequired", ["KHR_draco_mesh_compression"]),
        ("extensionsRequired", ["KHR_mesh_quantization"]),
        ("extensionsUsed", ["KHR_materials_unlit"]),
        ("scene", 1),
    ]

    primitives: list[dict[str, Any]] = [
        {"targets": [{"POSITION": 0}]}, {"targets": [{"POSITION": 9}]}, {"mode": 1}, {"mode": 5},
        {"extensions": {"KHR_materials_variants": {}}},
    ]  # fmt: skip

    def change(document: Any) -> None:
        if rng.random() < 0.5:
            name, value = rng.choice(parts)
            document[name] = value
        else:
            for mesh in document.get("meshes", ()):
                mesh["primitives"][0].update(rng.choice(primitives))

    return _described(content, change)


KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    bits, early_bits, cut, field, field, field, count, overlap, kind, numbers, extra,
)  # fmt: skip


def _described(content: bytes, change: Callable[[Any], None]) -> bytes:
    try:
        document, binary = forge.taken_apart(content)
        change(document)
        return forge.assembled(document, binary)
    except (ValueError, TypeError, AttributeError, LookupError, struct.error):
        return content  # damaged beyond this kind of damage already


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Give every place of the description that holds a value."""
    found, waiting = [], [document]
    while waiting:
        holder = waiting.pop()
        for key in list(holder if isinstance(holder, dict) else range(len(holder))):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found

# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse accessors of a GLB: let through when they are sound, refused in one sentence when they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.blender import forge
from tests.core.glbs import Document, joined, refusal, split
from trellis_blender.core.glb import inspect_bytes
from trellis_blender.core.gltf_plain import Unusual
from trellis_blender.core.model import read_bytes

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

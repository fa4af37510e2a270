# SPDX-License-Identifier: GPL-3.0-or-later
"""Of a GLB with several scenes only what its default scene shows is left; any other file stays as it is."""

from __future__ import annotations

import pytest

from tests.core.glbs import GOOD, Document, joined, split
from trellis_blender.core.glb import inspect_bytes
from trellis_blender.core.gltf_shown import only_shown

WHOLE, BINARY = split(GOOD)
FACES = inspect_bytes(GOOD).faces


def document(*scenes: list[int], default: int | None = None, **more: object) -> Document:
    """Describe three nodes, of which 0 holds 1, and 1 and 2 have a mesh; and scenes of these roots."""
    made = {
        **WHOLE,
        "nodes": [{"children": [1], "name": "root"}, {"mesh": 0}, {"mesh": 0, "camera": 0, "name": "beside"}],
        "cameras": [{"type": "perspective", "perspective": {"yfov": 1.0, "znear": 0.1}}],
        "scenes": [{"nodes": roots} for roots in scenes],
        **more,
    }
    made.pop("scene", None)
    return made if default is None else {**made, "scene": default}


def shown(described: Document) -> tuple[Document, int]:
    """Give what is left, and the faces that our own check counts in it."""
    content = only_shown(described, memoryview(BINARY))
    left, binary = split(content)
    assert binary.rstrip(b"\0") == BINARY.rstrip(b"\0")
    return left, inspect_bytes(content).faces


@pytest.mark.parametrize("described", [WHOLE, document([0, 2])])
def test_what_shows_everything_stays_as_it_is(described: Document) -> None:
    assert only_shown(described, memoryview(BINARY)) == b""


@pytest.mark.parametrize(("default", "meshes"), [(None, [1]), (0, [1]), (1, [2]), (2, [1, 2])])
def test_the_default_scene_is_what_is_left(default: int | None, meshes: list[int]) -> None:
    """Without a number it is the first one. What is in no other scene keeps its place, so that numbers stay right."""
    left, faces = shown(document([0], [2], [0, 2], default=default))
    assert [index for index, node in enumerate(left["nodes"]) if "mesh" in node] == meshes
    assert (left["scene"], left["scenes"]) == (0, [{"nodes": [0, 2]}])
    assert [node.get("name") for node in left["nodes"]] == ["root", None, "beside"]
    assert faces == FACES


def test_nothing_else_of_a_hidden_node_is_left() -> None:
    left, _faces = shown(document([0], [2], animations=[{"channels": [], "samplers": []}]))
    assert left["nodes"][2] == {"name": "beside"} and "animations" not in left


@pytest.mark.parametrize("scenes", [(), ([], [0, 2]), ([],)])
def test_without_a_scene_that_shows_a_mesh_all_of_them_are(scenes: tuple[list[int], ...]) -> None:
    left, faces = shown(document(*scenes))
    assert [index for index, node in enumerate(left["nodes"]) if "mesh" in node] == [1, 2]
    assert faces == FACES


def test_nodes_in_no_scene_are_not_shown() -> None:
    left, faces = shown(document([0]))
    assert "mesh" not in left["nodes"][2] and faces == FACES


def test_the_described_file_itself_is_not_changed() -> None:
    described = document([0], [2])
    before = joined(described, BINARY)
    shown(described)
    assert joined(described, BINARY) == before

# SPDX-License-Identifier: GPL-3.0-or-later
"""GLB files made by hand: with more in them than the service sends, or such that Blender's importer fails on them."""

import json
import struct
from typing import Any

import numpy as np
from pictures import encode_png, mushroom

_FLOAT, _UNSIGNED = 5126, 5125


def glb(change: Any = None) -> bytes:
    """Give a textured tetrahedron below a root, after ``change`` has had its way with the document."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3], np.uint32)
    coordinates = points[:, :2].copy()
    parts = [points.tobytes(), faces.tobytes(), coordinates.tobytes(), encode_png(mushroom(8, 8)),
             np.tile(np.array([[1, 0, 0, 0]], np.float32), (4, 1)).tobytes()]  # fmt: skip
    views, binary = [], b""
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(part)})
        binary += part + b"\0" * (-len(part) % 4)
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "world", "children": [1]}, {"name": "geometry_0", "mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1, "material": 0}]}],
        "materials": [{"name": "made by hand", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": _FLOAT, "count": 4, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1]},
            {"bufferView": 1, "componentType": _UNSIGNED, "count": 12, "type": "SCALAR"},
            {"bufferView": 2, "componentType": _FLOAT, "count": 4, "type": "VEC2"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    if change is not None:
        change(document)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def with_company(document: dict[str, Any]) -> None:
    """A camera, a light, a second empty, an animation and a morph target come along."""
    document["cameras"] = [{"type": "perspective", "perspective": {"yfov": 0.8, "znear": 0.1}}]
    document["extensionsUsed"] = ["KHR_lights_punctual"]
    document["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point", "intensity": 5.0}]}}
    document["nodes"] += [
        {"name": "camera", "camera": 0},
        {"name": "lamp", "extensions": {"KHR_lights_punctual": {"light": 0}}},
        {"name": "nothing"},
    ]
    document["scenes"][0]["nodes"] += [2, 3, 4]
    document["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}]
    document["meshes"][0]["weights"] = [0.0]
    document["accessors"].append({"bufferView": 2, "componentType": _FLOAT, "count": 4, "type": "SCALAR",
                                  "min": [0.0], "max": [1.0]})  # fmt: skip
    document["animations"] = [{
        "name": "spin",
        "samplers": [{"input": 3, "output": 0, "interpolation": "LINEAR"}],
        "channels": [{"sampler": 0, "target": {"node": 4, "path": "translation"}}],
    }]  # fmt: skip


def skinned(document: dict[str, Any]) -> None:
    """A bone, twice as long upwards as it was bound, holds the whole mesh."""
    document["accessors"] += [
        {"componentType": 5121, "count": 4, "type": "VEC4"},
        {"bufferView": 4, "componentType": _FLOAT, "count": 4, "type": "VEC4"},
    ]
    document["meshes"][0]["primitives"][0]["attributes"] |= {"JOINTS_0": 3, "WEIGHTS_0": 4}
    document["nodes"].append({"name": "bone", "scale": [1, 2, 1], "translation": [0, 5, 0]})
    document["nodes"][1]["skin"] = 0
    document["skins"] = [{"joints": [2]}]
    document["scenes"][0]["nodes"].append(2)


def two_scenes(document: dict[str, Any]) -> None:
    """Another scene holds a mesh too, a third node with one is in none, and a camera makes the file unusual."""
    document["cameras"] = [{"type": "perspective", "perspective": {"yfov": 0.8, "znear": 0.1}}]
    document["nodes"] += [{"mesh": 0, "translation": [9, 9, 9]}, {"mesh": 0}]
    document["scenes"].insert(0, {"name": "elsewhere", "nodes": [2]})
    document["scene"] = 1


def moving(document: dict[str, Any]) -> None:
    """An animation moves the mesh."""
    with_company(document)
    document["animations"][0]["channels"][0]["target"]["node"] = 1


def unknown_skin(document: dict[str, Any]) -> None:
    """The mesh is to be bound to a skin that is not there."""
    document["nodes"][1]["skin"] = 7


def broken_skin(document: dict[str, Any]) -> None:
    """An armature can be made, but its matrices are read from faces."""
    document["skins"] = [{"joints": [2, 3], "inverseBindMatrices": 9}]
    document["nodes"] += [{"name": "bone", "children": [3]}, {"name": "tip", "translation": [0, 1, 0]}]
    document["scenes"][0]["nodes"].append(2)
    document["nodes"][1]["skin"] = 0


def broken_target(document: dict[str, Any]) -> None:
    """A morph target reads positions that are not there, after mesh and images were made."""
    document["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 99}]


def broken_animation(document: dict[str, Any]) -> None:
    """An animation moves a node that is not there; it comes last of all."""
    with_company(document)
    document["animations"][0]["channels"][0]["target"]["node"] = 4
    document["animations"][0]["samplers"][0]["output"] = 55


def unknown_camera(document: dict[str, Any]) -> None:
    """A node is to be a camera that is not there."""
    document["nodes"].append({"name": "camera", "camera": 3})
    document["scenes"][0]["nodes"].append(2)


FAILING = (unknown_skin, broken_skin, broken_target, broken_animation, unknown_camera)

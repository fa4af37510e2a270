# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a plain glTF file, one mesh of triangles, from all others, and gives its numbers. No bpy.

Works on documents that :mod:`.gltf_bounds` has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .glb import elements
from .gltf_bounds import Binary, Document
from .weld import Floats, Indices

_FLOAT: Final = 5126
_TRIANGLES: Final = 4
_INDEX_DTYPES: Final = {5121: "<u1", 5123: "<u2", 5125: "<u4"}
_ATTRIBUTES: Final = {"POSITION": "VEC3", "NORMAL": "VEC3", "TEXCOORD_0": "VEC2"}
_UNUSUAL_IN_A_NODE: Final = frozenset({"camera", "extensions", "skin", "weights"})
_SINGULAR: Final = 1e-12


@dataclass(frozen=True)
class Unusual:
    """Why a file is left to Blender's own importer."""

    why: str
    has_normals: bool = True
    """Of every mesh. By their positions alone, both sides of a thin sheet are one."""
    shown: bytes = field(default=b"", repr=False)
    """What to hand over in the file's stead, where it holds more than it shows."""


def all_have_normals(document: Document) -> bool:
    """Whether every mesh says how it is shaded."""
    return all("NORMAL" in each["attributes"] for mesh in document.get("meshes", ()) for each in mesh["primitives"])


def plain_geometry(document: Document) -> tuple[Mapping[str, Any], npt.NDArray[np.float64]] | Unusual:
    """Give the only primitive, and the matrix (4, 4) that takes it to the scene."""
    for kind in ("animations", "skins", "cameras"):
        if document.get(kind):
            return Unusual(f"it has {kind}")
    if document.get("extensionsRequired", ()) not in ((), [], ["EXT_texture_webp"]):
        return Unusual("it needs extensions")
    scene = document.get("scenes", [{}])[document.get("scene", 0)]
    nodes = document.get("nodes", ())
    found: list[tuple[int, npt.NDArray[np.float64]]] = []
    waiting = [(root, np.eye(4)) for root in scene.get("nodes", range(len(nodes)) if "scenes" not in document else ())]
    while waiting:
        index, above = waiting.pop()
        node = nodes[index]
        if odd := _UNUSUAL_IN_A_NODE & node.keys():
            return Unusual(f"a node has {min(odd)}")
        matrix = above @ _matrix(node)
        if "mesh" in node:
            found.append((node["mesh"], matrix))
        waiting += [(child, matrix) for child in node.get("children", ())]
    if len(found) != 1:
        return Unusual("it has more than one mesh")
    mesh_index, matrix = found[0]
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:3, :3])) < _SINGULAR:
        return Unusual("its mesh is flattened")
    primitives = document["meshes"][mesh_index]["primitives"]
    if len(primitives) != 1:
        return Unusual("its mesh has several parts")
    reason = _unusual_primitive(document, primitives[0])
    return Unusual(reason) if reason else (primitives[0], matrix)


def values(document: Document, accessor: int, binary: Binary) -> Floats:
    """Give a copy of an accessor's floats, one row an element."""
    components = {"VEC2": 2, "VEC3": 3}[document["accessors"][accessor]["type"]]
    return np.array(elements(document, accessor, "<f4", components, binary), np.float32)


def corner_numbers(document: Document, primitive: Mapping[str, Any], binary: Binary) -> Indices:
    """Give the file's vertex of each corner."""
    if "indices" not in primitive:
        count = document["accessors"][primitive["attributes"]["POSITION"]]["count"]
        return np.arange(count, dtype=np.int32)
    index = primitive["indices"]
    dtype = _INDEX_DTYPES[document["accessors"][index]["componentType"]]
    return np.array(elements(document, index, dtype, 1, binary)[:, 0], np.int32)


def _unusual_primitive(document: Document, primitive: Mapping[str, Any]) -> str:
    if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
        return "its mesh is not of triangles"
    if "targets" in primitive or "extensions" in primitive:
        return "its mesh has shapes or extensions"
    for name, index in primitive["attributes"].items():
        accessor = document["accessors"][index]
        kind = _ATTRIBUTES.get(name)
        if kind is None:
            return f"its mesh has {name[:40]}"
        if (accessor["type"], accessor["componentType"]) != (kind, _FLOAT) or not _is_dense(accessor):
            return f"its {name} is stored in an unusual way"
    if "indices" in primitive and not _is_dense(document["accessors"][primitive["indices"]]):
        return "its faces are stored in an unusual way"
    return ""


def _is_dense(accessor: Mapping[str, Any]) -> bool:
    return "bufferView" in accessor and "sparse" not in accessor


def _matrix(node: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    """Give a node's transform [glTF 2.0, 3.5.3]."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T  # column by column in the file
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    length = x * x + y * y + z * z + w * w
    s = 2.0 / length if length > 0.0 else 0.0
    matrix[:3, :3] = np.array(
        [[1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
         [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
         [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)]]
    ) * np.array(node.get("scale", (1.0, 1.0, 1.0)))  # fmt: skip
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix

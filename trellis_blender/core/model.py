# SPDX-License-Identifier: GPL-3.0-or-later
"""A checked GLB of the kind this service makes -> arrays as Blender keeps them, for a worker. Imports no bpy.

One triangle mesh with one material is read here; anything else a glTF file may hold is left to
Blender's own importer, and :func:`read` says why.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import glb, outliers, seams
from .edges import edges_and_twins, edges_of
from .errors import ModelFileError
from .fans import torn
from .gltf_bounds import Binary, Document
from .gltf_material import Material, Texture, read_material, unusual_material
from .gltf_plain import Unusual, all_have_normals, corner_numbers, plain_geometry, values
from .gltf_shown import only_shown
from .outliers import Outliers
from .pages import alone, blank
from .shading import differing, normalized, smooth_normals
from .transparency import Probes, probes, share_of_file
from .weld import Floats, Indices, Welded, weld

FAR: Final = 16.0
"""Times its size: a mesh that lies farther away is laid out around its middle, or its shape would be rounded."""
FARTHEST: Final = 1e30
"""In metres: squares of what is much larger are no numbers any more."""
NORMALS_DIFFER_DEGREES: Final = 0.99
"""Normals of the file that are nearer to Blender's own than this are not kept beside them: within a degree, rounded."""

SEAM_DEGREES: Final = 0.1
"""Normals of one place that are nearer to each other are the same but for rounding: more would be seen, as it comes on
top of the above, and would smooth the small facets of a dense mesh that is meant to be flat."""


@dataclass(eq=False)
class Mesh:
    """One triangle mesh, Z up, in metres as the file has them, the transforms of its nodes applied.

    ``positions`` (n, 3), counted from ``origin``; ``corners`` (3 * faces,) vertex of each face's corner;
    ``edges`` (e, 2) and ``corner_edges`` (3 * faces,) as :func:`.edges.edges_of` gives them; ``uvs`` (3 * faces, 2)
    with V up, or None; ``normals`` (n, 3) where the file's shading differs from Blender's smooth one, else
    None; in their stead ``outliers``, the first faces, where only these have such corners and it was
    asked for; ``smooth`` False for a file without normals, whose faces are flat [glTF 2.0, 3.7.2.1].
    """

    positions: Floats | None
    corners: Indices | None
    edges: Indices | None
    corner_edges: Indices | None
    uvs: Floats | None
    normals: Floats | None
    outliers: Outliers | None
    smooth: bool
    faces: int
    origin: tuple[float, float, float]

    def hand_over(self, name: str) -> Any:
        """Give an array and let go of it: who takes it makes a copy of his own, and both fill the memory."""
        array = getattr(self, name)
        setattr(self, name, None)
        return array


@dataclass(frozen=True, eq=False)
class Model:
    """What stands in a scene in the end. ``file_vertices`` and ``file_faces`` are what the file has."""

    mesh: Mesh
    material: Material | None
    file_vertices: int
    file_faces: int
    see_through: float | Probes | None = None
    """For a base texture that is said to be transparent: which share of it is, or where to look once it is decoded."""


def read(path: Path, *, encodes: bool = False) -> Model | Unusual:
    """Check and read a whole file. Raises :class:`ModelFileError` with one sentence; changes nothing.

    ``encodes``: for a Blender that takes normals only by encoding them. Then the order of the faces may be another.
    """
    # Numbers may be absurd, and then some matrices, lengths and angles are none.
    with glb.opened(path) as (document, binary), np.errstate(all="ignore"):
        return _read(document, binary, encodes=encodes)


def read_bytes(content: bytes, *, encodes: bool = False) -> Model | Unusual:
    """As :func:`read`, for a file in memory."""
    with np.errstate(all="ignore"):
        return _read(*glb.read_container(io.BytesIO(content)), encodes=encodes)


def _read(document: Document, binary: Binary, *, encodes: bool) -> Model | Unusual:
    glb.check(document, binary)
    found = plain_geometry(document)
    if isinstance(found, Unusual):
        return _left_over(found, document, binary)
    primitive, matrix = found
    reason = unusual_material(document, primitive)
    if reason:
        return _left_over(Unusual(reason), document, binary)
    mesh = _mesh(document, primitive, matrix, binary, encodes=encodes)
    if not mesh.faces:
        raise ModelFileError("The model file holds no faces that enclose anything. The file is kept.")
    position = document["accessors"][primitive["attributes"]["POSITION"]]
    corners = document["accessors"][primitive["indices"]] if "indices" in primitive else position
    # The images come last: what is needed to lay out the mesh is gone then.
    material = read_material(document, primitive, binary)
    see_through = None
    if material is not None and material.blend and material.base is not None and mesh.uvs is not None:
        see_through = _see_through(material.base, mesh.uvs)
    return Model(mesh, material, position["count"], corners["count"] // 3, see_through)


def _left_over(unusual: Unusual, document: Document, binary: Binary) -> Unusual:
    return replace(unusual, has_normals=all_have_normals(document), shown=only_shown(document, binary))


def _see_through(base: Texture, uvs: Floats) -> float | Probes:
    places = probes(uvs)
    known = share_of_file(base.content, base.suffix, places)
    return places if known is None else known


def _mesh(document: Document, primitive: Any, matrix: Any, binary: Binary, *, encodes: bool) -> Mesh:
    attributes = primitive["attributes"]
    positions, origin = _moved(values(document, attributes["POSITION"], binary), matrix)
    normals = _turned(values(document, attributes["NORMAL"], binary), matrix) if "NORMAL" in attributes else None
    corners = corner_numbers(document, primitive, binary)
    if np.linalg.det(matrix[:3, :3]) < 0.0:  # a mirrored mesh keeps its outside outside
        corners = np.ascontiguousarray(corners.reshape(-1, 3)[:, [0, 2, 1]]).ravel()
    is_split = normals is not None or "TEXCOORD_0" in attributes
    joined = weld(positions, normals, corners, is_split=is_split)
    del positions, normals
    joined = seams.closed(joined, SEAM_DEGREES)
    normals, is_own = _needed(joined)
    order, apart = None, 0
    if encodes and is_own is not None:
        edges, corner_edges, twins = edges_and_twins(joined.corners)
        is_own |= torn(joined.corners, twins, len(joined.positions))
        del twins
        order, apart = outliers.first(joined.corners, is_own)
        order, is_own = alone(order), alone(is_own)  # they would lie above all that is let go of from here on
    else:
        edges, corner_edges = edges_of(joined.corners)
    # One after another: each is let go of once it is in pages of its own.
    corner_edges = _in_order(corner_edges, order)
    edges = alone(edges)
    normals = alone(normals)
    mesh = Mesh(
        alone(joined.positions), _in_order(joined.corners, order), edges, corner_edges, None,
        None if order is not None else normals, None, joined.normals is not None, len(joined.corners) // 3, origin,
    )  # fmt: skip
    kept = joined.kept
    del joined, edges, corner_edges
    if "TEXCOORD_0" in attributes:
        corners = corners if kept.all() else corners.reshape(-1, 3)[kept].ravel()
        if order is not None:
            corners = np.take(corners.reshape(-1, 3), order, axis=0).ravel()
        mesh.uvs = _uvs(document, attributes["TEXCOORD_0"], binary, corners)
    del corners
    # Last: what Python makes of the normals would lie above all that is let go of before.
    if mesh.corners is not None and order is not None and is_own is not None and normals is not None:
        mesh.outliers = outliers.gather(mesh.corners, apart, normals, is_own)
    return mesh


def _in_order(of_corners: Indices, order: npt.NDArray[np.intp] | None) -> Indices:
    """Give what is said of each corner, face by face in another order, in pages of its own."""
    if order is None:
        copied: Indices = alone(of_corners)
        return copied
    own: Indices = blank(of_corners.shape, of_corners.dtype)
    np.take(of_corners.reshape(-1, 3), order, axis=0, out=own.reshape(-1, 3), mode="clip")  # "raise" takes a copy
    return own


def _uvs(document: Document, accessor: int, binary: Binary, kept: Indices) -> Floats:
    uvs = values(document, accessor, binary)
    uvs[:, 1] = 1.0 - uvs[:, 1]
    np.nan_to_num(uvs, copy=False, posinf=0.0, neginf=0.0)
    own: Floats = blank((len(kept), 2), np.float32)
    # Both at once, as if they were one number.
    np.take(uvs.view(np.uint64).ravel(), kept, out=own.view(np.uint64).ravel(), mode="clip")
    return own


def _needed(joined: Welded) -> tuple[Floats | None, npt.NDArray[np.bool_] | None]:
    """Give the file's normals, and which of them differ, if Blender's own shading would look different."""
    if joined.normals is None:
        return None, None
    smooth = smooth_normals(joined.positions, joined.corners)
    told = np.einsum("ij,ij->i", joined.normals, joined.normals) > 0.0
    normals: Floats = normalized(joined.normals if told.all() else np.where(told[:, None], joined.normals, smooth))
    is_own = differing(smooth, normals, NORMALS_DIFFER_DEGREES)
    return (normals, is_own) if is_own.any() else (None, None)


def _moved(points: Any, matrix: Any) -> tuple[Floats, tuple[float, float, float]]:
    """Give positions in Blender's axes, and from where they count: glTF is Y up, Blender is Z up."""
    if not np.array_equal(matrix, np.eye(4)):
        points = points @ matrix[:3, :3].T + matrix[:3, 3]
    if not (np.abs(points) < FARTHEST).all():
        raise ModelFileError("The model file is damaged: its vertices lie out of reach. The file is kept.")
    middle, size = np.zeros(3, np.float32), 0.0
    for axis in range(3):
        low, high = float(points[:, axis].min()), float(points[:, axis].max())
        middle[axis], size = (low + high) / 2, max(size, high - low)
    if np.abs(middle).max() > FAR * size:
        points = points - middle
    else:
        middle[:] = 0.0
    x, y, z = _z_up(middle[None])[0].tolist()
    return _z_up(points), (x, y, z)


def _turned(normals: Any, matrix: Any) -> Floats:
    np.nan_to_num(normals, copy=False, posinf=0.0, neginf=0.0)  # a normal of no length is none
    if not np.array_equal(matrix[:3, :3], np.eye(3)):
        normals = normalized(normals @ np.linalg.inv(matrix[:3, :3]))
    return _z_up(normals)


def _z_up(vectors: Any) -> Floats:
    turned = np.empty((len(vectors), 3), np.float32)
    turned[:, 0] = vectors[:, 0]
    turned[:, 1] = -vectors[:, 2]
    turned[:, 2] = vectors[:, 1]
    return turned

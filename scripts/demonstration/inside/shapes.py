# SPDX-License-Identifier: GPL-3.0-or-later
"""A few forms and surfaces made by code: turned, round, square. Knows nothing of what is built from them."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import bmesh
import bpy
from mathutils import Matrix, Vector

Point = tuple[float, float, float]


def colour(text: str) -> tuple[float, float, float, float]:
    """Turn ``rrggbb`` as painters write it into Blender's linear light."""
    channels = [int(text[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue, 1.0


def surface(name: str, base: str, roughness: float = 0.55, glow: float = 0.0) -> bpy.types.Material:
    """Give a plain material; ``glow`` lets it shine by itself."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = colour(base)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Emission Color"].default_value = colour(base)
    shader.inputs["Emission Strength"].default_value = glow
    return material


def turned(name: str, profile: Sequence[tuple[float, float]], material: bpy.types.Material, segments: int = 96) -> Any:
    """Turn a profile of (radius, height), bottom first, around the vertical axis."""
    made = bmesh.new()
    points = [made.verts.new((radius, 0.0, height)) for radius, height in _rounded(profile)]
    edges = [made.edges.new(pair) for pair in pairwise(points)]
    bmesh.ops.spin(
        made, geom=[*points, *edges], axis=(0, 0, 1), cent=(0, 0, 0), steps=segments, angle=math.tau, use_merge=True
    )
    bmesh.ops.remove_doubles(made, verts=made.verts, dist=1e-5)
    bmesh.ops.recalc_face_normals(made, faces=made.faces)
    return _object(name, made, material)


def _rounded(profile: Sequence[tuple[float, float]], steps: int = 6) -> list[tuple[float, float]]:
    """Give the smooth curve through the profile's points (Catmull and Rom's)."""
    around = [Vector(point) for point in (profile[0], *profile, profile[-1])]
    curve = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        for step in range(steps):
            t = step / steps
            bent = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
            curve.append((max(bent.x / 2, 0.0), bent.y / 2))
    return [*curve, profile[-1]]


def ball(name: str, centre: Point, radii: Point, material: bpy.types.Material, facing: Vector | None = None) -> Any:
    """Make a ball, flattened by ``radii``; its third radius points along ``facing``."""
    made = bmesh.new()
    bmesh.ops.create_uvsphere(made, u_segments=48, v_segments=24, radius=1.0)
    item = _object(name, made, material)
    turn = facing.to_track_quat("Z", "Y").to_matrix().to_4x4() if facing else Matrix()
    item.matrix_world = Matrix.Translation(centre) @ turn @ Matrix.Diagonal((*radii, 1.0))
    return item


def block(name: str, centre: Point, size: Point, material: bpy.types.Material, round_by: float = 0.01) -> Any:
    """Make a block with softened edges."""
    made = bmesh.new()
    bmesh.ops.create_cube(made, size=1.0, matrix=Matrix.Translation(centre) @ Matrix.Diagonal((*size, 1.0)))
    if round_by:
        bmesh.ops.bevel(made, geom=made.edges[:], offset=round_by, segments=3, affect="EDGES", profile=0.5)
    return _object(name, made, material)


def slab(name: str, outline: Sequence[tuple[float, float]], depth: float, material: bpy.types.Material) -> Any:
    """Make a slab that stands upright: an outline of (x, z), ``depth`` thick towards -y."""
    made = bmesh.new()
    face = made.faces.new([made.verts.new((x, 0.0, z)) for x, z in outline])
    moved = bmesh.ops.extrude_face_region(made, geom=[face])["geom"]
    bmesh.ops.translate(made, verts=[v for v in moved if isinstance(v, bmesh.types.BMVert)], vec=(0, -depth, 0))
    bmesh.ops.recalc_face_normals(made, faces=made.faces)
    return _object(name, made, material, smooth=False)


def arch(width: float, height: float, steps: int = 24) -> list[tuple[float, float]]:
    """Give the outline of a door with a round top, as (x, z), standing on 0."""
    half = width / 2
    top = [(half * math.cos(math.pi * i / steps), height - half + half * math.sin(math.pi * i / steps))
           for i in range(steps + 1)]  # fmt: skip
    return [(-half, 0.0), (half, 0.0), *top]


def _object(name: str, made: bmesh.types.BMesh, material: bpy.types.Material, *, smooth: bool = True) -> Any:
    mesh = bpy.data.meshes.new(name)
    made.to_mesh(mesh)
    made.free()
    mesh.polygons.foreach_set("use_smooth", [smooth] * len(mesh.polygons))
    mesh.materials.append(material)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item

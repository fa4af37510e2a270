# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes with fewer faces, each made from the one before it. Knows meshes only, and imports nothing of ours.

Blender decimates on its main thread alone, and half a million faces take it seconds. So this file is also a script
that another Blender runs, see :mod:`.aside`.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import bpy

PART: Final = "trellis_part"
LEVEL: Final = "trellis_level"
DONE: Final = "trellis_made"
"""What the other Blender says of each mesh."""

_FEWEST: Final = 4.5
"""Faces that a mesh keeps, and a bit for rounding: four are a body still, of two there is nothing to be seen."""

Step = tuple[int, int, bpy.types.Mesh]
"""Of which mesh, for which of its shares, and what came of it."""


def faces_of(mesh: bpy.types.ID | None) -> int:
    """Give the faces of a mesh, counted as triangles; none of what is no mesh."""
    return len(mesh.loops) - 2 * len(mesh.polygons) if isinstance(mesh, bpy.types.Mesh) else 0


def steps(meshes: Sequence[bpy.types.Mesh], shares: Sequence[Sequence[float]]) -> Iterator[Step]:
    """Give for each mesh one with each of these shares of its faces, the largest first; they stay as they are.

    Each is made from the one before: that is as close to the mesh as if it were made from that itself, and each
    takes half the time of the one before instead of twice.
    """
    for index, (mesh, wanted) in enumerate(zip(meshes, shares, strict=True)):
        now = mesh
        for level, share in enumerate(wanted):
            now = lightened(now, faces_of(mesh) * share / max(faces_of(now), 1))
            yield index, level, now


def lightened(mesh: bpy.types.Mesh, ratio: float) -> bpy.types.Mesh:
    """Give a lighter copy of a mesh, made in a scene of its own: what the artist's shows is not worked out anew."""
    scene = bpy.data.scenes.new("Decimating")
    holder = bpy.data.objects.new("Decimating", mesh)
    try:
        scene.collection.objects.link(holder)
        modifier = cast(bpy.types.DecimateModifier, holder.modifiers.new("Decimate", "DECIMATE"))
        modifier.ratio = min(max(ratio, _FEWEST / max(faces_of(mesh), 1)), 1.0)
        layer = scene.view_layers[0]
        layer.update()
        # All its layers are there: to ask for them would decimate it a second time.
        return bpy.data.meshes.new_from_object(holder.evaluated_get(layer.depsgraph))
    finally:
        bpy.data.objects.remove(holder)
        bpy.data.scenes.remove(scene)


def _run(source: str, target: str, shares: Sequence[Sequence[float]]) -> None:
    """Be the other Blender: read meshes from a file, and write what comes of them into another.

    Says a line for each that is done.
    """
    libraries: Any = bpy.data.libraries
    with libraries.load(source) as (found, wanted):
        wanted.meshes = list(found.meshes)
    given = [mesh for mesh in wanted.meshes if isinstance(mesh, bpy.types.Mesh)]
    meshes, made = sorted(given, key=lambda mesh: int(mesh[PART])), set()
    for index, level, mesh in steps(meshes, shares):
        mesh[PART], mesh[LEVEL] = index, level
        made.add(mesh)
        sys.stdout.write(f"{DONE}\n")
        sys.stdout.flush()
    libraries.write(target, made, fake_user=True)


if __name__ == "__main__":
    _run(sys.argv[-3], sys.argv[-2], json.loads(sys.argv[-1]))
    os._exit(0)  # all is written: there is nothing to tidy up

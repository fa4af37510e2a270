# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m demonstration.inside.verify ORDER``: opens every .blend of an order anew and looks what is in it."""

import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from demonstration.protocol import Order, read_order, tell

from . import sheet
from .extension import COLLECTION
from .likeness import likeness, pixels
from .presentation import PRINT

FACES_FROM, FACES_TO = 0.5, 1.1
"""Delivered faces over asked ones; the service is known to miss its target downwards."""
_LEAST_SPREAD = 0.01
"""Standard deviation of a texture's colours below which it counts as plain."""


def verify(order: Order, path: Path) -> None:
    """Open one file and say what was found and what is wrong with it."""
    bpy.ops.wm.open_mainfile(filepath=str(path))
    faults, found = list(_outside()), ""
    collection = bpy.data.collections.get(COLLECTION)
    meshes: list[Any] = [item for item in collection.all_objects if item.type == "MESH"] if collection else []
    wanted = sheet.COUNT if order.sheet else 1
    if len(meshes) == wanted:
        found = _look_at(meshes[0], order, faults)
        for mesh in meshes[1:]:
            _look_at(mesh, order, faults)
        if order.sheet:
            found = f"{wanted} meshes, {sum(len(mesh.data.polygons) for mesh in meshes):,} faces, all with textures"
    else:
        faults.append(f"{len(meshes)} meshes in the collection {COLLECTION}, not {wanted}")
    tell("verified", name=path.stem, found=found, faults=faults)


def _look_at(item: Any, order: Order, faults: list[str]) -> str:
    faces, asked = len(item.data.polygons), order.decimation_target
    found = f"1 mesh, {faces:,} faces"
    if not asked * FACES_FROM <= faces <= asked * FACES_TO:
        faults.append(f"{faces:,} faces where {asked:,} were asked for")
    image = _base_colour(item)
    if image is None:
        faults.append("the base colour is no texture")
        return found
    faults += _texture_faults(image)
    found += f", Principled BSDF with a packed base colour of {image.size[0]} × {image.size[1]}"
    printed = None if order.sheet else _base_colour(bpy.data.objects[PRINT])
    alike = likeness(item, image, printed) if printed else {}
    if alike:
        found += ", likeness " + ", ".join(f"{way} {value:.2f}" for way, value in alike.items())
    # The model is free to turn its object; the stand-in is not.
    if alike and order.server_url and max(alike, key=lambda way: alike[way]) != "straight":
        faults.append("the object does not stand as in the picture")
    return found


def _base_colour(item: Any) -> bpy.types.Image | None:
    """Give the image that the base colour comes from, by whatever nodes lie between."""
    for material in item.data.materials:
        shaders = [node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"] if material else []
        links = [link for shader in shaders for link in shader.inputs["Base Color"].links]
        while links:
            node = links.pop().from_node
            if node.type == "TEX_IMAGE" and node.image:
                return node.image
            links += [link for socket in node.inputs for link in socket.links]
    return None


def _texture_faults(image: bpy.types.Image) -> Iterator[str]:
    if not image.packed_file:
        yield f"the texture {image.name} is not packed"
    if not all(image.size):
        yield f"the texture {image.name} cannot be read"
    elif pixels(image)[..., :3].std(axis=(0, 1)).max() < _LEAST_SPREAD:
        yield f"the texture {image.name} is one plain colour"


def _outside() -> Iterator[str]:
    for path in bpy.utils.blend_paths(absolute=False, packed=False, local=True):
        yield f"the file needs {Path(path).name}, which is not in it"
    for image in bpy.data.images:
        if image.filepath and not image.filepath.startswith("//"):
            yield f"the image {image.name} names a folder of this machine"


def main() -> int:
    """Look at every .blend file in the order's folder."""
    order = read_order(Path(sys.argv[1]))
    for path in sorted(Path(order.folder).glob("*.blend")):
        try:
            verify(order, path)
        except Exception as error:  # noqa: BLE001 (a file that cannot be looked at has failed, and says so)
            traceback.print_exc()
            tell("verified", name=path.stem, found="", faults=[f"{type(error).__name__}: {error}"])
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the images of an object are called: after it, and after what they are for. Reads no pixels, knows no file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import bpy

NAME_BYTES: Final = 47
"""Of the 63 bytes that a name has in older Blenders, what is left beside ` Base Color` and a number."""
_ROLES: Final[Mapping[str, str]] = {
    "Base Color": "Base Color",
    "Metallic": "ORM",
    "Roughness": "ORM",
    "Normal": "Normal",
    "Emission Color": "Emission",
    "Occlusion": "Occlusion",
    "Alpha": "Alpha",
}
"""By the input of a surface that an image reaches; the first of them counts."""
_SUFFIXES: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}


def image_name(name: str, role: str) -> str:
    """Give what an object's image is called."""
    beginning = name.encode()[:NAME_BYTES].decode(errors="ignore").rstrip()
    return f"{beginning} {role}"


def file_path(image: bpy.types.Image, suffix: str) -> str:
    """Give a file name of an image's own, so that *Unpack* writes no image over another."""
    return f"//{bpy.path.clean_name(image.name)}{suffix}"


def name_images(meshes: Iterable[bpy.types.Mesh], name: str) -> None:
    """Call the packed images of new meshes as those that we make ourselves."""
    materials = {material for mesh in meshes for material in mesh.materials if material is not None}
    reached: dict[bpy.types.Image, set[str]] = {}
    for material in sorted(materials, key=lambda material: material.session_uid):
        for node in material.node_tree.nodes if material.node_tree is not None else ():
            if node.bl_idname == "ShaderNodeTexImage" and node.image is not None:  # type: ignore[attr-defined]
                reached.setdefault(node.image, set()).update(_reached(node, set()))  # type: ignore[attr-defined]
    for image, sockets in reached.items():
        role = next((role for socket, role in _ROLES.items() if socket in sockets), "Image")
        image.name = image_name(name, role)
        if image.packed_file is not None:
            image.filepath_raw = file_path(image, _SUFFIXES.get(image.file_format, ".png"))


def _reached(node: Any, passed: set[int]) -> Iterator[str]:
    """Give the names of the inputs that what a node gives goes into, through whatever is between."""
    if node.as_pointer() in passed:
        return
    passed.add(node.as_pointer())
    for outlet in node.outputs:
        for link in outlet.links:
            yield link.to_socket.name
            yield from _reached(link.to_node, passed)

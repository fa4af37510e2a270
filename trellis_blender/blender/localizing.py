# SPDX-License-Identifier: GPL-3.0-or-later
"""A mesh of another file, copied into this one as far as the artist made an object local. Knows no variant."""

import bpy


def copied(mesh: bpy.types.Mesh, like: bpy.types.ID | None) -> bpy.types.Mesh:
    """Give a copy of a mesh; of a linked one the materials are copied too, where those of ``like`` are of this file."""
    own = mesh.copy()
    if mesh.library is None or not isinstance(like, bpy.types.Mesh) or like.library is not None:
        return own
    if any(material is not None and material.library is not None for material in like.materials):
        return own
    for slot, material in enumerate(own.materials):
        if material is not None and material.library is not None:
            own.materials[slot] = material.copy()
    return own

# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees that an appended object brings its variants and nothing besides. Knows no job.

Blender puts an object into the scene for every appended mesh that none shows, which variants are. It tells of that
from 4.3 on.
"""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import variants

_before: set[int] = set()
"""The numbers of the objects that were there before something was appended."""


@persistent  # type: ignore[untyped-decorator]
def _begins(_context: Any, *_more: Any) -> None:
    _before.clear()
    _before.update(item.session_uid for item in bpy.data.objects)


@persistent  # type: ignore[untyped-decorator]
def _ended(context: Any, *_more: Any) -> None:
    """Take away what Blender made for meshes that are variants of what was appended."""
    asked = [item.id for item in context.import_items if isinstance(item.id, bpy.types.Object)]
    listed = {mesh for item in asked if item.library is None for mesh in variants.meshes(item) if mesh != item.data}
    made = [item for item in bpy.data.objects if item.session_uid not in _before and item not in asked]
    loose = [item for item in made if item.data in listed and item.library is None]
    if loose:
        bpy.data.batch_remove(loose)


def register() -> None:
    """Listen, where Blender tells."""
    if hasattr(bpy.app.handlers, "blend_import_post"):
        bpy.app.handlers.blend_import_pre.append(_begins)
        bpy.app.handlers.blend_import_post.append(_ended)


def unregister() -> None:
    """Listen no longer."""
    if hasattr(bpy.app.handlers, "blend_import_post"):
        bpy.app.handlers.blend_import_post.remove(_ended)
        bpy.app.handlers.blend_import_pre.remove(_begins)

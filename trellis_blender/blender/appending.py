# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees that an appended or linked object brings its variants and nothing besides. Knows no job.

Blender puts an object into the scene for every mesh that comes and that none shows, which variants are. It tells of
that from 4.3 on; an earlier one is asked whether objects have come, and what came is taken away a moment later.
"""

from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import listeners, variants

_TELLS = hasattr(bpy.app.handlers, "blend_import_post")
_OWN = "trellis"
"""The property under which such a Blender keeps what we noted on an object."""
_before: set[int] = set()
"""The numbers of the objects that were there before something came, or when Blender was asked last."""
_known: set[int] = set()
"""Those that were there whenever such a Blender was asked: undo brings them back, and they are not new then."""
_loose: set[int] = set()
"""Those that Blender made for variants: to be taken away, also where undo brings them back."""


@persistent  # type: ignore[untyped-decorator]
def _begins(*_arguments: Any) -> None:
    _before.clear()
    _before.update(item.session_uid for item in bpy.data.objects)
    if not _TELLS:
        _known.update(_before)


@persistent  # type: ignore[untyped-decorator]
def _ended(context: Any, *_more: Any) -> None:
    """Take away what Blender made for meshes that are variants of what came, unless they were asked for themselves."""
    came = [item.id for item in context.import_items if isinstance(item.id, bpy.types.Object)]
    asked = {item.id for item in context.import_items if "INDIRECT_USAGE" not in item.import_info}
    made = [item for item in bpy.data.objects if item.session_uid not in _before and item not in came]
    listed = _listed(came) - asked
    loose = [item for item in made if item.data in listed and item.library is None]
    if loose:
        bpy.data.batch_remove(loose)


@persistent  # type: ignore[untyped-decorator]
def _updated(*_arguments: Any) -> None:
    """See whether objects have come that Blender made for variants; it does not let them be removed just now."""
    objects = bpy.data.objects
    if len(objects) == len(_before):
        return
    new = [item for item in objects if item.session_uid not in _known]
    noted = [item for item in new if _OWN in item.keys()]  # noqa: SIM118  # to look at any other would note something
    _loose.update(item.session_uid for item in _made_for(_listed(noted), new))
    _begins()
    if any(item.session_uid in _loose for item in objects) and not bpy.app.timers.is_registered(tidy):
        bpy.app.timers.register(tidy, first_interval=0.0)


def tidy() -> None:
    """Take away what Blender made for variants of an object that came."""
    loose = [item for item in bpy.data.objects if item.session_uid in _loose]
    if loose:
        bpy.data.batch_remove(loose)
        bpy.context.view_layer.update()  # else who goes through its objects next has Blender 4.2 crash
    _begins()


def _listed(items: list[bpy.types.Object]) -> set[bpy.types.Mesh]:
    """Give the meshes that objects could show and do not."""
    return {mesh for item in items for mesh in variants.meshes(item) if mesh != item.data}


def _made_for(meshes: set[bpy.types.Mesh], new: list[bpy.types.Object]) -> list[bpy.types.Object]:
    """Give the objects that are as Blender makes one for a mesh: bare, at a 3D cursor, and the only one that has it."""
    cursors, found = [scene.cursor.location for scene in bpy.data.scenes], []
    for item in new if meshes else ():
        is_bare = not (item.keys() or item.parent or item.modifiers or item.constraints or item.animation_data)
        is_there = item.library is None and item.location in cursors
        others = sum(other.data == item.data for other in bpy.data.objects) - 1
        if item.data in meshes and is_bare and is_there and not others and _is_selected(item):
            found.append(item)
    return found


def _is_selected(item: bpy.types.Object) -> bool:
    """Whether an object is selected, as what Blender links is; of what is appended that is not asked.

    A script that links an object may well make others for its variants by itself.
    """
    layers = [layer for scene in bpy.data.scenes for layer in scene.view_layers]
    return item.data.library is None or any(item.select_get(view_layer=layer) for layer in layers)


_HEARD: Final = (
    (("blend_import_pre", _begins), ("blend_import_post", _ended))
    if _TELLS
    else (("depsgraph_update_post", _updated), ("load_post", _begins))
)


def register() -> None:
    """Listen, where Blender tells; else ask it."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)
    if bpy.app.timers.is_registered(tidy):
        bpy.app.timers.unregister(tidy)

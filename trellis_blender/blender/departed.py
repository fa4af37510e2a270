# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that are taken away while the artist may be typing a name for them: gone at once, freed a while later.

A field that is typed into holds what it names, and Blender ends when that was freed meanwhile. Knows no job.
"""

from collections.abc import Iterable
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import listeners

FREED_AFTER_SECONDS = 120.0
"""Nobody types at a name for so long."""
_OURS = "trellis"
_MARK = "trellis_departed"
_NAME = ".trellis_departed"


def let_go(items: Iterable[bpy.types.Object]) -> None:
    """Take objects out of everything that uses them, and have them freed later; at once where there is no window."""
    gone = list(items)
    if bpy.app.background:
        bpy.data.batch_remove(gone)
        return
    for item in gone:
        nothing = bpy.data.objects.new(_NAME, None)
        item.user_remap(nothing)
        bpy.data.objects.remove(nothing)
        item.animation_data_clear()
        item.constraints.clear()
        item.modifiers.clear()
        item.parent, item.use_fake_user = None, False
        for key in [key for key in item.keys() if key.startswith(_OURS)]:  # noqa: SIM118  # not a mapping
            del item[key]
        item[_MARK] = True
        item.name = _NAME
    _expect()


def _expect() -> None:
    if not bpy.app.timers.is_registered(free):
        bpy.app.timers.register(free, first_interval=FREED_AFTER_SECONDS)


def free() -> None:
    """Free what has departed and is used by nobody; what an undo brought back has no mark."""
    gone = [item for item in bpy.data.objects if _MARK in item.keys() and not item.users]  # noqa: SIM118  # no mapping
    meshes = {item.data for item in gone}
    bpy.data.batch_remove(gone)
    bpy.data.batch_remove([mesh for mesh in meshes if isinstance(mesh, bpy.types.Mesh) and not mesh.users])


@persistent  # type: ignore[untyped-decorator]
def _redone(*_arguments: Any) -> None:
    """A step that was done again has brought them, too."""
    if any(_MARK in item.keys() for item in bpy.data.objects):  # noqa: SIM118  # not a mapping
        _expect()


@persistent  # type: ignore[untyped-decorator]
def _saving(*_arguments: Any) -> None:
    """Have none of it in a file."""
    free()


_HEARD: Final = (("save_pre", _saving), ("undo_post", _redone), ("redo_post", _redone))


def register() -> None:
    """Look out for steps that are done again, and for files that are saved."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Free all there is."""
    listeners.ignore(*_HEARD)
    if bpy.app.timers.is_registered(free):
        bpy.app.timers.unregister(free)
        free()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes away what Blender leaves of our properties when it reads a file of an earlier series. Knows no job.

From 5.0 on Blender keeps the properties of extensions apart from custom properties. Of an earlier file it copies them
there, and leaves the first as a custom property: what that points at, our variants' meshes and images, would have one
user more for good, so that nothing of it could be applied, and nothing purged.
"""

from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import listeners
from .properties import TrellisSettings
from .variants import TrellisObject

KEEPS_APART = bpy.app.version >= (5, 0, 0)
_OWN = "trellis"
"""The name of our properties, of objects and of scenes."""


def tidy() -> None:
    """Take away what was left in the file that is open; what is linked is as its own file has it."""
    kinds = ((bpy.data.objects, TrellisObject), (bpy.data.scenes, TrellisSettings))
    for items, made_as in kinds:
        ours = {item.identifier for item in made_as.bl_rna.properties}
        for item in items:
            if item.library is None and _is_left(item, ours):
                del item[_OWN]


def _is_left(item: Any, ours: set[str]) -> bool:
    """Whether a datablock has ours as a custom property, and not an artist's own of that name."""
    left = item.get(_OWN)
    return hasattr(left, "to_dict") and bool(ours.intersection(left.keys()))


@persistent  # type: ignore[untyped-decorator]
def _read(*_arguments: Any) -> None:
    tidy()


_HEARD: Final = (("load_post", _read), ("blend_import_post", _read))


def register() -> None:
    """Look when a file was opened, and when something was appended."""
    if KEEPS_APART:
        listeners.listen(*_HEARD)


def unregister() -> None:
    """Look no longer."""
    if KEEPS_APART:
        listeners.ignore(*_HEARD)

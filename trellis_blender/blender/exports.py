# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's glTF exporter takes along of ours: how an object was made, and none of our bookkeeping.

The exporter writes custom properties out as extras only when it is told to, then an extension's own included; it asks
each enabled extension either way.
"""

import sys
from typing import Any, Final

import bpy

from .identity import PACKAGE
from .provenance import RECIPE

_NAME: Final = "glTF2ExportUserExtension"
"""What the exporter looks for in the extension's own module."""
_OURS: Final = "trellis"


class Extras:
    """Made by the exporter, once for each file; it calls what has the name of a hook."""

    def gather_node_hook(self, node: Any, item: Any, _settings: Any) -> None:
        """Have it say the recipe of an object, and leave nothing else of ours."""
        _clean(node)
        _tell(node, item)

    def gather_mesh_hook(self, mesh: Any, source: Any, *_given: Any) -> None:
        """Have it say the recipe of a mesh, and leave nothing else of ours."""
        _clean(mesh)
        _tell(mesh, source)

    def gather_scene_hook(self, scene: Any, _scene: Any, _settings: Any) -> None:
        """Leave nothing of a scene's settings."""
        _clean(scene)


def _clean(written: Any) -> None:
    if written.extras:
        left = {name: value for name, value in written.extras.items() if name == RECIPE or not name.startswith(_OURS)}
        written.extras = left or None


def _tell(written: Any, source: Any) -> None:
    """Write a recipe that the exporter has not: *Custom Properties* is off unless the artist switches it on."""
    said = source.get(RECIPE) if isinstance(source, bpy.types.ID) else None
    if isinstance(said, str) and RECIPE not in (written.extras or {}):
        written.extras = {**(written.extras or {}), RECIPE: said}


def register() -> None:
    """Let the exporter find it."""
    setattr(sys.modules[PACKAGE], _NAME, Extras)


def unregister() -> None:
    """Let it be found no longer."""
    delattr(sys.modules[PACKAGE], _NAME)

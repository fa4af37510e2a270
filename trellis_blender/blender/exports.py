# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's glTF exporter takes along of ours: how an object was made, and none of our bookkeeping.

The exporter writes custom properties out as extras, an extension's own included, and asks each enabled extension.
"""

import sys
from typing import Any, Final

from .identity import PACKAGE
from .provenance import RECIPE

_NAME: Final = "glTF2ExportUserExtension"
"""What the exporter looks for in the extension's own module."""
_OURS: Final = "trellis"


class Extras:
    """Made by the exporter, once for each file; it calls what has the name of a hook."""

    def gather_node_hook(self, node: Any, _item: Any, _settings: Any) -> None:
        """Leave the recipe of what an object says."""
        _clean(node)

    def gather_mesh_hook(self, mesh: Any, *_given: Any) -> None:
        """Leave the recipe of what a mesh says."""
        _clean(mesh)

    def gather_scene_hook(self, scene: Any, _scene: Any, _settings: Any) -> None:
        """Leave nothing of a scene's settings."""
        _clean(scene)


def _clean(written: Any) -> None:
    if written.extras:
        left = {name: value for name, value in written.extras.items() if name == RECIPE or not name.startswith(_OURS)}
        written.extras = left or None


def register() -> None:
    """Let the exporter find it."""
    setattr(sys.modules[PACKAGE], _NAME, Extras)


def unregister() -> None:
    """Let it be found no longer."""
    delattr(sys.modules[PACKAGE], _NAME)

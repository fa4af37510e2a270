# SPDX-License-Identifier: GPL-3.0-or-later
"""TRELLIS for Blender: register and unregister, nothing else.

Blender's side is imported inside the two functions, so that ``trellis_blender.core`` imports in a
Python without bpy.
"""


def register() -> None:
    """Add the extension to Blender."""
    from . import blender

    blender.register()


def unregister() -> None:
    """Take the extension out of Blender and end its threads."""
    from . import blender

    blender.unregister()

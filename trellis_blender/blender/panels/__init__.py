# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what session and properties hold, in the 3D Viewport and in the Image Editor: no logic, no I/O."""

import bpy

from . import active, additions, history, jobs, main, picture, sheet, spending, stages

_CLASSES = (
    *sheet.CLASSES, *main.CLASSES, *picture.CLASSES, *stages.CLASSES, *additions.CLASSES, *active.CLASSES,
    *jobs.CLASSES, *history.CLASSES, *spending.CLASSES,
)  # fmt: skip


def register() -> None:
    """Add the panels."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """Take the panels out."""
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a button of the panel can be pressed: its operator is asked in the context that the panel gives it."""

import bpy
from artist import module


def generate(name: str = "generate") -> bool:
    """Whether *Generate* can be pressed; a script is asked less, since it may say another picture and settings."""
    with bpy.context.temp_override(**{module("blender.identity").BUTTON: bpy.context.scene}):
        return bool(getattr(bpy.ops.trellis, name).poll())

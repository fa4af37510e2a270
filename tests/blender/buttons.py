# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons of the panel: whether they can be pressed, in the context that the panel gives, and what a press does."""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
from artist import module


def generate(name: str = "generate") -> bool:
    """Whether *Generate* can be pressed; a script is asked less, since it may say another picture and settings."""
    with bpy.context.temp_override(**{module("blender.identity").BUTTON: bpy.context.scene}):
        return bool(getattr(bpy.ops.trellis, name).poll())


@contextmanager
def pressed() -> Iterator[None]:
    """Have what is called be as if its button was pressed, which does not wait: without a window nothing is pressed."""
    going_on = module("blender.operators.on_job").GoingOn
    going_on.is_pressed = True
    try:
        yield
    finally:
        going_on.is_pressed = False

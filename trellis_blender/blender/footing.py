# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in a window, an area or a region that is not the one at hand, to call an operator there. Knows no operator.

Blender's own way, ``temp_override``, leaves a dictionary in the context, and an operator lets go of the interpreter. Up
to Blender 5.0, whose Python is 3.11, what the operator then looks up is read from the dictionary without the
interpreter's lock whenever another thread, as one of ours, runs Python: Blender crashes, there or somewhere else later.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy

_IS_SAFE: Final = sys.version_info >= (3, 12)
"""There each thread is asked whether it runs Python itself; before, Blender asked whether any does."""


@contextmanager
def at(
    *,
    window: bpy.types.Window | None = None,
    area: bpy.types.Area | None = None,
    region: bpy.types.Region | None = None,
) -> Iterator[None]:
    """Stand there, with no dictionary left in the context; what is None stays as it is.

    Raises TypeError for an area or a region that is not in what it is said to be in.
    """
    named: Any = {"window": window, "area": area, "region": region}
    places: dict[str, Any] = {name: place for name, place in named.items() if place is not None}
    if _IS_SAFE or not places:
        with bpy.context.temp_override(**places):
            yield
        return
    empty: Any = bpy.context.temp_override()
    with empty:
        there: Any = bpy.context.temp_override(**places)
        there.__enter__()
        # The outer one, left first, takes all dictionaries along, and the place stays: that goes with the inner one.
        empty.__exit__(None, None, None)
        try:
            yield
        finally:
            empty.__enter__()
            there.__exit__(None, None, None)

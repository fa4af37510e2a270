# SPDX-License-Identifier: GPL-3.0-or-later
"""How pictures are made ready, as Blender's properties: of a scene, and of the preferences that scenes follow."""

from collections.abc import Callable
from typing import Any

import bpy

from ..core.preparation import MARGIN, MAXIMUM_MARGIN, MAXIMUM_TOLERANCE, TOLERANCE, Background
from . import stirrings
from .identity import TEXT_CONTEXT

BACKGROUNDS = (
    (Background.KEEP.name, "Keep", "Leave it to the service, which guesses what the subject is"),
    (Background.CUT.name, "Cut", "Make an even background transparent, from the edges of the picture inwards"),
)


def _crop(**changes: Any) -> Any:
    return bpy.props.BoolProperty(
        name="Crop to Subject",
        description="Send the square around what is opaque, so that a small subject keeps its detail",
        **{"default": True, "update": stirrings.note, **changes},
    )


def _margin(**changes: Any) -> Any:
    return bpy.props.FloatProperty(
        name="Margin",
        description="Room left around the subject, as a share of its longer side",
        subtype="FACTOR",
        **{"min": 0.0, "max": MAXIMUM_MARGIN, "default": MARGIN, "update": stirrings.note, **changes},
    )  # fmt: skip


def _background(**changes: Any) -> Any:
    return bpy.props.EnumProperty(
        name="Background",
        description="What is done with the background of a picture without transparency",
        items=BACKGROUNDS,
        translation_context=TEXT_CONTEXT,
        **{"update": stirrings.note, **changes},
    )


def _tolerance(**changes: Any) -> Any:
    return bpy.props.FloatProperty(
        name="Tolerance",
        description="How far a colour may be from the background's and still be cut",
        subtype="FACTOR",
        **{"min": 0.0, "max": MAXIMUM_TOLERANCE, "default": TOLERANCE, "update": stirrings.note, **changes},
    )  # fmt: skip


def _holes(**changes: Any) -> Any:
    return bpy.props.BoolProperty(
        name="Cut Holes",
        description="Cut what has the background's colour inside the subject, too",
        **{"update": stirrings.note, **changes},
    )


FIELDS: dict[str, Callable[..., Any]] = {
    "crop": _crop,
    "margin": _margin,
    "background": _background,
    "tolerance": _tolerance,
    "holes": _holes,
}
"""What makes the property of each setting; takes arguments to change."""
SHARES = {"margin": MAXIMUM_MARGIN, "tolerance": MAXIMUM_TOLERANCE}
"""Those that are shares of something, and their largest."""

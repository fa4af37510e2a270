# SPDX-License-Identifier: GPL-3.0-or-later
"""How new objects shall be, on the page: what scenes follow until they set their own, and what is so everywhere."""

from typing import Any

import bpy

from .. import preparing, transparency
from ..identity import TEXT_CONTEXT
from . import defaults

DEFAULTS = defaults.NAMES
"""Parameters whose value here is used by every scene that does not set its own."""
OBJECT_SIZE = "object_size"


class ObjectFields:
    """Defaults of scenes, and the objects that come."""

    object_size: bpy.props.FloatProperty(
        name="Object Size (m)",
        description="Longest side of new objects, in metres of the scene's units",
        default=1.0,
        min=0.001,
        soft_max=10.0,
        precision=3,
        step=10,
    )
    placeholders: bpy.props.BoolProperty(
        name="Placeholders",
        description="A box stands where the object will be while it is made; move it, and the object comes there",
        translation_context=TEXT_CONTEXT,
        default=True,
    )
    transparency: bpy.props.EnumProperty(
        name="Transparency",
        description="What becomes of objects that the file calls transparent",
        items=transparency.ITEMS,
        default=transparency.REPAIR,
    )
    transparency_threshold: bpy.props.FloatProperty(
        name="Transparency Threshold",
        description="An object stays transparent when more than this share of the texture that it uses is",
        default=1.0,
        min=0.0,
        max=100.0,
        precision=2,
        subtype="PERCENTAGE",
    )
    asset_author: bpy.props.StringProperty(
        name="Asset Author", description="Who is named as the author of objects that are marked as assets"
    )


ObjectFields.__annotations__.update(defaults.annotations())
ObjectFields.__annotations__.update({name: make() for name, make in preparing.FIELDS.items()})


def draw_defaults(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw what scenes follow."""
    for name in DEFAULTS:
        defaults.draw(layout, own, name)
    layout.prop(own, OBJECT_SIZE)


def draw_pictures(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw how pictures are made ready where scenes follow."""
    layout.prop(own, "crop")
    row = layout.row()
    row.active = own.crop
    row.prop(own, "margin", slider=True)
    layout.row().prop(own, "background", expand=True)
    column = layout.column()
    column.active = own.background == "CUT"
    column.prop(own, "tolerance", slider=True)
    column.prop(own, "holes")


def draw_objects(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw what is so everywhere."""
    layout.prop(own, "transparency")
    row = layout.row()
    row.enabled = own.transparency == transparency.REPAIR
    row.prop(own, "transparency_threshold")
    layout.prop(own, "placeholders")
    layout.prop(own, "asset_author")

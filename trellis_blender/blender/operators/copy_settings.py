# SPDX-License-Identifier: GPL-3.0-or-later
"""*Copy Settings to Panel*: set the scene's settings to what the active object was made with. Free."""

import bpy

from ...core.errors import TrellisError
from ...core.recipe import Recipe
from .. import offers, properties
from ..identity import COPY_SETTINGS
from ..language import report
from .on_object import OnObject


class TRELLIS_OT_copy_settings(OnObject, bpy.types.Operator):
    """Set the panel to what this object was made with, and to its picture if that is in this file"""

    bl_idname = COPY_SETTINGS
    bl_label = "Copy Settings to Panel"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set them."""
        _item, made = self.meant(context)
        return copy(self, context, made)


def copy(operator: bpy.types.Operator, context: bpy.types.Context, made: Recipe) -> set[str]:
    """Set the panel to what a recipe says, as far as the server still takes it; report what not."""
    try:
        request, left = made.copied(offers.current())
    except TrellisError as error:
        report(operator, {"ERROR"}, str(error))
        return {"CANCELLED"}
    settings = properties.of(context.scene)
    properties.apply(settings, request)
    properties.apply_preparation(settings, made.told_preparation)
    _choose_picture(operator, settings, made)
    if left:
        names = ", ".join(left)
        report(operator, {"WARNING"}, f"The server does not take these as they were, so they are left: {names}.")
    return {"FINISHED"}


def _choose_picture(operator: bpy.types.Operator, settings: properties.TrellisSettings, made: Recipe) -> None:
    """Pick what a recipe was made of, if that is in this file; say that only its name tells, or that it is not there.

    Whether it still is the picture that was sent is known once it is made ready, which is too much work here.
    """
    image = next((item for item in bpy.data.images if item.name_full == made.image_name), None)
    if made.image_url:
        settings.source, settings.source_url = "URL", made.image_url
    elif image is not None and image.type != "RENDER_RESULT":
        settings.source, settings.source_image = "IMAGE", image
        name = image.name
        report(
            operator, {"INFO"},
            f"The panel is set, with the image {name} of this file; it was found by its name, so look at it first.",
        )  # fmt: skip
    else:
        name = made.image_name or made.name
        report(
            operator, {"WARNING"},
            f"The panel is set, but its picture stays: {name} is no image of this file. Pick the picture first.",
        )  # fmt: skip

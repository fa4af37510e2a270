# SPDX-License-Identifier: GPL-3.0-or-later
"""*Open Picture*: a file, chosen or dropped onto the panel, becomes an image of this file and the source."""

import os
from pathlib import Path

import bpy

from .. import captures, opened, properties
from ..identity import OPEN_PICTURE, TAB
from ..language import report
from ..sources.choice import EXTENSIONS

_THUMBNAILS = 3
"""Blender's file browser reads the number: pictures are picked by how they look."""


class TRELLIS_OT_open_picture(bpy.types.Operator):
    """Open a picture from disk and use it as the source"""

    bl_idname = OPEN_PICTURE
    bl_label = "Open Picture"
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(
        name="File", description="The picture's file", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_image: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    display_type: bpy.props.EnumProperty(
        items=(("THUMBNAIL", "", "", _THUMBNAILS),), default="THUMBNAIL", options={"HIDDEN", "SKIP_SAVE"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Have a file chosen, unless one was dropped."""
        if self.filepath:
            return self.execute(context)
        self.filepath = folder_of_last(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Open the file; it is decoded here, as Blender's own *Open Image* does."""
        path = Path(bpy.path.abspath(self.filepath))
        if path.is_dir():
            report(self, {"ERROR"}, "No picture was chosen. Press Open again and click one.")
            return {"CANCELLED"}
        if not path.is_file():
            report(self, {"ERROR"}, f"There is no file {path.name or self.filepath}. Choose another one.")
            return {"CANCELLED"}
        image = opened.of(path)
        if image is None:
            report(self, {"ERROR"}, str(opened.unreadable(path)))
            return {"CANCELLED"}
        pick(context, image)
        return {"FINISHED"}


def folder_of_last(context: bpy.types.Context) -> str:
    """Give the folder of the picture that was picked last, for the file browser to begin in; its own choice if none."""
    image = properties.of(context.scene).source_image
    if image is None or not image.filepath or image.library is not None:
        return ""
    return str(Path(bpy.path.abspath(image.filepath)).parent) + os.sep


def pick(context: bpy.types.Context, image: bpy.types.Image) -> None:
    """Make an image the source: what this editor shows, or what the scene's settings name."""
    captures.drop(context.scene)
    space = context.space_data
    if isinstance(space, bpy.types.SpaceImageEditor):
        space.image = image
        return
    settings = properties.of(context.scene)
    settings.source, settings.source_image = "IMAGE", image


class TRELLIS_FH_picture(bpy.types.FileHandler):
    """Takes pictures dropped onto the panel. Onto the view itself Blender makes an image empty, a source as well."""

    bl_idname = "TRELLIS_FH_picture"
    bl_label = "TRELLIS Source"
    bl_import_operator = OPEN_PICTURE
    bl_file_extensions = ";".join(f".{extension}" for extension in sorted(EXTENSIONS))

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only over our own tab."""
        region = context.region
        return region is not None and region.type == "UI" and getattr(region, "active_panel_category", "") == TAB

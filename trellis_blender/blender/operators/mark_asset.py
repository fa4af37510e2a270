# SPDX-License-Identifier: GPL-3.0-or-later
"""*Mark as Asset* and *Save to Library*: have the active object in the Asset Browser. Free."""

from typing import Any

import bpy

from ...core.errors import TrellisError
from .. import asset_files, assets, painted
from ..identity import MARK_ASSET, SAVE_ASSET
from ..language import report
from .on_object import OnObject, needs_object_mode


class TRELLIS_OT_mark_asset(OnObject, bpy.types.Operator):
    """Have this object in the Asset Browser, with a picture of it and with how it was made"""

    bl_idname = MARK_ASSET
    bl_label = "Mark as Asset"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why it cannot be one."""
        item = context.active_object
        return super().reason(context) or assets.fault(item) or needs_object_mode(item)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Mark it."""
        try:
            assets.mark(*self.meant(context))
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


_items: list[tuple[str, str, str]] = []
"""Blender wants the texts of a list kept alive for as long as it shows them."""


def _libraries(_self: Any, _context: Any) -> list[tuple[str, str, str]]:
    _items[:] = [(name, name, str(folder)) for name, folder in asset_files.libraries()]
    return _items


class TRELLIS_OT_save_asset(OnObject, bpy.types.Operator):
    """Write this object into a file of its own in an asset library, as an asset. Nothing there is written over"""

    bl_idname = SAVE_ASSET
    bl_label = "Save to Library"
    bl_property = "library"

    library: bpy.props.EnumProperty(name="Library", description="Asset library of the preferences", items=_libraries)

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why it cannot be saved."""
        item = context.active_object
        fault = super().reason(context) or assets.fault(item) or needs_object_mode(item)
        if fault or asset_files.libraries():
            return fault
        return "Add an asset library in Preferences > File Paths first"

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask which library; what was painted is encoded meanwhile."""
        asset_files.begin(self.meant(context)[0])
        return set(context.window_manager.invoke_props_dialog(self, confirm_text="Save"))

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write it."""
        item, made = self.meant(context)
        folder = dict(asset_files.libraries()).get(self.library)
        if folder is None:
            report(self, {"ERROR"}, "This asset library is no longer in the preferences")
            return {"CANCELLED"}
        try:
            path = asset_files.save(item, made, folder)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        if asset_files.loses_picture(item):
            report(
                self, {"WARNING"},
                f"Saved as {path.name} in {self.library}, without its picture: Blender 5.0 writes none of an object in "
                f"several parts. Save it with a newer Blender to have one",
            )  # fmt: skip
            return {"FINISHED"}
        report(self, {"INFO"}, f"Saved as {path.name} in {self.library}")
        return {"FINISHED"}

    def cancel(self, _context: bpy.types.Context) -> None:
        """Drop what was begun."""
        painted.forget()

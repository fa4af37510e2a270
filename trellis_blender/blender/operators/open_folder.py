# SPDX-License-Identifier: GPL-3.0-or-later
"""*Open Folder*: where finished objects are kept, in the system's file browser."""

import bpy

from ...core.errors import TrellisError
from .. import preferences
from ..identity import OPEN_FOLDER
from ..language import report


class TRELLIS_OT_open_folder(bpy.types.Operator):
    """Open the folder of the downloaded objects in the system's file browser"""

    bl_idname = OPEN_FOLDER
    bl_label = "Open Download Folder"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Open it."""
        try:
            folder = preferences.storage().folder
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        if not folder.is_dir():
            report(self, {"WARNING"}, f"There is no folder {folder} yet; it is made with the first object")
            return {"CANCELLED"}
        return set(bpy.ops.wm.path_open(filepath=str(folder)))

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Export Ledger*: what every job cost, as a table for a spreadsheet. Does not block."""

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import EXPORT_LEDGER
from ..language import report


class TRELLIS_OT_export_ledger(bpy.types.Operator, ExportHelper):
    """Write what every job cost to a CSV file, for a spreadsheet"""

    bl_idname = EXPORT_LEDGER
    bl_label = "Export Ledger"
    bl_options = set()

    filename_ext = ".csv"
    filter_glob: bpy.props.StringProperty(default="*.csv", options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask where to."""
        if not self.filepath:
            self.filepath = "trellis-ledger.csv"
        return set(ExportHelper.invoke(self, context, event))

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Have it written, and return at once; what came of it is shown below the button."""
        live = session.current()
        try:
            live.open(preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        live.money.export(Path(bpy.path.abspath(self.filepath)))
        watch.start()
        session.redraw()
        return {"FINISHED"}

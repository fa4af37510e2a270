# SPDX-License-Identifier: GPL-3.0-or-later
"""*Export Ledger*: what every job cost, as a table for a spreadsheet. Does not block; a script waits for the file."""

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper

from ...core.errors import TrellisError
from .. import joblist, preferences, session, watch
from ..identity import EXPORT_LEDGER
from ..language import report


class TRELLIS_OT_export_ledger(bpy.types.Operator, ExportHelper):
    """Write what every job cost to a CSV file, for a spreadsheet"""

    bl_idname = EXPORT_LEDGER
    bl_label = "Export Ledger"
    bl_options = set()

    is_asked = False
    """Whether the artist was asked where to, as in a window: then nothing is waited for."""
    filename_ext = ".csv"
    filter_glob: bpy.props.StringProperty(default="*.csv", options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask where to."""
        self.is_asked = True
        if not self.filepath:
            self.filepath = "trellis-ledger.csv"
        return set(ExportHelper.invoke(self, context, event))

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Have it written; what came of it is shown below the button, and told a script."""
        live, path = session.current(), Path(bpy.path.abspath(self.filepath))
        if not path.name:
            report(self, {"ERROR"}, "No file is named for the ledger. Choose a folder and a name for it.")
            return {"CANCELLED"}
        try:
            live.open(preferences.endpoint(), preferences.key(), preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        live.money.export(path)
        if not self.is_asked:
            return self._wait(live)
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def _wait(self, live: session.Session) -> set[str]:
        live.hear(lambda: live.money.exported is not None, joblist.READ_SECONDS)
        told = live.money.exported
        if told is None or not told.ok:
            report(self, {"ERROR"}, told.sentence if told else "The ledger is not written yet. Try again in a moment.")
            return {"CANCELLED"}
        return {"FINISHED"}

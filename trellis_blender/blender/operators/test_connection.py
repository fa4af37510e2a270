# SPDX-License-Identifier: GPL-3.0-or-later
"""*Test Connection*: ask the server whether it is there and takes the key; does not block."""

import bpy

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import TEST_CONNECTION
from ..language import report
from .asking import Asking


class TRELLIS_OT_test_connection(Asking, bpy.types.Operator):
    """Ask the server whether it can be reached and accepts the key. Costs nothing"""

    bl_idname = TEST_CONNECTION
    bl_label = "Test Connection"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask, and return at once; the answer is shown below the button."""
        live = session.current()
        try:
            endpoint, key = preferences.endpoint(), preferences.key()
            if live.checking and preferences.is_tested(endpoint, key):
                report(self, {"INFO"}, "This server is being asked already; its answer takes some seconds at most")
                return {"CANCELLED"}
            live.check_connection(endpoint, key, preferences.storage())
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

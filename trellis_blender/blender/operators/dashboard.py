# SPDX-License-Identifier: GPL-3.0-or-later
"""*Open Dashboard*: the provider's page for keys, balance and jobs, in the browser."""

import bpy

from ...core.endpoint import DASHBOARD_URL
from ..identity import DASHBOARD


class TRELLIS_OT_open_dashboard(bpy.types.Operator):
    """Open the provider's page for keys, balance and jobs in the browser"""

    bl_idname = DASHBOARD
    bl_label = "Open Dashboard"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Open it."""
        bpy.ops.wm.url_open(url=DASHBOARD_URL)
        return {"FINISHED"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reveal File*: open the folder that holds the file of a job of the list."""

import bpy

from ..identity import REVEAL_JOB
from ..language import report
from .on_job import OnJob


class TRELLIS_OT_reveal_job(OnJob, bpy.types.Operator):
    """Show the file of this job's object, as it was downloaded, in the system's file browser"""

    bl_idname = REVEAL_JOB
    bl_label = "Reveal File"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Open its folder."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        if job.path is None or not job.path.is_file():
            report(self, {"WARNING"}, "The file is not on this computer any more; Import has it downloaded again")
            return {"CANCELLED"}
        report(self, {"INFO"}, f"The file is {job.path.name}")
        return set(bpy.ops.wm.path_open(filepath=str(job.path.parent)))

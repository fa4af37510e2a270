# SPDX-License-Identifier: GPL-3.0-or-later
"""*Reveal File*: open the folder that holds the active object's file as it was downloaded."""

from pathlib import Path

import bpy

from ...core.errors import TrellisError
from .. import preferences, session
from ..identity import REVEAL
from ..language import report
from .on_object import OnObject


class TRELLIS_OT_reveal_file(OnObject, bpy.types.Operator):
    """Show the file of this object, as it was downloaded, in the system's file browser"""

    bl_idname = REVEAL
    bl_label = "Reveal File"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Open its folder."""
        _item, made = self.meant(context)
        if not made.job:
            report(self, {"WARNING"}, "This object's recipe does not say which job made it, so its file is not known")
            return {"CANCELLED"}
        try:
            path = _path(made.job)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        if not path.is_file():
            report(self, {"WARNING"}, f"The file {path.name} is not in {path.parent} on this computer")
            return {"CANCELLED"}
        report(self, {"INFO"}, f"The file is {path.name}")
        return set(bpy.ops.wm.path_open(filepath=str(path.parent)))


def _path(job_id: str) -> Path:
    """Give where a job's file is, or would be. Raises :class:`TrellisError`."""
    job = session.current().jobs.get(job_id)
    if job is not None and job.path is not None:
        return job.path
    return preferences.storage().folder / f"{Path(job_id).name}.glb"

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Settings to Panel*: set the scene's settings to what a job of the list asked for. Free."""

from typing import Any

import bpy

from ...core import recipe
from ...core.version import version
from ..identity import COPY_JOB_SETTINGS
from .copy_settings import copy
from .on_job import OnJob


class TRELLIS_OT_copy_job_settings(OnJob, bpy.types.Operator):
    """Set the panel to what this job asked for, and to its picture if that is in this file"""

    bl_idname = COPY_JOB_SETTINGS
    bl_label = "Settings to Panel"
    bl_options: Any = {"INTERNAL", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set them."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        return copy(self, context, recipe.of(job, version()))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators on one job of the list share: which job is meant."""

from typing import Any

import bpy

from ...core.jobs import Job
from .. import session
from ..language import report


class OnJob:
    """Mix-in for an operator that acts on one job of the list."""

    bl_options = {"INTERNAL"}

    job: bpy.props.StringProperty(name="Job", description="The job's id in the list", options={"SKIP_SAVE"})

    def wanted(self: Any) -> Job | None:
        """Give the job that is meant; reports when it is gone."""
        found = session.current().jobs.get(self.job)
        if found is None:
            report(self, {"WARNING"}, "This job is no longer in the list")
        return found

# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators on one job of the list share: which job is meant, and whether it is waited for."""

from typing import Any

import bpy

from ...core.jobs import Job
from .. import session, watch
from ..language import report
from . import waiting

ALL_THERE_IS = float("inf")
"""For taking in what was told, however long that takes."""


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


class GoingOn(OnJob):
    """Mix-in for one after which a job goes on. Who presses the button does not wait for the object; a script does."""

    is_pressed = False

    def invoke(self: Any, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Do it, and return at once."""
        self.is_pressed = True
        return set(self.execute(context))

    def may_go_on(self: Any, context: bpy.types.Context) -> bool:
        """Whether what is to come can come, before anything is paid; reports why not."""
        return self.is_pressed or waiting.is_possible(self, context)

    def follow(self: Any, job_id: str) -> set[str]:
        """Follow the job; a script waits until its object stands in the scene."""
        session.current().drain(ALL_THERE_IS)  # that it goes on is told by now
        if not self.is_pressed:
            return waiting.bring(self, [session.current().jobs[job_id]])
        watch.start()
        session.redraw()
        return {"FINISHED"}

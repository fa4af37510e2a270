# SPDX-License-Identifier: GPL-3.0-or-later
"""*Generate*: send the picture, and bring in the object."""

import bpy

from ...core.errors import TrellisError
from ...core.jobs import Job
from .. import placement, preferences, properties, readiness, session, sources, watch
from ..identity import GENERATE


class TRELLIS_OT_generate(bpy.types.Operator):
    """Send the picture to the service and bring the object into the scene when it is made. Spends money"""

    bl_idname = GENERATE
    bl_label = "Generate"
    bl_options: set[str] = set()  # neither repeatable by accident nor adjustable: each run is paid for

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = readiness.generate_reason(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the job and return at once."""
        job = self._submit(context, guard=True)
        if job is None:
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the job and wait until its object stands in the scene; for scripts."""
        job = self._submit(context, guard=False)
        if job is None:
            return {"CANCELLED"}
        live = session.current()
        job = live.wait(job.id)
        if not job.importable:
            self.report({"ERROR"}, job.error or job.note or "The job did not end in an object.")
            return {"CANCELLED"}
        try:
            live.import_job(job.id, placement.find(job.origin) or placement.here(context), select=True)
        except TrellisError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _submit(self, context: bpy.types.Context, *, guard: bool) -> Job | None:
        live = session.current()
        choice = sources.choose(context)
        try:
            request = properties.build_request(properties.of(context.scene))
            order = (choice.image, tuple(request.parameters.items()), context.scene)
            if guard and live.is_repeated(order):
                self.report({"INFO"}, "Already started; press again in a moment to pay for the same once more")
                return None
            endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
            source = sources.capture(choice, context.scene)
        except TrellisError as error:
            self.report({"ERROR"}, str(error))
            return None
        except OSError as error:
            self.report({"ERROR"}, f"The download folder cannot be used ({error.strerror}); choose another one in the "
                        "extension's preferences")  # fmt: skip
            return None
        origin = placement.mark(context)
        return live.submit(
            request, source, name=choice.name, origin=origin, endpoint=endpoint, key=key, storage=storage
        )

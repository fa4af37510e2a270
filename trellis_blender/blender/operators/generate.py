# SPDX-License-Identifier: GPL-3.0-or-later
"""*Generate*: send the picture, and bring in the object."""

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import bpy

from ...core import request
from ...core.errors import TrellisError
from ...core.jobs import Job
from .. import placeholder, placement, preferences, properties, readiness, session, sources, watch
from ..identity import GENERATE, GENERATE_RENDER
from ..language import hinted, report
from . import waiting


class AlreadyStarted(TrellisError):
    """The very same job was started a moment ago."""


def order(
    context: bpy.types.Context,
    choice: sources.Choice | None = None,
    *,
    guard: bool = False,
    with_placeholder: bool = False,
    shown: Decimal | None = None,
) -> Job:
    """Start the job that the scene asks for, of the picture that is chosen, and return at once.

    Another picture may be given. Raises :class:`TrellisError`.
    With ``guard`` the same order within a moment is taken for a double click: :class:`AlreadyStarted`. The
    placeholder is for who does not wait. ``shown`` is the price that the button said: it is not sent for more.
    """
    live = session.current()
    choice = choice or sources.choose(context)
    settings = properties.of(context.scene)
    wanted, preparation = properties.build_request(settings, image_url=choice.url), properties.preparation(settings)
    wanted = request.at_price(wanted, shown)
    origin = {
        **placement.mark(context, with_placeholder=with_placeholder),
        "image": choice.image.name_full if choice.image is not None else "",
    }
    asked = (choice.identity, str(sorted(wanted.parameters.items())), str(preparation), *origin.values())
    if guard and live.orders.is_repeated(asked, time.monotonic()):
        raise AlreadyStarted("Already started; press again in a moment to pay for the same once more")
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    source = sources.capture(choice, context.scene)
    job = live.submit(
        wanted, source, name=choice.name, origin=origin, endpoint=endpoint, key=key, storage=storage, order=asked,
        preparation=preparation,
    )  # fmt: skip
    if placeholder.MARK in origin:
        live.intake.standins.put(job)
    return job


class Generating:
    """Mix-in for an operator that orders an object of a picture."""

    bl_options: Any = set()  # neither repeatable by accident nor adjustable: each run is paid for

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    price: bpy.props.StringProperty(
        name="Price", description="The price that the button said, in US dollars", options={"HIDDEN", "SKIP_SAVE"}
    )

    @staticmethod
    def picture(context: bpy.types.Context) -> sources.Choice:
        """Give the picture that is meant."""
        return sources.choose(context)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = readiness.generate_reason(context, cls.picture(context))
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the job and return at once."""
        shown = Decimal(self.price) if self.price else None
        job = self._submit(context, guard=True, with_placeholder=preferences.get().placeholders, shown=shown)
        if job is None:
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the job and wait until its object stands in the scene; for scripts."""
        if not waiting.is_possible(self, context):
            return {"CANCELLED"}
        job = self._submit(context, guard=False, with_placeholder=False)
        return {"CANCELLED"} if job is None else waiting.bring(self, [job], select=True)

    def _submit(
        self, context: bpy.types.Context, *, guard: bool, with_placeholder: bool, shown: Decimal | None = None
    ) -> Job | None:  # fmt: skip
        picture = self.picture(context)
        try:
            return order(context, picture, guard=guard, with_placeholder=with_placeholder, shown=shown)
        except AlreadyStarted as reason:
            report(self, {"INFO"}, str(reason))
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
        return None


class TRELLIS_OT_generate(Generating, bpy.types.Operator):
    """Send the picture to the service and bring the object into the scene when it is made. Spends money"""

    bl_idname = GENERATE
    bl_label = "Generate"


class TRELLIS_OT_generate_render(Generating, bpy.types.Operator):
    """Send the last render to the service and bring the object into the scene when it is made. Spends money"""

    bl_idname = GENERATE_RENDER
    bl_label = "Generate 3D from Render"

    @staticmethod
    def picture(context: bpy.types.Context) -> sources.Choice:
        """Give the Render Result, whatever the panel's source is."""
        return sources.render(context)

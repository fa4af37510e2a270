# SPDX-License-Identifier: GPL-3.0-or-later
"""*Generate*: send the picture, and bring in the object."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy

from ...core import request
from ...core.errors import SourceError, TrellisError
from ...core.jobs import Job
from ...core.request import GenerationRequest
from .. import (
    handover,
    instead,
    menus,
    placeholder,
    placement,
    preferences,
    properties,
    readiness,
    reserved,
    scripting,
    session,
    sources,
    watch,
)
from ..identity import BUTTON, GENERATE, GENERATE_RENDER
from ..instead import Wish
from ..language import hinted
from . import spending, waiting
from .spending import AlreadyStarted, Spending, refused


def order(
    context: bpy.types.Context,
    choice: sources.Choice | None = None,
    *,
    guard: bool = False,
    with_placeholder: bool = False,
    price: str = "",
    wish: Wish = instead.NOTHING,
) -> Job:
    """Start the job that the scene asks for, of the picture that is chosen, and return at once.

    Another picture may be given, and in ``wish`` what else is not as in the scene. Raises :class:`TrellisError`.
    With ``guard`` the same order within a moment is taken for a double click: :class:`AlreadyStarted`. The
    placeholder is for who does not wait. ``price`` is what the pressed button carries: it is not sent for more.
    """
    live = session.current()
    choice = choice or sources.choose(context)
    settings = properties.of(context.scene)
    wanted = properties.build_request(settings, image_url=choice.url, instead=wish.values)
    wanted = menus.at_tag(wanted, price, is_button=getattr(context, BUTTON, None) is not None)
    preparation, name = wish.prepared(properties.preparation(settings)), wish.name or choice.name
    origin = {
        **placement.mark(context, with_placeholder=with_placeholder),
        "image": choice.image.name_full if choice.image is not None else "",
    }
    picture = wish.image or choice.identity  # one that is loaded from disk is another datablock each time
    asked = (picture, name, str(sorted(wanted.parameters.items())), str(preparation), *origin.values())
    if guard and live.orders.is_repeated(asked, time.monotonic()):
        raise AlreadyStarted("Already started; press again in a moment to pay for the same once more")
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    source = handover.capture(choice, context.scene, is_ordered=True)
    job = live.submit(
        wanted, source, name=name, origin=origin, endpoint=endpoint, key=key, storage=storage, order=asked,
        preparation=preparation,
    )  # fmt: skip
    reserved.reserve(placement.proxy_in(context), job.id)
    if placeholder.MARK in origin:
        live.intake.standins.put(job)
    return job


def _required(context: bpy.types.Context, picture: sources.Choice, wish: Wish) -> GenerationRequest:
    """See that what is meant can be ordered: Blender asked before, but of what the panel says. Raises."""
    reason = readiness.source_reason(context, picture)
    if reason:
        raise SourceError(f"{reason}.")
    wanted = properties.build_request(properties.of(context.scene), instead=wish.values)
    reason = readiness.price_reason(wanted.price_usd)
    if reason:
        raise TrellisError(f"{reason}.")
    return wanted


class Generating(Spending):
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
        """Say why it is off: for a button of the panel by all that the panel says.

        Who calls it may say another picture and other settings, which Blender does not tell here.
        """
        if getattr(context, BUTTON, None) is not None:
            reason = readiness.generate_reason(context, cls.picture(context))
        else:
            reason = readiness.service_reason() or readiness.scene_reason(context)
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the job and return at once."""
        job = self._submit(context, is_pressed=True)
        if job is None:
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the job and wait until its object stands in the scene; for scripts."""
        if not waiting.is_possible(self, context):
            return {"CANCELLED"}
        job = self._submit(context, is_pressed=False)
        return {"CANCELLED"} if job is None else waiting.bring(self, [job], select=True)

    def _submit(self, context: bpy.types.Context, *, is_pressed: bool) -> Job | None:
        try:
            wish = instead.of(self)
            with self._meant(context, wish) as picture:
                wanted = _required(context, picture, wish)
                self.allow(wanted)
                if is_pressed:
                    holds_place = preferences.get().placeholders
                    return order(
                        context, picture, guard=True, with_placeholder=holds_place, price=self.price, wish=wish
                    )
                request.allow(wanted, spending.amount(self.price))
                return order(context, picture, wish=wish)
        except TrellisError as error:
            refused(self, error)
        return None

    @contextmanager
    def _meant(self, context: bpy.types.Context, wish: Wish) -> Iterator[sources.Choice]:
        """Give the picture that is meant, for as long as it is captured. Raises :class:`TrellisError`."""
        if not wish.image:
            yield self.picture(context)
            return
        image = bpy.data.images.get(wish.image)
        choice, loaded = scripting.picture(image if image is not None else wish.image)
        try:
            yield choice
        finally:
            if loaded is not None:
                bpy.data.images.remove(loaded)


Generating.__annotations__.update(instead.annotations())


class TRELLIS_OT_generate(Generating, bpy.types.Operator):
    """Send the picture to the service and bring the object into the scene when it is made. Spends money"""

    bl_idname = GENERATE
    bl_label = "Generate"

    image: bpy.props.StringProperty(
        name="Image",
        description="An image of this file by its name, the path of a picture, or a public address; else the scene's",
        options={"SKIP_SAVE"},
    )


class TRELLIS_OT_generate_render(Generating, bpy.types.Operator):
    """Send the last render to the service and bring the object into the scene when it is made. Spends money"""

    bl_idname = GENERATE_RENDER
    bl_label = "Generate 3D from Render"

    @staticmethod
    def picture(context: bpy.types.Context) -> sources.Choice:
        """Give the Render Result, whatever the panel's source is."""
        return sources.render(context)

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Repeat Exactly*, *Re-roll Seed*, *Vary by Panel*: order the active object once more. Each asks before it pays."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import bpy

from ...core import recipe, request
from ...core.errors import TrellisError
from ...core.recipe import Recipe
from ...core.request import GenerationRequest
from .. import offers, properties, reordering, session
from ..identity import REPEAT, REROLL, VARY
from ..text import in_lines
from .on_object import Paying
from .spending import AlreadyStarted, refused


class _Once(Paying):
    """Orders one object; what is asked for is the subclass's to say."""

    if TYPE_CHECKING:

        def request(self: Any, item: bpy.types.Object, made: Recipe) -> GenerationRequest:
            """Give what is sent. Raises :class:`TrellisError`."""

    def invoke(self: Any, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask whether it shall be paid for, with the price of today."""
        item, made = self.meant(context)
        try:
            wanted = self.request(item, made)
            self.allow(wanted)
        except TrellisError as error:
            return refused(self, error)
        self.is_asked, self.shown = True, wanted.price_usd
        if wanted.is_priced and not wanted.price_usd:
            return self._at_once(context)
        bill = reordering.bill(wanted.price_usd, 1)
        question = f"{reordering.priced(wanted)}. {bill.sentence}".strip()
        return set(
            context.window_manager.invoke_confirm(
                self, event, title=self.bl_label, message=in_lines(question), confirm_text=self.bl_label
            )
        )

    def _at_once(self: Any, context: bpy.types.Context) -> set[str]:
        """Order what costs nothing, and so asks nothing: once for the two clicks of a double click."""
        orders, order = session.current().orders, (self.bl_idname,)
        if orders.is_repeated(order, time.monotonic()):
            return refused(self, AlreadyStarted("Already sent; press again in a moment to send another"))
        found = self.execute(context)
        orders.note(order, time.monotonic())
        return set(found)

    def execute(self: Any, context: bpy.types.Context) -> set[str]:
        """Send it: at once when the artist was asked, and else for a script, which waits for the object."""
        if not self.may_order(context):
            return {"CANCELLED"}
        item, made = self.meant(context)
        try:
            wanted = self.request(item, made)
            self.allow(wanted)
            wanted = request.at_price(wanted, self.shown)
            jobs = reordering.order(context, item, made, [wanted], is_shown=True)
        except TrellisError as error:
            return refused(self, error)
        return set(self.follow(jobs))


class TRELLIS_OT_repeat_exactly(_Once, bpy.types.Operator):
    """Send the very same request once more, with the very same picture. Spends money"""

    bl_idname = REPEAT
    bl_label = "Repeat Exactly"

    def request(self, _item: bpy.types.Object, made: Recipe) -> GenerationRequest:
        """Give the same request."""
        return made.request(offers.current())


class TRELLIS_OT_reroll_seed(_Once, bpy.types.Operator):
    """Send the same picture and settings with another seed. Spends money; the result is shown when it comes"""

    bl_idname = REROLL
    bl_label = "Re-roll Seed"

    def request(self, item: bpy.types.Object, made: Recipe) -> GenerationRequest:
        """Give the same request with a seed that this object was not made with yet."""
        seeds: Sequence[int] = recipe.fresh_seeds(1, reordering.kin_of(item, made).seeds)
        return made.request(offers.current(), seed=seeds[0])


class TRELLIS_OT_vary_by_panel(_Once, bpy.types.Operator):
    """Send this object's picture with the settings of the panel, as a variant of it. Spends money"""

    bl_idname = VARY
    bl_label = "Vary by Panel"

    def request(self, _item: bpy.types.Object, made: Recipe) -> GenerationRequest:
        """Give a request as the panel has it, for the picture of the recipe."""
        made.check()  # says why, where there is no picture to send or another model is meant
        return properties.build_request(properties.of(bpy.context.scene), image_url=made.image_url)

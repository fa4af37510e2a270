# SPDX-License-Identifier: GPL-3.0-or-later
"""*Seeds*: order several variants of the active object that differ in the seed alone. Asks the whole price once."""

import bpy

from ...core import recipe, request
from ...core.errors import TrellisError
from ...core.recipe import Recipe
from ...core.request import GenerationRequest
from .. import joblist, offers, reordering, variants
from ..identity import SEEDS
from ..language import report, said
from ..text import DIALOG_FRAME, draw_wrapped, room
from .on_object import Paying
from .spending import refused

MOST = 32
_DIALOG_PIXELS = 300
RANDOM, COUNTED = "RANDOM", "COUNTED"


class TRELLIS_OT_more_seeds(Paying, bpy.types.Operator):
    """Send the same picture and settings with other seeds; the results become variants of this object. Spends money"""

    bl_idname = SEEDS
    bl_label = "More Seeds"

    count: bpy.props.IntProperty(name="Seeds", description="How many more variants", default=4, min=1, max=MOST)
    order: bpy.props.EnumProperty(
        name="Order",
        description="Which seeds",
        items=((RANDOM, "Random", "Any seeds that were not used yet"), (COUNTED, "Counted", "One after the other")),
    )
    start: bpy.props.IntProperty(
        name="Start",
        description="Seed to count from; those that this object was made with already are left out",
        min=0,
        max=recipe.HIGHEST_SEED,
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why this object can have no variants now."""
        return super().reason(context) or variants.fault(context.active_object)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask how many, which, and whether they shall be paid for."""
        _item, made = self.meant(context)
        try:
            self.is_asked, self.shown = True, made.request(offers.current()).price_usd
            joblist.begin()
        except TrellisError as error:
            return refused(self, error)
        if not self.properties.is_property_set("start"):
            self.start = min(made.seed + 1, recipe.HIGHEST_SEED)
        manager = context.window_manager
        return set(manager.invoke_props_dialog(self, width=_DIALOG_PIXELS, confirm_text="Generate"))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the choice with its price; says before anything is sent how many of them the day's cap allows."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "count")
        layout.row().prop(self, "order", expand=True)
        row = layout.row()
        row.enabled = self.order == COUNTED
        row.prop(self, "start")
        _item, made = self.meant(context)
        try:
            price = request.at_price(made.request(offers.current()), self.shown).price_usd
        except TrellisError as error:
            with room(_DIALOG_PIXELS - DIALOG_FRAME):
                draw_wrapped(layout, str(error), icon="ERROR")
            return
        bill = reordering.bill(price, self.count)
        layout.label(text=said(reordering.spoken(bill.total, bill.allowed, price)))
        if bill.sentence:
            with room(_DIALOG_PIXELS - DIALOG_FRAME):
                draw_wrapped(layout, bill.sentence, icon="ERROR")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Send as many as the day's cap allows: at once when the artist was asked, else for a script, which waits."""
        if not self.may_order(context):
            return {"CANCELLED"}
        item, made = self.meant(context)
        try:
            each = made.request(offers.current())
            bill = reordering.bill(each.price_usd, self.count)
            if not bill.allowed:
                report(self, {"ERROR"}, f"{bill.sentence} Nothing was sent.")
                return {"CANCELLED"}
            self.allow(each, bill.allowed)
            known = reordering.kin_of(item, made)
            wanted = self._requests(known, made, bill.allowed)
            jobs = reordering.order(context, item, made, wanted, is_shown=False)
        except TrellisError as error:
            return refused(self, error)
        if bill.allowed < self.count:
            report(self, {"WARNING"}, f"{bill.allowed} of {self.count} were sent. {bill.sentence}")
        elif self.order == COUNTED:
            self._say_left_out(known, wanted)
        return self.follow(jobs)

    def _say_left_out(self, known: reordering.Kin, wanted: list[GenerationRequest]) -> None:
        """Say which seeds were not paid for once more, though the object has not got them."""
        seeds = [seed for request in wanted if isinstance(seed := request.value("seed"), int)]
        remark = reordering.left_out(known.paid(self.start, max(seeds)))
        if remark:
            report(self, {"INFO"}, remark)

    def _requests(self, known: reordering.Kin, made: Recipe, count: int) -> list[GenerationRequest]:
        start = self.start if self.order == COUNTED else None
        return [
            request.at_price(made.request(offers.current(), seed=seed), self.shown)
            for seed in recipe.fresh_seeds(count, known.seeds, start)
        ]  # fmt: skip

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Try Again* of a job that was refused: order the very same once more, in its place. Its button says the price."""

import time

import bpy

from ...core import request
from ...core.errors import TrellisError
from ...core.jobs import Job
from .. import menus, offers, preferences, session
from ..identity import ORDER_AGAIN
from ..language import report
from . import spending
from .asking import Asking
from .on_job import GoingOn
from .spending import AlreadyStarted, Spending, refused


def order(job: Job, *, price: str = "", guard: bool = False) -> Job | None:
    """Order a job once more and give the new one; None where that cannot be. Raises :class:`TrellisError`.

    With ``guard`` another order within a moment is taken for the second click of two, whichever job that is for: the
    rows move when the first has been taken. ``price`` is what the pressed button carries: it is not sent for more.
    """
    live, offer = session.current(), offers.current()
    if guard and live.orders.is_repeated((ORDER_AGAIN,), time.monotonic()):
        raise AlreadyStarted("Already sent; press again in a moment to send another")
    request.check(job.request, offer)
    wanted = menus.at_tag(request.priced(job.request, offer), price, is_button=False)
    made = live.order_again(job.id, wanted, preferences.endpoint(), preferences.key(), preferences.storage())
    live.orders.note((ORDER_AGAIN,), time.monotonic())
    return made


class TRELLIS_OT_order_again(Spending, GoingOn, Asking, bpy.types.Operator):
    """Send the same picture and settings once more, as a new job in place of this one. Spends money"""

    bl_idname = ORDER_AGAIN
    bl_label = "Try Again"

    price: bpy.props.StringProperty(
        name="Price", description="The price that the button said, in US dollars", options={"HIDDEN", "SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Send it: once however often it is pressed; a script knows which job it means, and waits."""
        job = self.wanted()
        if job is None or not self.may_go_on(context):
            return {"CANCELLED"}
        try:
            wanted = request.priced(job.request, offers.current())  # it goes to the server in force
            self.allow(wanted)
            if not self.is_pressed:
                request.allow(wanted, spending.amount(self.price))
            made = order(job, price=self.price, guard=self.is_pressed)
        except TrellisError as error:
            return refused(self, error)
        if made is None:
            report(self, {"WARNING"}, "This job cannot be sent once more as it is; copy its settings to the panel")
            return {"CANCELLED"}
        return self.follow(made.id)

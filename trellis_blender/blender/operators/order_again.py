# SPDX-License-Identifier: GPL-3.0-or-later
"""*Try Again* of a job that was refused: order the very same once more, in its place. Its button says the price."""

import time
from decimal import Decimal

import bpy

from ...core import request
from ...core.errors import TrellisError
from ...core.jobs import Job
from .. import offers, preferences, session, watch
from ..identity import ORDER_AGAIN
from ..language import report
from .asking import Asking
from .on_job import OnJob


class TRELLIS_OT_order_again(OnJob, Asking, bpy.types.Operator):
    """Send the same picture and settings once more, as a new job in place of this one. Spends money"""

    bl_idname = ORDER_AGAIN
    bl_label = "Try Again"

    price: bpy.props.StringProperty(
        name="Price", description="The price that the button said, in US dollars", options={"HIDDEN", "SKIP_SAVE"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Send it once, whichever job a second click falls on: the rows move when the first has been taken."""
        orders = session.current().orders
        if orders.is_repeated((ORDER_AGAIN,), time.monotonic()):
            report(self, {"INFO"}, "Already sent; press again in a moment to send another")
            return {"CANCELLED"}
        done = self.execute(context)
        if done == {"FINISHED"}:
            orders.note((ORDER_AGAIN,), time.monotonic())
        return done

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Send it, and return at once."""
        job = self.wanted()
        if job is None:
            return {"CANCELLED"}
        try:
            sent = self._order(job)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        if sent is None:
            report(self, {"WARNING"}, "This job cannot be sent once more as it is; copy its settings to the panel")
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def _order(self, job: Job) -> Job | None:
        """Order it at the price that was shown, or at that of today. Raises :class:`TrellisError`."""
        offer = offers.current()
        request.check(job.request, offer)
        wanted = request.at_price(request.priced(job.request, offer), Decimal(self.price) if self.price else None)
        endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
        return session.current().order_again(job.id, wanted, endpoint, key, storage)

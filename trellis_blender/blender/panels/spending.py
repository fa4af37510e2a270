# SPDX-License-Identifier: GPL-3.0-or-later
"""What was spent: today, in this file, on the last days that cost anything, in all. Closed at first."""

import time

import bpy

from ...core.money import dollars
from .. import lineage, preferences, session
from ..identity import EXPORT_LEDGER
from ..language import said
from ..text import draw_wrapped
from .spaces import Drawn, panels

SHOWN_DAYS = 7


class Spending(Drawn):
    """What the jobs of this computer cost, by the prices they were sent at or by what was billed."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Show it once something was spent."""
        ledger = session.current().money.ledger
        return ledger is not None and bool(ledger.total)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the sums, then the days."""
        money = session.current().money
        ledger = money.ledger
        if ledger is None:
            return
        today, cap = money.spent_today(time.time()), preferences.daily_cap()
        _draw_sum(self.layout, "Today", f"{dollars(today)} / {dollars(cap)}" if cap else dollars(today))
        _draw_sum(self.layout, "This File", dollars(money.spent_in(lineage.current())))
        _draw_sum(self.layout, "All Time", dollars(ledger.total))
        days = sorted(day for day in ledger.by_day if day != ledger.day)[-SHOWN_DAYS:]
        for day in reversed(days):
            _draw_sum(self.layout, f"{day:%d %b %Y}", dollars(ledger.by_day[day]), quiet=True)
        if ledger.uncertain:
            said = f"{dollars(ledger.uncertain)} of this is uncertain: a job is being sent, or its answer was lost"
            draw_wrapped(self.layout, said, icon="QUESTION")
        self.layout.operator(EXPORT_LEDGER, icon="EXPORT")
        if money.exported is not None:
            draw_wrapped(self.layout, money.exported.sentence, icon="CHECKMARK" if money.exported.ok else "ERROR")


def _draw_sum(layout: bpy.types.UILayout, name: str, amount: str, *, quiet: bool = False) -> None:
    row = layout.row()
    row.active = not quiet
    row.label(text=said(name))
    right = row.row()
    right.alignment = "RIGHT"
    right.label(text=said(amount))


CLASSES = panels("spending", Spending, parent="main", bl_label="Spending", bl_options={"DEFAULT_CLOSED"}, bl_order=31)

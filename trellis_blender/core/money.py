# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether balance and daily cap allow what is to be ordered next, in one sentence. Knows amounts only; no bpy."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final

_NOTHING: Final = Decimal(0)
_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")
_SHOWN: Final = (_CENT, _MILL, Decimal("0.0001"))
"""How finely amounts are written, the coarsest first; prices are in tenths of cents today."""


class Cover(Enum):
    """What an order meets."""

    COVERED = "covered"
    SHORT = "short"
    """The balance does not cover all of it; the service refuses the rest, unbilled."""
    CAPPED = "capped"
    """The day's cap does not allow all of it; the rest is refused here."""
    UNKNOWN = "unknown"
    """The balance is not known."""


@dataclass(frozen=True)
class Outlook:
    """How many of the objects asked for can be had (all, where nothing is known), and one sentence on it."""

    cover: Cover
    allowed: int
    sentence: str
    stops: bool = False
    """Whether the cap forbids the very next job, so that it need not be tried."""

    @property
    def warns(self) -> bool:
        """Whether the artist should read the sentence before ordering."""
        return self.cover in (Cover.SHORT, Cover.CAPPED)


def outlook(
    balance: Decimal | None, pending: Decimal, price: Decimal, count: int, cap: Decimal, spent_today: Decimal,
    unconfirmed: Decimal = _NOTHING,
) -> Outlook:  # fmt: skip
    """Say how many of ``count`` objects at ``price`` can be had; amounts in US dollars.

    ``balance`` is what is left now, None where it is not known. ``pending`` is the price of the jobs
    that were ordered before and not sent yet: neither ``balance`` nor ``spent_today`` counts them.
    ``unconfirmed`` is the part of ``spent_today`` that may not have been billed; the cap counts it all the same.
    A ``cap`` of zero is none. Of what costs nothing there is nothing to say.
    """
    if not price:
        return Outlook(Cover.COVERED, count, "")
    by_cap = _pieces(cap - spent_today - pending, price, count) if cap else count
    by_balance = _pieces(balance - pending, price, count) if balance is not None else count
    if by_cap < count and by_cap <= by_balance:
        stops = spent_today + price > cap
        so_far = spent_today, unconfirmed
        return Outlook(Cover.CAPPED, by_cap, _capped(pending, price, count, cap, so_far, by_cap), stops)
    if balance is None:
        return Outlook(
            Cover.UNKNOWN, count, "The balance is not known; what it does not cover is refused, and not billed."
        )
    balance = balance.quantize(_MILL, ROUND_FLOOR)  # as finely as prices are, which it is held against
    have = f"The balance of {dollars(balance)}{f', less {dollars(pending)} for waiting jobs,' if pending else ''}"
    if by_balance == count:
        return Outlook(Cover.COVERED, count, f"{have} covers {'this object' if count == 1 else f'{count} objects'}.")
    what = f"does not cover {dollars(price)}" if count == 1 else _part("covers", by_balance, count, price)
    return Outlook(Cover.SHORT, by_balance, f"{have} {what}. Top up at the provider's dashboard.")


def typed(amount: float) -> Decimal:
    """Give an amount as it was typed into a field, which holds 32 bits: without their noise, and no coarser."""
    return Decimal(f"{amount:.7g}")


def dollars(amount: Decimal) -> str:
    """Write an amount in cents, and finer where it has more; what is not nothing is never written as nothing."""
    shown = amount.quantize(_SHOWN[-1], ROUND_HALF_UP)
    if amount and not shown:
        shown = amount.quantize(Decimal(1).scaleb(amount.adjusted()), ROUND_HALF_UP)
    else:
        shown = next(whole for place in _SHOWN if (whole := shown.quantize(place, ROUND_FLOOR)) == shown)
    return f"{'-' if shown < 0 else ''}${abs(shown):,f}"


def priced(amount: Decimal) -> str:
    """Write a price: in words, where there is nothing to pay."""
    return dollars(amount) if amount else "Free"


def rounded_down(amount: Decimal) -> str:
    """Write what is left, in cents: never more than there is."""
    return dollars(amount.quantize(_CENT, ROUND_FLOOR))


def _pieces(have: Decimal, price: Decimal, count: int) -> int:
    """Give how many of ``count`` can be paid."""
    if price <= 0:
        return count
    return min(max(int(have // price), 0), count) if have > 0 else 0


def _part(verb: str, number: int, count: int, price: Decimal) -> str:
    return f"{verb} {number or 'none'} of {count} objects at {dollars(price)}"


def _capped(
    pending: Decimal, price: Decimal, count: int, cap: Decimal, so_far: tuple[Decimal, Decimal], allowed: int
) -> str:  # fmt: skip
    spent, uncertain = so_far
    what = f"does not allow {dollars(price)} more" if count == 1 else _part("allows", allowed, count, price)
    lost = f" ({dollars(uncertain)} of it not confirmed)" if uncertain else ""
    waiting = f" and {dollars(pending)} waiting" if pending else ""
    return (
        f"Today's cap of {dollars(cap)} {what}: {dollars(spent)} are spent{lost}{waiting}. "
        "Raise it in the preferences, or wait until tomorrow."
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""What balance and cap allow, in sentences; and what is known of the money while jobs run."""

from __future__ import annotations

import struct
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from trellis_blender.core.money import Cover, Outlook, dollars, outlook, rounded_down, typed

SERVER = "http://127.0.0.1:1"
NOON = datetime(2026, 3, 5, 12, 0).timestamp()  # noqa: DTZ001  # the artist's own
PRICE = Decimal("0.025")


def see(
    balance: str | None = None, *, pending: str = "0", price: str = "0.249", count: int = 1, cap: str = "0",
    spent: str = "0", lost: str = "0",
) -> Outlook:  # fmt: skip
    left = None if balance is None else Decimal(balance)
    return outlook(left, Decimal(pending), Decimal(price), count, Decimal(cap), Decimal(spent), Decimal(lost))


@pytest.mark.parametrize(
    ("seen", "cover", "allowed", "sentence"),
    [
        (see("12.345"), Cover.COVERED, 1, "The balance of $12.345 covers this object."),
        (see("12.34", count=5), Cover.COVERED, 5, "The balance of $12.34 covers 5 objects."),
        (see("0.249"), Cover.COVERED, 1, "The balance of $0.249 covers this object."),
        (
            see("0.2489"), Cover.SHORT, 0,
            "The balance of $0.248 does not cover $0.249. Top up at the provider's dashboard.",
        ),
        (
            see("0.60", count=5), Cover.SHORT, 2,
            "The balance of $0.60 covers 2 of 5 objects at $0.249. Top up at the provider's dashboard.",
        ),
        (
            see("0", count=5), Cover.SHORT, 0,
            "The balance of $0.00 covers none of 5 objects at $0.249. Top up at the provider's dashboard.",
        ),
        (
            see("0.60", pending="0.498"), Cover.SHORT, 0,
            ("The balance of $0.60, less $0.498 for waiting jobs, does not cover $0.249. Top up at the provider's "
            "dashboard."),
        ),
        (
            see("-1.5"), Cover.SHORT, 0,
            "The balance of -$1.50 does not cover $0.249. Top up at the provider's dashboard.",
        ),
        (
            see("9", cap="5", spent="4.90"), Cover.CAPPED, 0,
            ("Today's cap of $5.00 does not allow $0.249 more: $4.90 are spent. Raise it in the preferences, or wait "
            "until tomorrow."),
        ),
        (
            see("9", cap="5", spent="4.25", count=4), Cover.CAPPED, 3,
            ("Today's cap of $5.00 allows 3 of 4 objects at $0.249: $4.25 are spent. Raise it in the preferences, or "
            "wait until tomorrow."),
        ),
        (
            see(None, cap="5", spent="4.50", pending="0.30", count=4), Cover.CAPPED, 0,
            ("Today's cap of $5.00 allows none of 4 objects at $0.249: $4.50 are spent and $0.30 waiting. Raise it in "
            "the preferences, or wait until tomorrow."),
        ),
        (
            see("9", price="0.025", count=3, cap="0.205", spent="0.20", lost="0.025"), Cover.CAPPED, 0,
            ("Today's cap of $0.205 allows none of 3 objects at $0.025: $0.20 are spent ($0.025 of it not confirmed). "
            "Raise it in the preferences, or wait until tomorrow."),
        ),
        (
            see("9", cap="5", spent="4.90", pending="0.1", lost="0.5"), Cover.CAPPED, 0,
            ("Today's cap of $5.00 does not allow $0.249 more: $4.90 are spent ($0.50 of it not confirmed) and $0.10 "
            "waiting. Raise it in the preferences, or wait until tomorrow."),
        ),
        (
            see(), Cover.UNKNOWN, 1,
            "The balance is not known; what it does not cover is refused, and not billed.",
        ),
        (
            see("0.30", cap="9", spent="1", count=3), Cover.SHORT, 1,
            "The balance of $0.30 covers 1 of 3 objects at $0.249. Top up at the provider's dashboard.",
        ),
    ],
)  # fmt: skip
def test_sentences(seen: Outlook, cover: Cover, allowed: int, sentence: str) -> None:
    assert (seen.cover, seen.allowed, seen.sentence) == (cover, allowed, sentence)
    assert seen.warns is (cover in (Cover.SHORT, Cover.CAPPED))


def test_only_the_cap_stops_and_only_what_is_spent() -> None:
    assert see("9", cap="5", spent="4.90").stops
    assert not see("0").stops
    assert not see("9", cap="5", spent="4", pending="0.9").stops, "what waits may never be sent"
    assert not see("9", cap="5", spent="4.751").stops
    assert see("9", cap="0.2").stops


@given(
    balance=some.none() | some.decimals(-5, 50, places=3), pending=some.decimals(0, 9, places=3),
    price=some.sampled_from([Decimal("0.025"), Decimal("0.249"), Decimal("0.499")]), count=some.integers(1, 200),
    cap=some.just(Decimal(0)) | some.decimals("0.01", 20, places=2), spent=some.decimals(0, 20, places=3),
)  # fmt: skip
def test_as_many_as_can_be_paid_and_not_one_more(
    balance: Decimal | None, pending: Decimal, price: Decimal, count: int, cap: Decimal, spent: Decimal
) -> None:
    seen = outlook(balance, pending, price, count, cap, spent)

    def fits(number: int) -> bool:
        due = pending + number * price
        return (balance is None or due <= balance) and (not cap or spent + due <= cap)

    assert 0 <= seen.allowed <= count
    assert seen.allowed == 0 or fits(seen.allowed)
    assert seen.allowed == count or not fits(seen.allowed + 1)
    assert seen.warns is (seen.allowed < count)
    assert not seen.stops or (seen.cover is Cover.CAPPED and seen.allowed == 0)


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0.75", "$0.75"), ("0.750", "$0.75"), ("0.025", "$0.025"), ("1234.5", "$1,234.50"), ("-0.5", "-$0.50"),
     ("0", "$0.00"), ("0.0249", "$0.0249"), ("0.0125", "$0.0125"), ("0.02499999999", "$0.025"), ("0.0003", "$0.0003"),
     ("0.00004", "$0.00004"), ("-0.00004", "-$0.00004"), ("1E-9", "$0.000000001"), ("1E+2", "$100.00")],
)  # fmt: skip
def test_amounts(amount: str, said: str) -> None:
    assert dollars(Decimal(amount)) == said


def test_balance_is_never_shown_larger_than_it_is() -> None:
    assert rounded_down(Decimal("99.97499999999999")) == "$99.97"


@given(places=some.integers(0, 4), amount=some.decimals(0, 100, places=4))
@example(places=4, amount=Decimal("0.0049"))
@example(places=3, amount=Decimal("0.125"))
@example(places=3, amount=Decimal("0.025"))
def test_a_cap_is_what_was_typed(places: int, amount: Decimal) -> None:
    """A field of Blender's holds 32 bits. What is not nothing is never taken for *no cap*."""
    amount = round(amount, places)
    (held,) = struct.unpack("f", struct.pack("f", float(amount)))
    assert typed(held) == amount


@given(some.floats(0.0, 1e9, exclude_min=True, width=32))
def test_the_smallest_cap_is_one(held: float) -> None:
    assert typed(held) > 0
    assert any(digit in "123456789" for digit in dollars(typed(held)))

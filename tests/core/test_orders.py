# SPDX-License-Identifier: GPL-3.0-or-later
"""A double click pays once, also where Blender was held up between the two clicks."""

from __future__ import annotations

from decimal import Decimal

from trellis_blender.core.orders import CALM_BEATS, DOUBLE_CLICK_SECONDS, LONGEST_SECONDS, Orders

ORDER = ("mushroom", "512")


def calm(orders: Orders, now: float) -> None:
    for _ in range(CALM_BEATS):
        orders.beat(now)


def test_same_order_within_a_moment_is_one() -> None:
    orders = Orders()
    assert not orders.is_repeated(ORDER, 5.0)
    orders.note(ORDER, 5.0)
    calm(orders, 5.1)
    assert orders.is_repeated(ORDER, 5.1 + DOUBLE_CLICK_SECONDS * 0.9)
    assert not orders.is_repeated(("mushroom", "1024"), 5.2)
    assert not orders.is_repeated(ORDER, 5.1 + DOUBLE_CLICK_SECONDS)


def test_second_click_that_waited_behind_a_slow_frame_is_the_same() -> None:
    orders = Orders()
    orders.note(ORDER, 5.0)
    assert orders.is_repeated(ORDER, 5.0 + 3 * DOUBLE_CLICK_SECONDS), "the timer had no turn yet"
    orders.note(ORDER, 5.0)
    orders.beat(5.01)  # before the frame
    orders.beat(8.0)  # after it, and before the click
    assert orders.is_repeated(ORDER, 8.0)
    assert not orders.is_repeated(ORDER, 8.0 + DOUBLE_CLICK_SECONDS)


def test_without_a_timer_it_ends_too() -> None:
    orders = Orders()
    orders.note(ORDER, 5.0)
    assert not orders.is_repeated(ORDER, 5.0 + LONGEST_SECONDS)


def test_later_beats_do_not_prolong_it() -> None:
    orders = Orders()
    orders.note(ORDER, 5.0)
    calm(orders, 5.1)
    orders.beat(6.0)
    assert not orders.is_repeated(ORDER, 6.2)


def test_price_holds_that_a_button_has_said_for_that_resolution() -> None:
    """A favourite carries one of another day, which held for good: no press of it was ever sent."""
    orders = Orders()
    now = Decimal("0.249")
    assert orders.shown("1024", "0.025", now) is None
    assert orders.tag("512", "0.025") == "0.025" and orders.tag("1024", "0.249") == "0.249"
    assert orders.shown("1024", "0.025", now) is None
    assert orders.shown("1024", "", now) is None
    assert orders.shown("1024", "0.249", now) == now == orders.shown("1024", "0.249", now)


def test_price_that_rose_behind_a_drawn_button_stops_one_press() -> None:
    orders = Orders()
    orders.tag("512", "0.025")
    risen = Decimal("0.05")
    assert orders.shown("512", "0.025", risen) == Decimal("0.025")
    assert orders.shown("512", "0.025", risen) is None, "it was said; a favourite goes on"
    orders.tag("512", "0.05")
    assert orders.shown("512", "0.05", risen) == risen

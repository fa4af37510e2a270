# SPDX-License-Identifier: GPL-3.0-or-later
"""What balance and cap allow, in sentences; and what is known of the money while jobs run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trellis_blender.core import request
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import BalanceTold, LedgerTold
from trellis_blender.core.money import Cover, Outlook, dollars, outlook, rounded_down
from trellis_blender.core.purse import ASK_SECONDS, Purse
from trellis_blender.core.secrets import Key

SERVER = "http://127.0.0.1:1"
NOON = datetime(2026, 3, 5, 12, 0).timestamp()  # noqa: DTZ001  # the artist's own
PRICE = Decimal("0.025")


def see(
    balance: str | None = None, *, pending: str = "0", price: str = "0.249", count: int = 1, cap: str = "0",
    spent: str = "0",
) -> Outlook:  # fmt: skip
    left = None if balance is None else Decimal(balance)
    return outlook(left, Decimal(pending), Decimal(price), count, Decimal(cap), Decimal(spent))


@pytest.mark.parametrize(
    ("seen", "cover", "allowed", "sentence"),
    [
        (see("12.345"), Cover.COVERED, 1, "The balance of $12.34 covers this object."),
        (see("12.34", count=5), Cover.COVERED, 5, "The balance of $12.34 covers 5 objects."),
        (see("0.249"), Cover.COVERED, 1, "The balance of $0.24 covers this object."),
        (
            see("0.2489"), Cover.SHORT, 0,
            "The balance of $0.24 does not cover $0.249. Top up at the provider's dashboard.",
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
     ("0", "$0.00"), ("0.0249", "$0.025")],
)  # fmt: skip
def test_amounts(amount: str, said: str) -> None:
    assert dollars(Decimal(amount)) == said


def test_balance_is_never_shown_larger_than_it_is() -> None:
    assert rounded_down(Decimal("99.97499999999999")) == "$99.97"


# --- the purse -------------------------------------------------------------------------------------------------------


def made(state: State, *, accepted_at: float = 0.0, ended_at: float = 0.0, server: str = SERVER) -> Job:
    asked = request.build({"resolution": "512"}, image_url="https://example.com/a.png")
    return Job("a", asked, server, state=state, accepted_at=accepted_at, ended_at=ended_at)


def filled(balance: str = "1.00", at: float = 100.0) -> Purse:
    purse = Purse()
    purse.take(BalanceTold(SERVER, at, Decimal(balance), answered=True))
    return purse


@pytest.mark.parametrize(
    ("job", "counts"),
    [
        (made(State.ACCEPTED, accepted_at=101.0), True),
        (made(State.IMPORTED, accepted_at=101.0), True),
        (made(State.IMPORTED, accepted_at=99.0), False),
        (made(State.SUBMITTING), True),
        (made(State.UNCERTAIN, ended_at=101.0), True),
        (made(State.UNCERTAIN, ended_at=99.0), False),
        (made(State.REFUSED, ended_at=101.0), False),
        (made(State.PREPARED), False),
        (made(State.ACCEPTED, accepted_at=101.0, server="http://127.0.0.1:2"), False),
    ],
)
def test_balance_is_less_what_was_accepted_since(job: Job, counts: bool) -> None:
    assert filled().balance(SERVER, [job]) == Decimal("0.975" if counts else "1.00")


def test_jobs_that_wait_count_before_the_next() -> None:
    waiting = [made(State.PREPARED) for _ in range(39)]
    seen = filled().outlook(SERVER, waiting, PRICE, 1, cap=Decimal(0), now=NOON)
    assert seen.cover is Cover.COVERED
    seen = filled().outlook(SERVER, [*waiting, made(State.SUBMITTING)], PRICE, 1, cap=Decimal(0), now=NOON)
    assert (seen.cover, seen.allowed) == (Cover.SHORT, 0)


def test_answer_that_failed_leaves_what_was_known() -> None:
    purse = filled()
    purse.take(BalanceTold(SERVER, 200.0))
    assert purse.balance(SERVER, []) == Decimal("1.00")
    purse.take(BalanceTold(SERVER, 50.0, Decimal(7), answered=True))
    assert purse.balance(SERVER, []) == Decimal("1.00"), "an older answer came late"
    purse.take(BalanceTold(SERVER, 300.0, None, answered=True))
    assert purse.balance(SERVER, []) is None, "the server says that it keeps no account"
    assert filled().balance("http://127.0.0.1:2", []) is None


class Nobody:
    """Is asked, and keeps count."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tell_ledger(self) -> None:
        self.asked.append("ledger")

    def ask_balance(self, server: str) -> None:
        self.asked.append(server)

    def export(self, path: Path) -> None:
        self.asked.append(str(path))

    def bill(self, billed: Mapping[str, Decimal]) -> None:
        self.asked += [f"{job_id} {amount}" for job_id, amount in billed.items()]


def move(purse: Purse) -> None:
    purse.follow(made(State.ACCEPTED), made(State.SUBMITTING))


def test_one_question_in_some_seconds() -> None:
    purse, nobody = Purse(), Nobody()
    purse.look(now=NOON, monotonic=0.0)
    purse.use(nobody, SERVER, Key("a-key"))
    for _ in range(3):
        purse.look(now=NOON, monotonic=0.0)
    assert nobody.asked == [SERVER]
    for _ in range(30):
        move(purse)
    purse.look(now=NOON, monotonic=ASK_SECONDS * 9)
    assert nobody.asked.count(SERVER) == 1, "the last one is not answered"
    purse.take(BalanceTold(SERVER, 0.0))
    purse.look(now=NOON, monotonic=ASK_SECONDS - 0.1)
    assert purse.busy
    assert nobody.asked.count(SERVER) == 1
    purse.look(now=NOON, monotonic=ASK_SECONDS)
    purse.take(BalanceTold(SERVER, 0.0))
    purse.take(ledger("1", date(2026, 3, 5)))
    purse.look(now=NOON, monotonic=ASK_SECONDS * 99)
    assert nobody.asked.count(SERVER) == 2
    assert not purse.busy


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DOWNLOADED, State.FAILED, State.CANCELLED, State.REFUSED])
def test_asked_again_when_a_job_is_billed_and_when_it_has_ended(state: State) -> None:
    """What a job was billed is noted only after its end: the question before came too early for it."""
    purse, nobody = Purse(), Nobody()
    purse.use(nobody, SERVER, Key("a-key"))
    purse.look(now=NOON, monotonic=0.0)
    purse.take(BalanceTold(SERVER, 0.0, Decimal(1), answered=True))
    assert not purse.busy
    purse.follow(made(state), made(State.PREPARED))
    assert purse.busy


def test_another_account_is_asked_about_at_once() -> None:
    purse, nobody = filled(), Nobody()
    purse.use(nobody, SERVER, Key("a-key"))
    purse.look(now=NOON, monotonic=0.0)
    purse.take(BalanceTold(SERVER, 200.0, Decimal(2), answered=True))
    purse.use(nobody, SERVER, Key("a-key"))
    assert not purse.busy
    purse.use(nobody, SERVER, Key("another-key"))
    assert purse.busy
    assert purse.balance(SERVER, []) is None, "that was the other account's"


def test_jobs_that_are_found_on_opening_move_nothing() -> None:
    purse, nobody = Purse(), Nobody()
    purse.use(nobody, SERVER, Key(""))
    purse.look(now=NOON, monotonic=0.0)
    purse.take(BalanceTold(SERVER, 0.0))
    for state in State:
        purse.follow(made(state), None)
    purse.take(ledger("1", date(2026, 3, 5)))
    assert not purse.busy
    purse.look(now=NOON, monotonic=ASK_SECONDS * 99)
    assert nobody.asked.count(SERVER) == 1


def test_what_was_billed_is_passed_on() -> None:
    purse, nobody = Purse(), Nobody()
    purse.use(nobody, SERVER, Key(""))
    purse.take(BalanceTold(SERVER, 1.0, None, answered=True, billed={"j": Decimal("0.02")}))
    assert nobody.asked == ["j 0.02"]
    purse.look(now=NOON, monotonic=0.0)
    purse.take(BalanceTold(SERVER, 2.0))
    assert purse.busy, "the sum with it is still to come"
    purse.take(ledger("0.02", date(2026, 3, 5)))
    assert not purse.busy


def ledger(today: str, day: date, offset: float = 0.0) -> LedgerTold:
    return LedgerTold(Decimal(today), Decimal(9), {}, day=day, clock_offset=offset)


def test_quiet_line() -> None:
    purse, cap = Purse(), Decimal(5)
    assert purse.line(SERVER, [], cap=Decimal(0), now=NOON) == ""
    assert purse.line(SERVER, [], cap=cap, now=NOON) == "Today $0.00 of $5.00"
    purse = filled("12.349", at=NOON - 60)
    assert purse.line(SERVER, [], cap=Decimal(0), now=NOON) == "Balance $12.34"
    purse.ledger = ledger("0.750", date(2026, 3, 5))
    assert purse.line(SERVER, [], cap=cap, now=NOON) == "Balance $12.34 · Today $0.75 of $5.00"
    assert purse.line(SERVER, [], cap=Decimal(0), now=NOON + 7200).startswith("Balance $12.34, 2 h ago · Today $0.75")
    assert "3 days ago" in purse.line(SERVER, [], cap=cap, now=NOON + 3 * 86400)


def test_another_day_begins_at_nothing() -> None:
    """The ledger was told yesterday: what it calls today no longer is, so the cap allows again."""
    purse, cap = Purse(), Decimal("0.05")
    purse.ledger = ledger("0.05", date(2026, 3, 5))
    tonight = (datetime(2026, 3, 6) - timedelta(seconds=1)).timestamp()  # noqa: DTZ001  # the artist's own
    assert purse.outlook(SERVER, [], PRICE, 1, cap=cap, now=tonight).stops
    assert not purse.is_stale(tonight)
    assert not purse.outlook(SERVER, [], PRICE, 1, cap=cap, now=tonight + 1).stops
    assert purse.is_stale(tonight + 1)


def test_day_is_the_servers_where_this_clock_is_wrong() -> None:
    purse, cap = Purse(), Decimal("0.05")
    purse.ledger = ledger("0.05", date(2026, 3, 5), offset=400 * 86400.0)
    assert purse.outlook(SERVER, [], PRICE, 1, cap=cap, now=NOON - 400 * 86400.0).stops

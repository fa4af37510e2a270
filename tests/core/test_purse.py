# SPDX-License-Identifier: GPL-3.0-or-later
"""The purse asks for the balance when it may have moved, and tells what is left of it while jobs run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from trellis_blender.core import request
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import BalanceTold, LedgerTold
from trellis_blender.core.money import Cover
from trellis_blender.core.purse import ASK_SECONDS, Purse
from trellis_blender.core.secrets import Key

SERVER = "http://127.0.0.1:1"
NOON = datetime(2026, 3, 5, 12, 0).timestamp()  # noqa: DTZ001  # the artist's own
PRICE = Decimal("0.025")


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


def test_what_may_not_have_been_billed_is_said_and_counts_all_the_same() -> None:
    purse = Purse()
    purse.ledger = replace(ledger("0.05", date(2026, 3, 5)), uncertain_today=PRICE)
    seen = purse.outlook(SERVER, [], PRICE, 1, cap=Decimal("0.05"), now=NOON)
    assert seen.stops and "$0.05 are spent ($0.025 of it not confirmed)." in seen.sentence

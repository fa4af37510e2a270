# SPDX-License-Identifier: GPL-3.0-or-later
"""Of a list of thousands only the jobs are looked at that run, or that the balance may not tell of."""

from dataclasses import replace
from itertools import product
from typing import Any

from trellis_blender.core import purse, request
from trellis_blender.core.afoot import Afoot
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.messages import BalanceTold

AT = 100.0
ASKED = request.build({"resolution": "512"}, image_url="https://example.com/a.png")


def made(state: State, **given: Any) -> Job:
    return Job("a", ASKED, "here", state=state, **given)


EVERY = [
    made(state, accepted_at=accepted_at, ended_at=ended_at, suspended=suspended)
    for state, accepted_at, ended_at, suspended in product(State, (0.0, 99.0, AT, 101.0), (0.0, 101.0), (False, True))
]


def filled(*jobs: Job) -> Afoot:
    held = Afoot()
    for number, job in enumerate(jobs):
        held.take(replace(job, id=str(number)))
    return held


def test_all_that_run_are_told() -> None:
    assert list(filled(*EVERY).running) == [str(number) for number, job in enumerate(EVERY) if job.running]


def test_no_job_is_left_out_that_a_balance_does_not_tell_of() -> None:
    told = {job.id for job in filled(*EVERY).since(AT)}
    pays = {str(number) for number, job in enumerate(EVERY) if purse._pays_after(job, AT)}
    waits = {str(number) for number, job in enumerate(EVERY) if job.state is State.PREPARED}
    assert pays | waits <= told
    assert len(told) < len(EVERY), "or nothing would be gained"


def test_an_old_list_is_not_looked_through() -> None:
    old = [made(State.IMPORTED, accepted_at=float(number)) for number in range(100)]
    held = filled(*old, made(State.PREPARED))
    assert [job.state for job in held.since(AT)] == [State.PREPARED]
    assert [job.id for job in held.since(98.0)] == ["100", "98", "99"]
    assert [job.state for job in held.since(float("inf"))] == [State.PREPARED]


def test_what_changes_is_as_if_it_had_always_been_so() -> None:
    for first, then in product(EVERY[::7], EVERY[::5]):
        held, other = filled(first, EVERY[11]), filled(then, EVERY[11])
        held.take(replace(then, id="0"))
        assert held.running == other.running
        assert sorted(held.since(AT), key=lambda job: job.id) == sorted(other.since(AT), key=lambda job: job.id)
        for job_id in ("0", "1", "2"):
            held.drop(job_id)
        assert not held.running and not list(held.since(0.0)) and not held._by_time


def test_what_runs_keeps_its_place() -> None:
    """Else a screen that shows them in this order would be drawn anew for nothing."""
    held = filled(made(State.PROCESSING), made(State.PROCESSING))
    held.take(replace(made(State.PROCESSING, progress=0.5), id="0"))
    assert list(held.running) == ["0", "1"] and held.running["0"].progress == 0.5


def test_the_newest_word_is_told() -> None:
    held = filled(made(State.ACCEPTED, accepted_at=101.0))
    held.take(replace(made(State.DOWNLOADED, accepted_at=101.0, job_id="known"), id="0"))
    assert [job.job_id for job in held.since(AT)] == ["known"]


def test_when_a_balance_was_told() -> None:
    held = purse.Purse()
    assert held.told_at("here") == float("inf")
    held.take(BalanceTold("here", AT, answered=True))
    assert held.told_at("here") == float("inf"), "the server says that it keeps no account"
    held.take(BalanceTold("here", AT, purse.Decimal(1), answered=True))
    assert held.told_at("here") == AT

# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of transitions, and what a job's record says of itself."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from trellis_blender.core import request
from trellis_blender.core.jobs import CANCELLABLE, ENDED, TRANSITIONS, IllegalTransition, Job, State, advance

ALLOWED = {
    "prepared": "submitting refused cancelled",
    "submitting": "prepared accepted refused uncertain",
    "uncertain": "accepted refused",
    "accepted": "processing completed failed cancelled expired",
    "processing": "completed failed cancelled expired",
    "completed": "downloading expired",
    "expired": "completed",
    "downloading": "downloaded expired",
    "downloaded": "imported downloading",
    "imported": "downloading",
}


def job(state: State = State.PREPARED, **changes: object) -> Job:
    return advance(Job("a thing", request.build({}), "https://a.b", state=state), **changes)


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(State, 2)), ids=lambda state: state.value)
def test_exactly_these_changes(before: State, after: State) -> None:
    if after.value in ALLOWED.get(before.value, "").split():
        assert advance(job(before), after).state is after
    else:
        with pytest.raises(IllegalTransition, match=f"{before.value} -> {after.value}"):
            advance(job(before), after)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = {State.PREPARED}
    while True:
        more = reached.union(*(TRANSITIONS[state] for state in reached))
        if more == reached:
            break
        reached = more
    assert reached == set(State)


def test_nothing_that_was_sent_goes_back() -> None:
    """No path leads to a state from which a POST is sent, but for one that the service plainly did not take."""
    assert [state for state, following in TRANSITIONS.items() if State.PREPARED in following] == [State.SUBMITTING]
    assert [state for state, following in TRANSITIONS.items() if State.SUBMITTING in following] == [State.PREPARED]


def test_a_move_clears_what_belongs_to_the_step() -> None:
    busy = job(State.PROCESSING, failures=3, note="n", suspended=True, overdue=True, error="e")
    moved = advance(busy, State.COMPLETED)
    assert (moved.failures, moved.note, moved.suspended, moved.overdue, moved.error) == (0, "", False, False, "e")
    assert advance(busy, State.PROCESSING, polls=2).failures == 3
    assert advance(busy, State.COMPLETED, note="kept").note == "kept"


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_running_and_resumable(state: State) -> None:
    assert job(state).running is (state not in ENDED)
    assert not job(state, suspended=True).running
    assert job(state, suspended=True).resumable is (state not in ENDED)
    assert not job(state).resumable
    assert not (state in CANCELLABLE and state in ENDED)


def test_damaged_download_is_resumable_if_it_can_be_had_again() -> None:
    damaged = job(State.DOWNLOADED, path=Path("x.glb"), job_id="j")
    assert damaged.resumable
    assert not damaged.importable
    assert not job(State.DOWNLOADED, path=Path("x.glb")).resumable
    good = job(State.DOWNLOADED, path=Path("x.glb"), job_id="j", faces=3)
    assert good.importable
    assert not good.resumable


def test_diagram_in_the_docstring_names_every_state() -> None:
    from trellis_blender.core import jobs

    assert all(state.value in (jobs.__doc__ or "") for state in State)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of one object are told by what was ordered from what, and what they have need not be paid for once more."""

from __future__ import annotations

from typing import Any

import pytest

from trellis_blender.core import kin, request
from trellis_blender.core.jobs import Job, State


def job(name: str, seed: int, ordered_from: str = "", mark: str = "", place: str = "", **fields: Any) -> Job:
    told = {kin.FROM: ordered_from, kin.SET: mark, kin.PLACE: place}
    origin = {key: value for key, value in told.items() if value}
    return Job(name, request.build({"seed": seed}), "https://a.example", origin, id=name, **fields)


def names(jobs: list[Job], own: list[str], mark: str = "") -> set[str]:
    return {found.id for found in kin.of({job.id: job for job in jobs}, own, mark)}


def test_what_was_ordered_from_it_and_from_that() -> None:
    tree = [job("a", 1), job("b", 2, "a"), job("c", 3, "b"), job("x", 2), job("y", 3, "x")]
    assert names(tree, ["a"]) == names(tree, ["c"]) == {"a", "b", "c"}
    assert names(tree, ["x"]) == {"x", "y"}
    assert names(tree, ["of another list"]) == names(tree, [""]) == set()


def test_what_is_no_longer_listed_holds_them_together() -> None:
    tree = [job("b", 2, "gone"), job("c", 3, "gone"), job("x", 2)]
    assert names(tree, ["gone"]) == names(tree, ["b"]) == {"b", "c"}


def test_a_mark_is_as_good() -> None:
    tree = [job("b", 2, mark="m"), job("c", 3, "b", mark="n"), job("x", 4, mark="o")]
    assert names(tree, [], "m") == names(tree, [], "n") == names(tree, ["b"]) == {"b", "c"}
    assert names(tree, ["m"]) == set(), "an id is no mark"


@pytest.mark.parametrize("state", State)
def test_a_seed_counts_while_it_has_an_object_or_may_have_one(state: State) -> None:
    nothing = {State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED}
    assert kin.seeds([job("a", 7, state=state)]).keys() == (set() if state in nothing else {7})


def test_the_last_place() -> None:
    assert kin.last_place([]) == kin.last_place([job("a", 1)]) == 0
    assert kin.last_place([job("b", 2, "a", place="4"), job("c", 3, "a", place="2")]) == 4

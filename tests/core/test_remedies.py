# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of trouble has its buttons, and a job tells its kind of trouble through restarts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import errors, records, request
from trellis_blender.core.endpoint import DEFAULT_BASE_URL
from trellis_blender.core.errors import TrellisError
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.offer import BUILT_IN
from trellis_blender.core.offers import for_nothing
from trellis_blender.core.remedies import (
    REMEDIES,
    TROUBLES,
    Remedy,
    Trouble,
    may_be_ordered_again,
    remedies,
    trouble_in,
    trouble_of,
)

OpenBench = Callable[..., Workbench]


def tree(kind: type[TrellisError]) -> Iterator[type[TrellisError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def job(**fields: Any) -> Job:
    return Job("a", request.build({}), **{"server": "http://127.0.0.1:1", "error": "It went wrong.", **fields})


@pytest.mark.parametrize("kind", list(tree(TrellisError)), ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_has_a_trouble(kind: type[TrellisError]) -> None:
    assert kind in TROUBLES


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.name)
def test_every_trouble_has_buttons(trouble: Trouble) -> None:
    assert REMEDIES[trouble], trouble
    assert len(set(REMEDIES[trouble])) == len(REMEDIES[trouble])


def test_what_is_no_error_of_ours_is_a_defect() -> None:
    assert trouble_of(ZeroDivisionError()) is Trouble.DEFECT
    assert trouble_of(errors.LinkExpired("gone")) is Trouble.DOWNLOAD


def test_what_is_free_has_no_account_to_look_at() -> None:
    """The provider's dashboard was opened for a server of the artist's own, where nothing is paid."""
    for state, trouble, button in (
        (State.UNCERTAIN, Trouble.NONE, Remedy.DASHBOARD),
        (State.REFUSED, Trouble.CREDITS, Remedy.TOP_UP),
    ):
        halted = job(state=state, trouble=trouble.value, suspended=state is State.UNCERTAIN)
        assert button in remedies(halted), "an address of one's own may lead to the provider"
        free = replace(halted, request=request.build({}, offer=for_nothing(BUILT_IN)))
        assert button not in remedies(free)
        assert button in remedies(replace(free, server=DEFAULT_BASE_URL))


def test_buttons_that_cannot_be_pressed_are_not_offered() -> None:
    refused = job(state=State.REFUSED, trouble=Trouble.CREDITS.value)
    assert remedies(refused) == (Remedy.TOP_UP, Remedy.SETTINGS, Remedy.DETAILS)
    kept = replace(refused, picture_kept=True)
    assert remedies(kept) == (Remedy.TOP_UP, Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS)
    stopped = job(state=State.PROCESSING, suspended=True, job_id="a", trouble=Trouble.NETWORK.value)
    assert remedies(stopped) == (Remedy.RETRY, Remedy.PREFERENCES, Remedy.LOG, Remedy.DETAILS)
    assert remedies(job(state=State.PROCESSING)) == (), "it runs"
    assert remedies(job(state=State.IMPORTED, error="")) == ()
    assert trouble_in(job(state=State.UNCERTAIN, trouble=Trouble.NETWORK.value)) is Trouble.UNCERTAIN
    assert trouble_in(job(state=State.REFUSED, trouble="of a later version")) is Trouble.NONE


OUTSIDE = {
    Trouble.KEY, Trouble.CREDITS, Trouble.CAP, Trouble.SETTING, Trouble.MODEL_GONE, Trouble.BUSY, Trouble.PROVIDER,
    Trouble.NETWORK, Trouble.CERTIFICATE, Trouble.PROXY, Trouble.DISK, Trouble.BODY,
}  # fmt: skip
"""What can be put right without touching the picture or the settings of a job."""


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.name)
def test_refused_is_ordered_again_where_the_very_same_may_go_through(trouble: Trouble) -> None:
    refused = job(state=State.REFUSED, trouble=trouble.value, picture_kept=True)
    assert may_be_ordered_again(refused) is (trouble in OUTSIDE) is (Remedy.AGAIN in remedies(refused))
    assert not may_be_ordered_again(replace(refused, given_up=True)), "it was ordered again already"
    assert not may_be_ordered_again(replace(refused, picture_kept=False))
    assert not may_be_ordered_again(replace(refused, state=State.FAILED)), "it was billed"


@pytest.mark.parametrize(
    ("settings", "fault", "trouble"),
    [
        ({"balance": 0.01}, "", Trouble.CREDITS),
        ({}, "401", Trouble.KEY),
        ({}, "400", Trouble.REQUEST),
        ({}, "413", Trouble.BODY),
    ],
)
def test_refused_job_tells_its_trouble(
    simulator: Simulator, bench: Workbench, settings: dict[str, Any], fault: str, trouble: Trouble
) -> None:
    simulator.control.settings(**settings)
    if fault:
        simulator.control.misbehave("submit", fault)
    ended = bench.finish(bench.submit())
    assert (ended.state, trouble_in(ended)) == (State.REFUSED, trouble), ended.error
    assert Remedy.DETAILS in remedies(ended)


def test_trouble_outlives_a_restart_and_ends_with_its_error(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "kept")
    simulator.control.settings(balance=0.01)
    ended = bench.finish(bench.submit())
    kept = records.from_text(records.to_text(ended))
    assert kept == ended and kept.trouble == Trouble.CREDITS.value
    old = json.loads(records.to_text(ended))
    del old["trouble"]
    assert records.from_text(json.dumps(old)) == replace(ended, trouble=""), "as an earlier version wrote it"

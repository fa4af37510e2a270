# SPDX-License-Identifier: GPL-3.0-or-later
"""The very same order is known by what would be sent, and only while its object is to be had without paying again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from trellis_blender.core import records, request
from trellis_blender.core.history import History
from trellis_blender.core.jobs import ABSENT, Job, State
from trellis_blender.core.twins import Having, Twins, having_of

SERVER, PICTURE = "https://a.example", "ab" * 32
SETTINGS = {"seed": 7, "resolution": "512", "decimation_target": 10_000}
FILE = {"path": Path("a.glb"), "faces": 10, "sha256": "0" * 64}


def job(state: State = State.IMPORTED, **fields: Any) -> Job:
    had = FILE if state in (State.DOWNLOADED, State.IMPORTED) else {}
    asked = fields.pop("request", request.build(SETTINGS))
    return Job("cup", asked, SERVER, **{"image_sha256": PICTURE, "state": state, **had, **fields})


def filled(*jobs: Job) -> Twins:
    held = Twins()
    for one in jobs:
        held.take(one)
    return held


def wanted(**changes: object) -> request.GenerationRequest:
    return request.build({**SETTINGS, **changes})


def test_the_very_same_is_known() -> None:
    one = job()
    held = filled(one)
    assert held.of(wanted(), SERVER, PICTURE) == one
    assert held.of(replace(wanted(), price_usd=one.price_usd * 2), SERVER, PICTURE) == one, "the price is none of it"
    told = records.from_text(records.to_text(one))
    assert filled(told).of(wanted(), SERVER, PICTURE) == told, "nor is another session"


@pytest.mark.parametrize("changes", [{"seed": 8}, {"resolution": "1024"}, {"decimation_target": 10_001}])
def test_another_setting_is_another_object(changes: dict[str, object]) -> None:
    assert filled(job()).of(wanted(**changes), SERVER, PICTURE) is None


def test_another_picture_or_server_is_another_object() -> None:
    held = filled(job(), job(image_sha256=""))
    assert held.of(wanted(), SERVER, "cd" * 32) is held.of(wanted(), "https://b.example", PICTURE) is None
    assert held.of(wanted(), SERVER, "") is None, "a picture that is not known is no picture"


def test_addresses_are_compared() -> None:
    address = "https://pictures.example/cup.png"
    one = job(request=request.build(SETTINGS, image_url=address), image_sha256="")
    held = filled(one)
    assert held.of(request.build(SETTINGS, image_url=address), SERVER, "") == one
    assert held.of(request.build(SETTINGS, image_url=f"{address}?2"), SERVER, "") is None
    assert held.of(wanted(), SERVER, PICTURE) is None


def test_a_default_that_was_sent_is_the_same_as_one_that_was_not() -> None:
    """As where the server's default had moved for a while."""
    assert "seed" not in request.build({"seed": 42}).parameters
    one = job(request=request.recorded({"seed": 42}))
    assert filled(one).of(request.build({}), SERVER, PICTURE) == one


@pytest.mark.parametrize(
    ("having", "one"),
    [
        (Having.HERE, job()),
        (Having.HERE, job(State.DOWNLOADED)),
        (Having.STOPPED, job(State.DOWNLOADED, path=None)),
        (Having.COMING, job(State.PREPARED)),
        (Having.COMING, job(State.SUBMITTING)),
        (Having.COMING, job(State.ACCEPTED)),
        (Having.COMING, job(State.DOWNLOADING)),
        (Having.COMING, job(State.COMPLETED, cancel_wanted=True)),
        (Having.STOPPED, job(State.ACCEPTED, suspended=True)),
        (Having.STOPPED, job(State.DOWNLOADING, suspended=True)),
        (None, job(State.PROCESSING, cancel_wanted=True)),
        (None, job(State.PREPARED, suspended=True)),
        (None, job(State.UNCERTAIN)),
        (None, job(State.UNCERTAIN, suspended=True, error=ABSENT)),
        *((None, job(state)) for state in (State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED)),
    ],
    ids=lambda told: f"{told.state.value}{'-stopped' * told.suspended}" if isinstance(told, Job) else None,
)
def test_only_what_need_not_be_paid_again_counts(having: Having | None, one: Job) -> None:
    assert having_of(one) is having
    assert filled(one).of(wanted(), SERVER, PICTURE) == (one if having else None)


def test_what_is_here_comes_before_what_is_coming_and_the_newest_first() -> None:
    old, new, coming = job(created_at=1.0), job(created_at=2.0), job(State.ACCEPTED, created_at=3.0)
    lost = job(State.FAILED, created_at=4.0)
    held = filled(new, coming, lost, old)
    assert held.of(wanted(), SERVER, PICTURE) == new
    held.drop(new.id)
    assert held.of(wanted(), SERVER, PICTURE) == old
    held.drop(old.id)
    held.drop("of another list")
    assert held.of(wanted(), SERVER, PICTURE) == coming


def test_it_follows_a_job_whose_picture_is_made_ready_only_later() -> None:
    listed, one = History(), job(State.PREPARED, image_sha256="")
    listed.take(one)
    assert listed.twins.of(wanted(), SERVER, PICTURE) is None
    listed.take(replace(one, image_sha256=PICTURE))
    listed.take(done := replace(one, image_sha256=PICTURE, state=State.PROCESSING))
    assert listed.twins.of(wanted(), SERVER, PICTURE) == done
    listed.take(replace(done, request=request.recorded(MappingProxyType({"seed": 9}))))
    assert listed.twins.of(wanted(), SERVER, PICTURE) is None
    listed.take(done)
    listed.drop(one.id)
    assert listed.twins.of(wanted(), SERVER, PICTURE) is None
    assert not listed.twins._jobs and not listed.twins._orders

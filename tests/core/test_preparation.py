# SPDX-License-Identifier: GPL-3.0-or-later
"""How a picture is made ready is kept with its job, and read by other versions of us."""

from __future__ import annotations

import json

import pytest

from trellis_blender.core import preparation, records, request
from trellis_blender.core.jobs import Job
from trellis_blender.core.preparation import Background, Preparation

UNUSUAL = Preparation(crop=False, margin=0.25, background=Background.CUT, tolerance=0.125, holes=True)


def test_comes_back_from_json() -> None:
    for values in (Preparation(), UNUSUAL):
        assert preparation.from_plain(json.loads(json.dumps(values.to_plain()))) == values


def test_comes_back_with_its_job() -> None:
    job = Job("a thing", request.build({}), "https://example.org", preparation=UNUSUAL)
    assert records.from_text(records.to_text(job)) == job


def test_job_of_an_earlier_version() -> None:
    job = Job("a thing", request.build({}), "https://example.org")
    values = json.loads(records.to_text(job))
    del values["preparation"]
    assert records.from_text(json.dumps(values)) == job


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"background": "bokeh", "margin": "wide", "crop": None, "later": 1},
        {"background": ["cut"], "margin": True, "tolerance": None, "holes": "yes"},
        {"margin": float("nan"), "tolerance": float("-nan")},
    ],
)
def test_what_is_unknown_is_as_usual(values: dict[str, object]) -> None:
    assert preparation.from_plain(values) == Preparation()


def test_numbers_are_kept_in_their_range() -> None:
    read = preparation.from_plain({"margin": 7, "tolerance": -1})
    assert (read.margin, read.tolerance) == (0.5, 0.0)
    assert preparation.from_plain({"margin": 10**400}).margin == 0.5


def test_only_what_is_said_is_told() -> None:
    assert preparation.told({"margin": 0.25, "background": "cut", "crop": 1, "later": 2}) == {
        "margin": 0.25, "background": Background.CUT,
    }  # fmt: skip

# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, dates and nestings beyond all bounds, wherever text from elsewhere is read: a sentence, never a crash."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.descriptions import described, offered, refused
from trellis_blender.core import card, dates, offer, offers, presets, records, sightings
from trellis_blender.core.catalogue import BY_NAME
from trellis_blender.core.offer import BUILT_IN
from trellis_blender.core.offers import Offers
from trellis_blender.core.partial import version_of
from trellis_blender.core.records import UnreadableRecord
from trellis_blender.core.refusals import retry_after

HUGE = 10**400
PRICES = {"512": "0.7", "1024": "0.9", "1536": "1.2"}
FAR = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"maximum": HUGE}, "maximum"),
        ({"minimum": -HUGE}, "minimum"),
        ({"default": HUGE}, "default"),
        ({"range": [0, HUGE]}, "range"),
        ({"range": f"0-{HUGE}"}, "range"),
        ({"range": f"0-{HUGE}.0"}, "range"),
        ({"range": {"min": 0, "max": HUGE}}, "range"),
        ({"enum": [1, HUGE]}, "enum"),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_a_number_that_no_float_holds_is_unreadable(entry: dict[str, Any], field: str, kind: str) -> None:
    """Of a known parameter it refuses the description; one that nobody knows is left out, and the prices follow."""
    known = {"integer": "seed", "number": "remesh_band"}[kind]
    assert refused(described({"name": known, **entry})) == (
        f"The server's description of {known} has an unreadable {field}."
    )
    told = offered({"name": "edge", "type": kind, **entry}, pricing=PRICES)
    assert (told.new, told.price_of("1024")) == ((), Decimal("0.9"))
    assert told.left_out == (f"The server's description of edge has an unreadable {field}.",)


@pytest.mark.parametrize("end", [2**63, 2**64 - 1, 10**300])
def test_a_large_one_is_taken_as_far_as_a_field_holds_it(end: int) -> None:
    assert offered({"name": "seed", "maximum": end}).by_name["seed"].maximum == 2**31 - 1


def test_the_nearest_to_a_boundless_number_is_the_end_of_the_range() -> None:
    assert BUILT_IN.nearest("seed", HUGE) == BY_NAME["seed"].maximum
    assert BUILT_IN.nearest("ss_guidance_strength", -HUGE) == BY_NAME["ss_guidance_strength"].minimum


@pytest.mark.parametrize("name", [[[1]], {"a": 1}])
def test_a_name_that_is_a_list_is_none(name: object) -> None:
    told = offered({"name": "mood", "type": "text"}, pricing=PRICES)
    body = described({"name": "mood", "type": "text"}, pricing=PRICES)
    body["supported_parameters"].append({"name": name, "type": "text"})
    odd = offer.merge(card.read(json.dumps(body).encode()))
    assert odd.new == told.new
    assert len(odd.left_out) == 1 and "no usable name" in odd.left_out[0]


@pytest.mark.parametrize("amount", ["1e999999", "1e999999999999", HUGE])
@pytest.mark.parametrize("key", ["512", "cents"])
def test_a_boundless_price_is_above_what_one_may_cost(amount: object, key: str) -> None:
    assert "a price above $1000" in refused(described(pricing={key: amount}))


@pytest.mark.parametrize("told", [HUGE, float("inf"), float("nan"), float("-inf"), 1e300, "9" * 400, FAR])
def test_what_is_beyond_time_is_no_time(told: object) -> None:
    assert sightings.seconds_of(told) == 0.0


def test_a_listing_with_such_a_date_is_read() -> None:
    listing = sightings.read_jobs(json.dumps({"jobs": [{"id": "a", "created_at": FAR}, {"id": "b"}]}).encode())
    assert [(item.job_id, item.at) for item in listing] == [("a", 0.0), ("b", 0.0)]


def test_a_header_with_such_a_date_is_as_good_as_none() -> None:
    with pytest.raises(ValueError, match="no date"):
        dates.read(FAR)
    assert retry_after({"Retry-After": FAR}) is None
    assert retry_after({"Retry-After": "30", "Date": FAR}) == 30.0
    assert version_of({"Date": FAR, "Last-Modified": FAR}) == ""


@pytest.mark.parametrize("told_at", [HUGE, 1e300, float("inf"), float("nan")])
def test_a_kept_offer_of_no_time_is_damaged(tmp_path: Path, told_at: float) -> None:
    kept = Offers(tmp_path)
    kept.take("s", described(pricing=PRICES), told_at=1.0)
    (path,) = tmp_path.glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "told_at": told_at}))
    assert Offers(tmp_path).of("s") is offers.BUILT_IN


@pytest.mark.parametrize("text", ["[" * 100_000, '{"name": ' * 100_000, '{"lap_seconds": ' + "9" * 400 + "}"])
def test_such_a_record_of_a_job_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableRecord):
        records.from_text(text)


@pytest.mark.parametrize("value", ["-" * 100_000 + "1", "[" * 100_000, "9" * 5000])
def test_such_a_preset_is_none(value: str) -> None:
    assert presets.parse("x", f"settings = bpy.context.scene.trellis\nsettings.seed = {value}\n", "x") is None

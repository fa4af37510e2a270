# SPDX-License-Identifier: GPL-3.0-or-later
"""A recipe says all that is needed to order the same once more, and is read by earlier and later versions."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from trellis_blender.core import card, offer, recipe, request
from trellis_blender.core.catalogue import PARAMETERS
from trellis_blender.core.errors import InvalidRequest
from trellis_blender.core.jobs import Job
from trellis_blender.core.offer import Offer

DATA = "data:image/png;base64,AAAA"
SHA = "0" * 63 + "a"


def job(**changes: Any) -> Job:
    asked = request.build({"seed": 7, "resolution": "512", "ss_guidance_strength": 7.1, "remesh": False})
    return Job("chair", asked, "https://a.example", {"image": "chair.png"}, **{"image_sha256": SHA, **changes})


def text(**changes: Any) -> str:
    """Give a recipe's text as somebody else may have written it."""
    values = {**json.loads(recipe.of(job(), "1.2.3").to_text()), **changes}
    return json.dumps(values)


def known(written: str) -> recipe.Recipe:
    found = recipe.read(written)
    assert found is not None
    return found


def test_the_same_body_comes_of_it() -> None:
    made = job(submitted_at=1_790_000_000.0, job_id="job_1", billed_usd=Decimal("0.02"))
    found = known(recipe.of(made, "1.2.3").to_text())
    assert list(found.request().body(DATA).items()) == list(made.request.body(DATA).items()), "to the byte"
    assert (found.name, found.job, found.seed, found.day) == ("chair", made.id, 7, "2026-09-21")
    assert (found.image_name, found.image_sha256) == ("chair.png", SHA)
    assert found.price_usd == Decimal("0.02")
    assert found.values["server_job"] == "job_1" and found.values["addon"] == "1.2.3"


def test_the_same_address_comes_of_it() -> None:
    made = Job("chair", request.build({}, image_url="https://b.example/chair.png"), "https://a.example")
    found = known(recipe.of(made, "1").to_text())
    assert found.request().body() == made.request.body()
    assert found.seed == 42


def test_a_change_is_the_only_one() -> None:
    found = recipe.of(job(), "1")
    assert found.request(seed=8).body(DATA) == {**found.request().body(DATA), "seed": 8}


def test_a_later_version_is_read_and_kept_as_it_is() -> None:
    written = text(version=9, mood="calm", image={"sha256": SHA, "name": "a", "layers": [1]})
    found = known(written)
    assert found.request().body(DATA) == job().request.body(DATA)
    assert json.loads(found.to_text()) == json.loads(written)


def test_a_parameter_that_is_not_known_yet_is_not_left_out() -> None:
    """Sent without it, the request would not be the same."""
    with pytest.raises(InvalidRequest, match="softness"):
        known(text(parameters={"softness": 3})).request()


def offered(**body: Any) -> Offer:
    """Give what a server offers whose description is as in the catalogue, but for ``body``."""
    rows = [{"name": parameter.name, **body.get(parameter.name, {})} for parameter in PARAMETERS]
    return offer.merge(card.of({"supported_parameters": [row for row in rows if row["name"] not in body["without"]]}))


def test_a_default_that_has_moved_since_is_sent_as_it_was() -> None:
    moved = offered(ss_sampling_steps={"default": 20}, seed={"default": 7}, without=())
    found = recipe.of(job(), "1")
    for again in (found.request(moved), found.copied(moved)[0]):
        assert (again.value("ss_sampling_steps"), again.body(DATA)["ss_sampling_steps"]) == (12, 12)
        assert {**again.body(DATA), "ss_sampling_steps": 12} == {**found.request().body(DATA), "ss_sampling_steps": 12}


def test_what_the_server_takes_no_more_is_refused_exactly_and_left_out_of_a_copy() -> None:
    changed = offered(ss_guidance_strength={"maximum": 5}, without=("remesh",))
    found = recipe.of(job(), "1")
    with pytest.raises(InvalidRequest, match="remesh"):
        found.request(changed)
    again, left = found.copied(changed)
    assert sorted(left) == ["remesh", "ss_guidance_strength"]
    assert again.value("seed") == 7 and again.resolution == "512"
    assert found.copied()[1] == []


def test_another_model_is_not_this_one() -> None:
    with pytest.raises(InvalidRequest, match="model is 'other'"):
        known(text(model="other")).request()


def test_without_a_picture_there_is_nothing_to_send() -> None:
    with pytest.raises(InvalidRequest, match="image"):
        known(text(image={})).request()


@pytest.mark.parametrize(
    "written", ["", "{", "[]", "7", "{}", '{"version": "1"}', "[" * 60_000, '{"version": 1, "x": "' + "x" * 70_000]
)
def test_what_is_no_recipe(written: str) -> None:
    assert recipe.read(written) is None


@pytest.mark.parametrize("field", ["parameters", "image", "name", "job", "sent_at", "price_usd", "billed_usd", "seed"])
@pytest.mark.parametrize("value", [None, 7, "", [1], {"a": []}])
def test_nothing_of_a_strange_recipe_breaks_a_panel(field: str, value: Any) -> None:
    found = known(text(**{field: value}))
    said = (found.name, found.job, found.seed, found.day, found.image_name, found.image_sha256, found.image_url)
    assert [isinstance(item, (str, int)) for item in said] == [True] * 7
    assert found.price_usd is None or isinstance(found.price_usd, Decimal)
    assert recipe.differing([found, recipe.of(job(), "1")]) == recipe.differing([recipe.of(job(), "1"), found])


def test_what_differs() -> None:
    one, other = recipe.of(job(), "1"), known(text(parameters={"seed": 8, "resolution": "512", "remesh": False}))
    assert recipe.differing([one, one]) == []
    assert recipe.differing([one, other]) == ["seed", "ss_guidance_strength"]


def test_fresh_seeds() -> None:
    assert recipe.fresh_seeds(3, {6, 8}, start=6) == [7, 9, 10]
    drawn = recipe.fresh_seeds(50, {1, 2, 3})
    assert len(set(drawn)) == 50 and not {1, 2, 3} & set(drawn)
    assert all(0 <= seed <= recipe.HIGHEST_SEED for seed in drawn)


def test_seeds_end() -> None:
    assert recipe.fresh_seeds(1, (), start=recipe.HIGHEST_SEED) == [recipe.HIGHEST_SEED]
    with pytest.raises(recipe.NoSeeds, match="Begin with a lower one"):
        recipe.fresh_seeds(2, (), start=recipe.HIGHEST_SEED)

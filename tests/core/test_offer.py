# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own description of the model: taken in the usual spellings, or refused whole; and what it comes to."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.core.descriptions import described, offered
from tests.simulator.server import Simulator
from tests.simulator.visitor import call, submit
from trellis_blender.core import card, offer, request
from trellis_blender.core.catalogue import BY_NAME, MODEL_ID, PARAMETERS, SETTINGS, Kind
from trellis_blender.core.errors import InvalidRequest, NotOffered
from trellis_blender.core.offer import BUILT_IN

SHARPNESS = {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1, "description": "How sharp edges are."}


# --- what is taken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["minimum", "range"])
def test_the_catalogue_told_back_is_the_catalogue(simulator: Simulator, shape: str) -> None:
    simulator.control.settings(schema_shape=shape)
    told = offer.merge(card.read(call(simulator, "GET", f"/v1/models/{MODEL_ID}").content))
    assert (told.prices, told.pipelines, told.gone, told.new) == (BUILT_IN.prices, BUILT_IN.pipelines, set(), ())
    for parameter in SETTINGS:
        now = told.by_name[parameter.name]
        assert (now.default, now.allowed, now.choices) == (parameter.default, parameter.allowed, parameter.choices)
        assert type(now.default) is type(parameter.default)
        assert now.confirmed and not told.is_other(parameter.name)


@pytest.mark.parametrize(
    "row",
    [
        {"minimum": 1, "maximum": 100}, {"min": 1, "max": 100}, {"range": [1, 100]}, {"range": "1 – 100"},
        {"range": "1-100"}, {"range": {"min": 1, "max": 100}}, {"ge": 1.0, "le": 100.0}, {"maximum": 100},
    ],
)  # fmt: skip
def test_ranges(row: dict[str, Any]) -> None:
    told = offered({"name": "ss_sampling_steps", "type": "integer", **row})
    assert told.is_other("ss_sampling_steps")
    assert request.build({"ss_sampling_steps": 100}, offer=told).parameters == {"ss_sampling_steps": 100}
    with pytest.raises(InvalidRequest, match="a whole number from 1 to 100"):
        request.build({"ss_sampling_steps": 101}, offer=told)


@pytest.mark.parametrize(
    "row",
    [
        {"enum": ["1024", "8192"]}, {"options": [1024, 8192]}, {"choices": [{"value": "1024"}, {"value": 8192}]},
        {"range": ["1024", "8192"]}, {"values": ["1024", "8192"], "type": "string"}, {"range": {"enum": [1024, 8192]}},
    ],
)  # fmt: skip
def test_choices(row: dict[str, Any]) -> None:
    told = offered({"name": "texture_size", "default": 1024, **row})
    assert told.by_name["texture_size"].values == ("1024", "8192")
    assert request.build({"texture_size": "8192"}, offer=told).value("texture_size") == "8192"
    with pytest.raises(InvalidRequest, match="one of 1024, 8192"):
        request.build({"texture_size": "2048"}, offer=told)


@pytest.mark.parametrize("body", [{"data": described()}, {"model": described()}, described()])
def test_wrapped(body: dict[str, Any]) -> None:
    assert offer.merge(card.read(json.dumps(body).encode())).gone == set()


def test_listed_by_name_or_as_an_object() -> None:
    for listed in ([p.name for p in PARAMETERS], {p.name: {} for p in PARAMETERS}):
        told = offer.merge(card.of({"supported_parameters": listed, "default_params": {"seed": 7}}))
        assert told.gone == set()
        assert told.by_name["seed"].maximum == BY_NAME["seed"].maximum


@pytest.mark.parametrize("entry", [{"default": 7}, {}])
def test_another_default_is_what_is_not_set(entry: dict[str, Any]) -> None:
    """And it is always sent, so that the record of what was asked for says it for good."""
    told = offered({"name": "seed", **entry}, default_params={"seed": 7})
    built = request.build({}, offer=told)
    assert (built.parameters, built.value("seed")) == ({"seed": 7}, 7)
    for value in (42, 8):
        built = request.build({"seed": value}, offer=told)
        assert (built.parameters, built.value("seed")) == ({"seed": value}, value)


def test_another_default_resolution_names_its_pipeline() -> None:
    told = offered({"name": "resolution", "default": "512"})
    assert request.build({}, offer=told).parameters == {"resolution": "512", "pipeline_type": "512"}
    back = request.build({"resolution": "1024"}, offer=told)
    assert back.parameters == {"resolution": "1024"} and back.value("pipeline_type") == "1024_cascade"


@pytest.mark.parametrize(
    ("entry", "kind", "allowed"),
    [
        (SHARPNESS, Kind.FLOAT, "a number from 0.0 to 1.0"),
        ({"type": "integer", "minimum": -3, "maximum": 3}, Kind.INT, "a whole number from -3 to 3"),
        ({"type": "integer"}, Kind.INT, "a whole number from -2147483647 to 2147483647"),
        ({"type": "int64", "range": [0, 2**63]}, Kind.INT, "a whole number from 0 to 2147483647"),
        ({"type": "boolean", "default": True}, Kind.BOOL, "true or false"),
        ({"type": "enum", "enum": ["soft", "hard"]}, Kind.ENUM, "one of soft, hard"),
        ({"type": "string", "options": ["soft", "hard"]}, Kind.ENUM, "one of soft, hard"),
        ({"type": "string"}, Kind.TEXT, "a text of at most 1000 characters"),
    ],
)  # fmt: skip
def test_what_we_do_not_know_is_new(entry: dict[str, Any], kind: Kind, allowed: str) -> None:
    told = offered({"name": "edge_sharpness", **entry})
    (new,) = told.new
    assert (new.name, new.kind, new.allowed, new.label) == ("edge_sharpness", kind, allowed, "Edge Sharpness")
    assert request.build({}, offer=told).parameters == {}, "it is sent only when it is switched on"
    assert new.default is not None
    on = request.build({"edge_sharpness": new.default}, offer=told)
    assert on.parameters == {"edge_sharpness": new.default}, "its default, too: the artist has switched it on"
    assert not new.description.endswith(".")


def test_what_no_panel_could_show_is_left_out() -> None:
    told = offered({"name": "mask", "type": "image"}, {"name": "points", "type": "array", "default": [[0, 1]]},
                   {"name": "mood", "type": "enum"})  # fmt: skip
    assert told.new == ()


@pytest.mark.parametrize("name", ["image", "image_url", "model"])
def test_the_picture_is_never_a_setting(name: str) -> None:
    entry = {"name": name, "type": "integer", "minimum": 5, "maximum": 7}
    told = offered(entry, without=("image", "image_url"))
    assert told.new == () and told.gone == set()
    assert told.by_name.get("image") == BY_NAME["image"]


def test_what_vanished_is_not_sent() -> None:
    told = offered(without=("remesh_band", "tex_slat_rescale_t", "pipeline_type"))
    assert told.gone == {"remesh_band", "tex_slat_rescale_t", "pipeline_type"}
    every = {p.name: p.default for p in SETTINGS if p.name != "resolution"}
    assert request.build({**every, "resolution": "512"}, offer=told).parameters == {"resolution": "512"}
    with pytest.raises(NotOffered, match=r"no longer has Remesh Band \(remesh_band\)\. Leave it out\."):
        request.build({"remesh_band": 2.0}, offer=told)
    with pytest.raises(NotOffered, match="the very same cannot be made"):
        request.build({"remesh_band": 2.0}, offer=told, is_repeated=True)
    with pytest.raises(NotOffered, match="the very same cannot be made"):
        request.check(request.build({"remesh_band": 2.0}), told)


def test_texts_are_one_quiet_line() -> None:
    (new,) = offered({"name": "edge", **SHARPNESS, "description": "<b>Hi</b>\n\x1b[31m" + "x" * 5000}).new
    assert "\n" not in new.description and "\x1b" not in new.description and len(new.description) <= 300


# --- prices ----------------------------------------------------------------------------------------------------------

PRICES = {"512": Decimal("0.03"), "1024": Decimal("0.3"), "1536": Decimal("0.6")}


@pytest.mark.parametrize(
    "body",
    [
        {"pricing": {"by_resolution": {"512": 0.03, "1024": 0.3, "1536": 0.6}, "currency": "usd"}},
        {"pricing": {"512": "$0.03", "1024": "0.30", "1536": {"price": 0.6}}},
        {"pricing_rows": [{"label": f"{name} voxels", "price_usd": float(usd)} for name, usd in PRICES.items()]},
        {"pricing_rows": [{"resolution": int(name), "amount": str(usd)} for name, usd in PRICES.items()]},
        {"pricing": [{"name": f"resolution {name}", "cost": {"amount": float(usd)}} for name, usd in PRICES.items()]},
    ],
)  # fmt: skip
def test_prices(body: dict[str, Any]) -> None:
    told = offered(**body)
    assert told.prices == PRICES
    assert request.build({"resolution": "1536"}, offer=told).price_usd == Decimal("0.6")


def test_one_price_for_all() -> None:
    assert set(offered(pricing={"price": 0, "unit": "asset"}).prices.values()) == {Decimal(0)}


@pytest.mark.parametrize(
    "pricing", ["free", " Free ", {"price": "free"}, dict.fromkeys(("512", "1024", "1536"), "free")]
)
def test_free_is_a_price_of_zero(pricing: Any) -> None:
    told = offered(pricing=pricing)
    assert {one: told.price_of(one) for one in ("512", "1024", "1536")} == dict.fromkeys(told.prices, Decimal(0))


@pytest.mark.parametrize("body", [{}, {"pricing": None}, {"pricing": {}}, {"pricing_rows": []},
                                  {"pricing": {"note": "see the website"}},
                                  {"pricing": " "}, {"pricing": [None, ""]},
                                  {"pricing": {"unit": "asset", "currency": "USD"}}])  # fmt: skip
def test_where_no_price_is_told_the_list_stands(body: dict[str, Any]) -> None:
    assert offered(**body).prices == BUILT_IN.prices


def test_price_that_is_not_told_is_unknown_and_counted_as_the_dearest() -> None:
    told = offered({"name": "resolution", "enum": ["512", "1024", "1536", "2048"]},
                   {"name": "pipeline_type", "enum": ["512", "1024_cascade", "1536_cascade", "2048_cascade"]},
                   pricing={"512": 0.03, "1024": 0.7})  # fmt: skip
    built = request.build({"resolution": "2048"}, offer=told)
    assert (built.is_priced, built.price_usd) == (False, Decimal("0.7"))
    assert built.parameters == {"resolution": "2048", "pipeline_type": "2048_cascade"}
    assert request.build({"resolution": "512"}, offer=told).is_priced


# --- the stand-in is held to it, too ---------------------------------------------------------------------------------


def test_stand_in_holds_orders_to_what_it_describes(simulator: Simulator) -> None:
    simulator.control.settings(
        schema_overrides={"ss_sampling_steps": {"maximum": 100}, "seed": {"default": 7}},
        schema_added={"edge": dict(SHARPNESS)}, schema_removed=["remesh_band"], prices={"512": 0.04}, balance=1.0,
    )  # fmt: skip
    told = offer.merge(card.read(call(simulator, "GET", f"/v1/models/{MODEL_ID}").content))
    assert (told.gone, [new.name for new in told.new], told.price_of("512")) == (
        {"remesh_band"}, ["edge"], Decimal("0.04"),
    )  # fmt: skip
    assert submit(simulator, remesh_band=2.0).status_code == 422
    assert submit(simulator, edge=1.5).status_code == 422
    assert submit(simulator, ss_sampling_steps=101).status_code == 422
    assert submit(simulator, resolution="512", ss_sampling_steps=100, edge=1.0).status_code == 200
    (job,) = simulator.control.jobs()
    assert (job["price"], job["effective"]["seed"]) == (0.04, 7)
    assert simulator.control.counters()["balance"] == pytest.approx(0.96)


def test_stand_in_takes_orders_beside_parameters_that_cannot_be_ordered(simulator: Simulator) -> None:
    """A list among them had it fail with every order."""
    simulator.control.settings(schema_added={"tags": {"type": "array"}, "odd": {}, "edge": dict(SHARPNESS)})
    assert submit(simulator, edge=1.0).status_code == 200
    assert submit(simulator, edge=1.5).status_code == 422

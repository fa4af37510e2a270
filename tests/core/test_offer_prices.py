# SPDX-License-Identifier: GPL-3.0-or-later
"""Prices in whatever shape a server tells them: they follow, or it is said that they cannot be read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.core.descriptions import described, offered, refused
from tests.core.inquirer import OpenBlender
from tests.simulator.server import Simulator
from trellis_blender.core import card, offer
from trellis_blender.core.errors import AnswerError
from trellis_blender.core.offer import BUILT_IN
from trellis_blender.core.offers import Offers

SERVER = "https://example.com"
RESOLUTIONS = ("512", "1024", "1536")
USUAL = {"512": 0.3, "1024": 1.9, "1536": 2.9}


def rows(label: str, amount: str) -> dict[str, Any]:
    return {"pricing_rows": [{label: name, amount: usd} for name, usd in USUAL.items()]}


@pytest.mark.parametrize(
    "pricing",
    [
        {"per_generation": 0.9}, {"price_per_asset": 0.9}, {"pricePerAsset": 0.9}, {"default": 0.9}, {"flat": "0.90"},
        "$0.9 per asset", "$0.90 / asset", "0.9 USD", "USD 0.9", "90 cents per generation", 0.9, {"usd": 0.9},
        {"amount": 90, "unit": "cents"}, {"amount": 90, "currency": "USD cents"}, {"price_cents": 90},
        {"price": {"amount": 0.9, "currency": "usd"}}, {"model": {"price": 0.9}}, {"trellis-2-4b": {"price": 0.9}},
        {"name": "TRELLIS.2 4B", "price": 0.9, "unit": "3D asset"}, [{"label": "Per generated asset", "value": 0.9}],
        {"price": 0.9, "cost": "0.90"}, {"price": 0.9, "description": "Billed for each asset"},
        {"currency": "USD", "unit": "asset", "pricing": [{"unit_price": 0.9}]}, {"model": "trellis-2-4b", "price": 0.9},
        {"price": 0.9, "valid_from": "2026-01-01", "params": "steps=12"},
    ],
    ids=str,
)  # fmt: skip
def test_one_price_for_all(pricing: Any) -> None:
    for body in ({"pricing": pricing}, {"pricing": pricing, "pricing_rows": []}, {"pricing_rows": [pricing]}):
        if isinstance(pricing, (dict, list)) or "pricing" in body:
            assert offered(**body).prices == dict.fromkeys(RESOLUTIONS, Decimal("0.9"))


@pytest.mark.parametrize(
    "body",
    [
        rows("resolution", "price_per_asset"), rows("label", "value"), rows("tier", "usd"), rows("name", "cost"),
        {"pricing": {f"{name}p": usd for name, usd in USUAL.items()}},
        {"pricing": {f"resolution_{name}": usd for name, usd in USUAL.items()}},
        {"pricing": {f"{name}_cascade": f"${usd} per asset" for name, usd in USUAL.items()}},
        {"pricing": {name: {"per_asset": usd} for name, usd in USUAL.items()}},
        {"pricing": {"model": dict(USUAL)}}, {"pricing": {"resolution": dict(USUAL)}},
        {"pricing": {"by_resolution": {name: round(usd * 100) for name, usd in USUAL.items()}, "unit": "cents"}},
        {"pricing": {"price": 0.1, **USUAL}}, {"pricing": {"from": 0.1, "by_resolution": dict(USUAL)}},
        {"pricing": {"default": 1.9, "512": 0.3, "1536": 2.9}}, {"pricing": {**USUAL, "2048": 9.9}},
        {"pricing": {**USUAL, "note": "$0.50 of credit for everybody"}},
        {"pricing_rows": [{"resolution": float(name), "price": usd, "sort_order": 3} for name, usd in USUAL.items()]},
        {"pricing_rows": [{"label": "3D asset", "description": f"at {name}", "price": usd}
                          for name, usd in USUAL.items()]},
        {"pricing_rows": [{"params": f"resolution={name}", "price": usd} for name, usd in USUAL.items()]},
        {"pricing_rows": [{"conditions": [f"resolution: {name}"], "label": "Standard", "price": {"usd": usd}}
                          for name, usd in USUAL.items()]},
        {"pricing_rows": [{"sku": f"trellis-2-4b-{name}", "model": f"trellis-2-4b-{name}", "price": usd}
                          for name, usd in USUAL.items()]},
        {"pricing_rows": [{"model": "TRELLIS.2 4B", "resolution": name, "price": usd} for name, usd in USUAL.items()]},
    ],
    ids=str,
)  # fmt: skip
def test_a_price_each(body: dict[str, Any]) -> None:
    assert offered(**body).prices == {name: Decimal(str(usd)) for name, usd in USUAL.items()}


@pytest.mark.parametrize(
    "pricing",
    [
        {"standard": 0.9, "hd": 1.9}, {"per_second": 0.01}, {"credits": 10}, {"amount": 10, "unit": "credits"},
        {"price": 3, "unit": "second"}, {"price": 3, "billing_type": "per_second"}, {"price": 9, "quantity": 10},
        {"label": "per second", "price": 3}, {"price": 9, "unit": "100 assets"}, {"price": {"min": 0.1, "max": 0.9}},
        "from $0.9", "0.9 EUR", "0.1-0.9", "$0.9 per second", [0.9, 1.9], {"note": "$0.9 for each object"}, True,
        {"512": 0.9, "hd": 1.9}, {"512": 0.9, "512p": 1.9}, {"price": 0.9, "cost": 1.9}, {"price": "90 €"},
        {"512": {"label": "1024", "price": 1.9}}, {"resolutions": [512]}, {"resolution": {"value": 512}},
        {"resolutions": [{"value": "512"}]}, {"texture_4096": 0.1}, {"price": "$90", "unit": "cents"},
        {"monthly": {"price": 20}}, {"2048": 0.9}, {"price": 100_001, "unit": "cents"}, {"": 0.9},
        "contact sales", ["free"], {"tiers": "free"}, {"asset": "free"}, {"model": "free"},
        [{"params": "texture_size=1024", "price": 0.9}], [{"params": "resolution=512 or 1024", "price": 0.9}],
        [{"params": "resolution=512", "sku": "for-1024", "price": 0.9}], [{"when": ["resolution", "512"], "price": 9}],
        [{"params": "resolution=512", "price": 0.9}, {"params": "resolution=512", "price": 1.9}],
    ],
    ids=str,
)  # fmt: skip
def test_what_has_no_clear_meaning_is_said_and_changes_nothing(pricing: Any) -> None:
    assert "price" in refused(described(pricing=pricing))
    offers = Offers()
    before = offers.take(SERVER, described(pricing=USUAL), told_at=1.0)
    with pytest.raises(AnswerError):
        offers.take(SERVER, described(pricing=pricing), told_at=2.0)
    assert offers.of(SERVER) is before


NAMES = some.sampled_from(
    [*RESOLUTIONS, "512p", "resolution_1024", "by_resolution", "resolution", "label", "name", "price", "price_cents",
     "per_generation", "default", "value", "amount", "unit", "currency", "tiers", "standard", "note", "per_second",
     "quantity", "model", "trellis-2-4b", "description", "", "credits", "usd"]
)  # fmt: skip
AMOUNTS = ("0.7", "3", "44", "0.06")
"""None is of the catalogue's, nor ever is a hundredth of one."""
LEAVES = some.sampled_from(
    [*AMOUNTS, *map(float, AMOUNTS), *(f"${amount}" for amount in AMOUNTS), "$0.7 per asset", "44 cents", *RESOLUTIONS,
     512, 1024, "asset", "cents", "second", "USD", "EUR", "free", "Standard", None, True, -3, "from $3"]
)  # fmt: skip
SHAPES = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


def holds(shape: Any, *, places: bool = True) -> bool:
    """Whether anybody could read an amount of money in it."""
    if isinstance(shape, dict):
        named = {"label", "name", "resolution", "description", "unit", "quantity", "currency"}
        return any(
            holds(inner) for name, inner in shape.items() if name not in named or isinstance(inner, (dict, list))
        )
    if isinstance(shape, list):
        return any(map(holds, shape))
    return isinstance(shape, (int, float, str)) and any(letter in "0123456789" for letter in str(shape))


@given(SHAPES, SHAPES)
def test_prices_follow_or_it_is_said(pricing: Any, pricing_rows: Any) -> None:
    """Never the built-in ones where the server has told some, and never one that it has not told."""
    body = described(pricing=pricing, pricing_rows=pricing_rows)
    try:
        prices = offer.merge(card.of(body)).prices
    except AnswerError as error:
        assert str(error).endswith(".") and len(str(error)) < 300
        return
    free = {Decimal(0)} if "'free'" in str((pricing, pricing_rows)) else set()
    if not holds(pricing) and not holds(pricing_rows):
        assert prices == BUILT_IN.prices or (prices and set(prices.values()) == free)
        return
    told = {Decimal(amount) for amount in AMOUNTS} | free
    cents = {amount / 100 for amount in (*told, *map(Decimal, RESOLUTIONS))}
    assert prices and set(prices.values()) <= told | cents | {Decimal(name) for name in RESOLUTIONS}


def test_what_is_not_understood_is_said_and_the_last_price_stays(simulator: Simulator, start: OpenBlender) -> None:
    simulator.control.settings(prices={"512": 0.9})
    blender = start()
    assert blender.test_connection().ok and blender.offer.price_of("512") == Decimal("0.9")
    simulator.control.settings(schema_raw=json.dumps(described(pricing={"standard": 1.2})))
    assert blender.test_connection().ok
    assert blender.offer.price_of("512") == Decimal("0.9")
    assert blender.fault() == "The server's description of the model has a price that cannot be read: standard."
    simulator.control.settings(schema_raw=json.dumps(described(pricing={"per_generation": 1.2})))
    assert blender.test_connection().ok
    assert (blender.offer.price_of("512"), blender.fault()) == (Decimal("1.2"), "")


def test_another_currency_is_said_in_one_sentence() -> None:
    said = refused(described(pricing={"currency": "EUR.", "512": 0.9}))
    assert said == "The server's prices are in EUR, and not in US dollars."


def test_the_price_of_one_resolution_is_not_that_of_the_others() -> None:
    """They are not known then, which the button says."""
    assert offered(pricing=[{"params": "resolution=512", "price": 0.9}]).prices == {"512": Decimal("0.9")}

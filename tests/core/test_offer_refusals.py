# SPDX-License-Identifier: GPL-3.0-or-later
"""A malformed description is refused whole, with what is wrong about it; a parameter nobody knows only by itself."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.core.descriptions import described, offered, refused
from trellis_blender.core import card
from trellis_blender.core.catalogue import BY_NAME, Kind

ROW = {"name": "edge", "type": "number"}


@pytest.mark.parametrize(
    "raw",
    [
        "", "<html><body>Sign in</body></html>", "[]", "null", '"x"', "{", "{}", "[" * 500 + "]" * 500,
        '{"supported_parameters": null}', '{"supported_parameters": []}', '{"supported_parameters": "all"}',
        '{"supported_parameters": [[]]}', '{"supported_parameters": [7]}',
        '{"supported_parameters": [' + '{"a":' * 150 + "1" + "}" * 150 + "]}",
        " " * (card.LIMIT_BYTES + 1),
        json.dumps(described(*({"name": f"p{number}", "type": "bool"} for number in range(10_000)))),
    ],
    ids=lambda raw: str(raw)[:40],
)  # fmt: skip
def test_what_is_no_description_is_refused(raw: str) -> None:
    assert refused(raw)


@pytest.mark.parametrize(
    ("entry", "about"),
    [
        ({"name": "resolution", "enum": []}, "resolution offers no choice at all"),
        ({"name": "seed", "type": "string"}, "seed calls it string"),
        ({"name": "remesh", "type": "integer"}, "remesh calls it integer"),
        ({"name": "seed", "type": "integer", "maximum": -1}, "seed has a minimum above its maximum"),
        ({"name": "seed", "default": -1}, "seed has a default that it does not allow"),
        ({"name": "seed", "default": True}, "seed has a default that it does not allow"),
        ({"name": "seed", "minimum": 2, "maximum": 1}, "seed has a minimum above its maximum"),
        ({"name": "seed", "minimum": "1"}, "seed has an unreadable minimum"),
        ({"name": "seed", "type": 7}, "seed has an unreadable type"),
        ({"name": "seed", "minimum": 2.5e9, "maximum": 3e9}, "seed has a range that no field can hold"),
        ({"name": "seed", "minimum": 0.5}, "seed has a range that is not of whole numbers"),
        ({"name": "resolution", "enum": ["512", "512"]}, "resolution lists a choice twice"),
        ({"name": "resolution", "enum": ["512", 7.5, []]}, "resolution has an unreadable enum"),
        ({"name": "resolution", "enum": ["512"], "default": "64"}, "resolution has a default"),
    ],
)
def test_one_malformed_entry_of_the_catalogue_refuses_all_of_it(entry: dict[str, Any], about: str) -> None:
    assert about in refused(described(entry))


@pytest.mark.parametrize(
    ("entry", "about"),
    [
        ({"name": "__proto__", "type": "boolean"}, "which is no name"),
        ({"name": "constructor()", "type": "boolean"}, "which is no name"),
        ({"name": "", "type": "boolean"}, "no usable name"),
        ({"name": "x" * 65, "type": "boolean"}, "which is no name"),
        ({"name": "Größe"}, "which is no name"),
        ({"name": "edge\n"}, "which is no name"),
        ({"name": 7}, "no usable name"),
        ({"type": "boolean"}, "no usable name"),
        ({**ROW, "minimum": 2, "maximum": 1}, "edge has a minimum above its maximum"),
        ({**ROW, "range": [2, 1]}, "edge has a minimum above its maximum"),
        ({**ROW, "minimum": "1"}, "edge has an unreadable minimum"),
        ({**ROW, "minimum": True}, "edge has an unreadable minimum"),
        ({**ROW, "type": 7}, "edge has an unreadable type"),
        ({**ROW, "description": ["a"]}, "edge has an unreadable description"),
        ({**ROW, "minimum": 2e9}, "edge has a minimum above its maximum"),
        ({**ROW, "minimum": 2e9, "maximum": 3e9}, "edge has a range that no field can hold"),
        ({"name": "edge", "type": "integer", "minimum": 0.5}, "edge has a range that is not of whole numbers"),
        ({"name": "edge", "type": "enum", "enum": []}, "edge offers no choice at all"),
        ({"name": "edge", "type": "enum", "enum": ["a", "a"]}, "edge lists a choice twice"),
        ({"name": "edge", "type": "enum", "enum": [None]}, "edge offers no choice at all"),
        ({"name": "edge", "type": "enum", "enum": ["a", []]}, "edge has an unreadable enum"),
        ({"name": "edge", "type": "enum", "enum": ["a"] * 200}, "edge has an unreadable enum"),
        ({**ROW, "default": math.nan}, "edge has an unreadable default"),
        ({**ROW, "minimum": -math.inf}, "edge has an unreadable minimum"),
        ({**ROW, "range": [math.nan, 1]}, "edge has an unreadable range"),
        ({"name": "textureFormat", "type": "string"}, "textureFormat, which is no name"),
        ({"name": "edge", "type": "array"}, "edge is of the type array, for which there is no field"),
        ({"name": "edge"}, "does not tell of what type its parameter edge is"),
        (7, "no usable name"),
        ([], "no usable name"),
    ],
)
def test_one_that_nobody_knows_is_left_out_by_itself(entry: Any, about: str) -> None:
    """Else one odd new parameter would keep the prices from following, and the button would go on naming old ones."""
    told = offered(entry, {"name": "mood", "type": "text"}, pricing={"512": "0.7", "1024": "0.9", "1536": "1.2"})
    assert [parameter.name for parameter in told.new] == ["mood"]
    assert str(told.price_of("1024")) == "0.9"
    (sentence,) = told.left_out
    assert about in sentence
    assert sentence.endswith(".") and len(sentence) < 300


def test_a_new_name_that_stands_twice_counts_once() -> None:
    told = offered(ROW, {"name": "edge", "type": "boolean"})
    assert [(parameter.name, parameter.kind) for parameter in told.new] == [("edge", Kind.FLOAT)]
    assert told.left_out == ("The server's description of the model lists edge twice.",)


def test_a_known_name_that_stands_twice_is_refused() -> None:
    assert "lists seed twice" in refused({"supported_parameters": [{"name": "resolution"}, *({"name": "seed"},) * 2]})


@pytest.mark.parametrize(
    ("entry", "default"),
    [
        ({"name": "edge", "type": "integer", "default": -1, "minimum": 0, "maximum": 3}, 0),
        ({"name": "edge", "type": "integer", "default": 2**40}, 2**31 - 1),
        ({"name": "edge", "type": "integer", "default": 0.5}, 0),
        ({**ROW, "default": "0.5", "minimum": 1}, 1.0),
        ({**ROW, "default": True}, 0.0),
        ({**ROW, "minimum": 0, "maximum": 1, "default": 2}, 1.0),
        ({**ROW, "type": ["null", "number"], "default": 0.25}, 0.25),
        ({"name": "edge", "type": "enum", "enum": ["a", None, "b"], "default": None}, "a"),
        ({"name": "edge", "type": "enum", "enum": ["a"], "default": "b"}, "a"),
    ],
)
def test_an_odd_default_of_a_new_one_gives_way(entry: dict[str, Any], default: object) -> None:
    """It is sent only where the artist has switched it on, and then as it is shown."""
    told = offered(entry)
    (made,) = told.new
    assert (made.default, type(made.default), told.left_out) == (default, type(default), ())


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "remesh_band", "type": ["number", "null"]},
        {"name": "resolution", "type": "string", "enum": ["512", "1024", "1536", None]},
    ],
)
def test_what_may_be_null_is_as_it_was(entry: dict[str, Any]) -> None:
    told = offered(entry)
    assert told.by_name[entry["name"]].allowed == BY_NAME[entry["name"]].allowed


def test_without_a_resolution_there_is_no_price() -> None:
    assert "decides the price" in refused(described(without=("resolution",)))


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ({"pricing": {"512": -1}}, "a price below zero: -1."),
        ({"pricing": {"512": "-0.249"}}, "a price below zero: -0.249."),
        ({"pricing": {"512": "free tier"}}, "a price that cannot be read: free tier."),
        ({"pricing": {"512": 1e9}}, "a price above $1000: 1000000000"),
        ({"pricing": {"512": True}}, "a price that cannot be read: True."),
        ({"pricing": {"512": math.nan}}, "a price that cannot be read: nan."),
        ({"pricing": {"512": 1}, "pricing_rows": [{"label": "512", "price": 2}]}, "two prices for 512"),
        ({"pricing": {"512": 1, "currency": "EUR"}}, "are in EUR, and not"),
        ({"pricing_rows": [{"label": "512", "price": 2}] * 400}, "which is too many"),
    ],
)
def test_prices_that_are_none(body: dict[str, Any], about: str) -> None:
    assert about in refused(described(**body))

# SPDX-License-Identifier: GPL-3.0-or-later
"""A description that is malformed anywhere is refused whole, with what is wrong about it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.core.descriptions import described, refused
from trellis_blender.core import card

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
        json.dumps(described({**ROW, "default": math.nan})),
        json.dumps(described({**ROW, "minimum": -math.inf})),
        json.dumps(described({**ROW, "range": [math.nan, 1]})),
    ],
    ids=lambda raw: str(raw)[:40],
)  # fmt: skip
def test_what_is_no_description_is_refused(raw: str) -> None:
    assert refused(raw)


@pytest.mark.parametrize(
    ("entry", "about"),
    [
        ({"name": "__proto__", "type": "boolean"}, "no usable name"),
        ({"name": "constructor()", "type": "boolean"}, "no usable name"),
        ({"name": "", "type": "boolean"}, "no usable name"),
        ({"name": "x" * 65, "type": "boolean"}, "no usable name"),
        ({"name": "Größe"}, "no usable name"),
        ({"name": "edge\n"}, "no usable name"),
        ({"name": 7}, "no usable name"),
        ({"type": "boolean"}, "no usable name"),
        ({**ROW, "minimum": 2, "maximum": 1}, "edge has a minimum above its maximum"),
        ({**ROW, "range": [2, 1]}, "edge has a minimum above its maximum"),
        ({**ROW, "minimum": "1"}, "edge has an unreadable minimum"),
        ({**ROW, "minimum": True}, "edge has an unreadable minimum"),
        ({**ROW, "type": 7}, "edge has an unreadable type"),
        ({**ROW, "description": ["a"]}, "edge has an unreadable description"),
        ({**ROW, "minimum": 0, "maximum": 1, "default": 2}, "edge has a default that it does not allow"),
        ({**ROW, "default": "much"}, "edge has a default that it does not allow"),
        ({**ROW, "minimum": 2e9}, "edge has a minimum above its maximum"),
        ({**ROW, "minimum": 2e9, "maximum": 3e9}, "edge has a range that no field can hold"),
        ({"name": "edge", "type": "integer", "minimum": 0.5}, "edge has a range that is not of whole numbers"),
        ({"name": "edge", "type": "enum", "enum": []}, "edge offers no choice at all"),
        ({"name": "edge", "type": "enum", "enum": ["a", "a"]}, "edge lists a choice twice"),
        ({"name": "edge", "type": "enum", "enum": ["a", None]}, "edge has an unreadable enum"),
        ({"name": "edge", "type": "enum", "enum": ["a"] * 200}, "edge has an unreadable enum"),
        ({"name": "edge", "type": "enum", "enum": ["a"], "default": "b"}, "edge has a default"),
        ({"name": "resolution", "enum": []}, "resolution offers no choice at all"),
        ({"name": "seed", "type": "string"}, "seed calls it string"),
        ({"name": "remesh", "type": "integer"}, "remesh calls it integer"),
        ({"name": "seed", "type": "integer", "maximum": -1}, "seed has a minimum above its maximum"),
        ({"name": "seed", "default": -1}, "seed has a default that it does not allow"),
        ({"name": "seed", "default": True}, "seed has a default that it does not allow"),
    ],
)
def test_one_malformed_entry_refuses_all_of_it(entry: dict[str, Any], about: str) -> None:
    assert about in refused(described(entry))


def test_a_name_that_stands_twice_is_refused() -> None:
    assert "lists edge twice" in refused(described(ROW, ROW))


def test_without_a_resolution_there_is_no_price() -> None:
    assert "decides the price" in refused(described(without=("resolution",)))


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ({"pricing": {"512": -1}}, "a price that is none"),
        ({"pricing": {"512": "free"}}, "a price that is none"),
        ({"pricing": {"512": 1e9}}, "a price that is none"),
        ({"pricing": {"512": True}}, "a price that is none"),
        ({"pricing": {"512": math.nan}}, "a price that is none"),
        ({"pricing": {"512": 1}, "pricing_rows": [{"label": "512", "price": 2}]}, "two prices for 512"),
        ({"pricing": {"512": 1, "currency": "EUR"}}, "are in EUR"),
        ({"pricing_rows": [{"label": "512", "price": 2}] * 400}, "which is too many"),
    ],
)
def test_prices_that_are_none(body: dict[str, Any], about: str) -> None:
    assert about in refused(described(**body))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own description of the model, checked from end to end or refused whole. Knows JSON only; no bpy.

The shapes of its fields are not documented, so the usual spellings are all taken; what is in none
of them, or contradicts itself, is :class:`AnswerError`, and then nothing of it is used. Only a parameter that we do
not know is left out by itself: it must not keep the prices from following.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError, core_schema

from . import pricelist
from .api import parse_json, sentence
from .catalogue import BY_NAME, Scalar
from .errors import AnswerError
from .pricelist import PriceList

LIMIT_BYTES: Final = 2**20
"""A card that is larger is none."""
MOST_PARAMETERS: Final = 300
MOST_CHOICES: Final = 100
LONGEST_TEXT: Final = 1000
WHAT: Final = "the model's description"
LARGEST: Final = int(sys.float_info.max)
"""A whole number beyond it is as unreadable as 1e999 is: JSON has no end of digits, and nothing can reckon with it."""

_RANGE: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?:-|–|—|to|\.\.+)\s*(-?\d+(?:\.\d+)?)\s*\Z")
_WRAPPERS: Final = ("data", "model", "result")
_LOW: Final = ("minimum", "min", "ge")
_HIGH: Final = ("maximum", "max", "le")
_CHOICES: Final = ("enum", "options", "choices", "values", "allowed_values")


@dataclass(frozen=True)
class Entry:
    """One parameter as the server tells it; what is None or empty is not told. ``type`` is the server's own word."""

    name: str
    type: str = ""
    default: Any = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    label: str = ""
    description: str = ""


@dataclass(frozen=True)
class Card:
    """All that is taken from a description.

    ``left_out`` are sentences on what cannot be read of parameters that the catalogue does not know.
    """

    entries: tuple[Entry, ...]
    prices: PriceList = field(default_factory=PriceList)
    left_out: tuple[str, ...] = ()


def read(raw: bytes) -> Card:
    """Read an answer. Raises :class:`AnswerError`."""
    if len(raw) > LIMIT_BYTES:
        raise AnswerError("The server's description of the model is too long to be one.")
    return of(parse_json(raw, WHAT))


def of(body: Mapping[str, Any]) -> Card:
    """Read a body. Raises :class:`AnswerError`."""
    inner = next((part for key in _WRAPPERS if isinstance(part := body.get(key), dict)), body)
    told = body if "supported_parameters" in body else inner
    entries, left_out = _entries(told)
    return Card(entries, pricelist.read(told.get("pricing"), told.get("pricing_rows")), left_out)


def _entries(told: Mapping[str, Any]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Give the parameters by their order, and why others are left out."""
    entries: dict[str, Entry] = {}
    left_out = []
    for number, row in enumerate(_rows(told), start=1):
        try:
            entry = _entry(row, number)
            if entry.name in entries:
                raise AnswerError(f"The server's description of the model lists {entry.name} twice.")
        except AnswerError as error:
            name = row.get("name") if isinstance(row, dict) else None
            if isinstance(name, str) and name in BY_NAME:
                raise
            left_out.append(str(error))
        else:
            entries[entry.name] = entry
    return tuple(entries.values()), tuple(left_out)


def _rows(told: Mapping[str, Any]) -> Iterator[object]:
    """Give what is listed, each with its default."""
    listed = told.get("supported_parameters")
    if isinstance(listed, dict):
        listed = [{"name": name, **row} if isinstance(row, dict) else row for name, row in listed.items()]
    if not isinstance(listed, list) or not listed:
        raise AnswerError("The server's description of the model lists no parameters.")
    if len(listed) > MOST_PARAMETERS:
        raise AnswerError(f"The server's description of the model lists {len(listed)} parameters, which is too many.")
    defaults = told.get("default_params")
    for row in listed:
        if isinstance(row, str):
            row = {"name": row}
        elif isinstance(row, dict) and isinstance(row.get("name"), str) and row.get("default") is None:
            row = {**row, "default": defaults.get(row["name"]) if isinstance(defaults, dict) else None}
        yield row


def _entry(row: object, number: int) -> Entry:
    try:
        checked: dict[str, Any] = _ENTRY.validate_python(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = row.get("name") if isinstance(row, dict) else None
        place = first["loc"]
        if not place or place[0] == "name":
            unusable = f"Parameter {number} in the server's description of the model has no usable name."
            if isinstance(name, str) and name.strip():
                named = sentence(name).removesuffix(".")[:40]
                unusable = f"The server's description of the model calls parameter {number} {named}, which is no name."
            raise AnswerError(unusable) from None
        raise _unreadable(name, place[0]) from None
    low, high, listed = _range(checked)
    choices = tuple(_choice(item) for item in listed)
    if len({value for value, _label in choices}) < len(choices):
        raise AnswerError(f"The server's description of {checked['name']} lists a choice twice.")
    if low is not None and high is not None and low > high:
        raise AnswerError(f"The server's description of {checked['name']} has a minimum above its maximum.")
    return Entry(
        checked["name"], _word(checked.get("type")), checked.get("default"), low, high, choices,
        _line(checked.get("label") or checked.get("title")), _line(checked.get("description")),
    )  # fmt: skip


def _unreadable(name: object, field: object) -> AnswerError:
    return AnswerError(f"The server's description of {name} has an unreadable {field}.")


def _word(told: str | list[str] | None) -> str:
    """Give the word for a type; of several, as a schema has it for what may be null, the first that is not that."""
    words = [told] if isinstance(told, str) else told or []
    return next((word.strip().lower() for word in words if word.strip().lower() != "null"), "")


def _range(row: Mapping[str, Any]) -> tuple[int | float | None, int | float | None, list[Any]]:
    """Give lowest and highest value and the choices, from whatever field tells them."""
    low = next((row[key] for key in _LOW if row.get(key) is not None), None)
    high = next((row[key] for key in _HIGH if row.get(key) is not None), None)
    told = [row[key] for key in _CHOICES if row.get(key) is not None]
    choices: list[Any] = [item for item in told[0] if item is not None] if told else []
    if told and not choices:
        raise AnswerError(f"The server's description of {row['name']} offers no choice at all.")
    span = row.get("range")
    if span is None:
        return low, high, choices
    if isinstance(span, dict):
        inner = _range({"name": row["name"], **_SPAN.validate_python(span)})
        return _first(low, inner[0]), _first(high, inner[1]), choices or inner[2]
    if isinstance(span, str):
        found = _RANGE.match(span)
        span = [_number(found[1]), _number(found[2])] if found else []
        if not all(abs(end) <= LARGEST for end in span):
            raise _unreadable(row["name"], "range")
    if len(span) == 2 and not choices and all(isinstance(end, (int, float)) for end in span):
        return _first(low, span[0]), _first(high, span[1]), choices
    return low, high, choices or [item for item in span if isinstance(item, (str, int))]


def _first(told: float | None, other: float | None) -> int | float | None:
    return other if told is None else told


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _choice(item: Any) -> tuple[str, str]:
    if isinstance(item, dict):
        return str(item["value"]), _line(item.get("label")) or str(item["value"])
    return str(item), str(item)


def _line(text: Any) -> str:
    """Give a text of the server as one line without a final full stop, as tooltips have it."""
    return sentence(text).removesuffix(".") if isinstance(text, str) and text.strip() else ""


def _told(schema: core_schema.CoreSchema) -> core_schema.TypedDictField:
    """Give a field that may be left out, or be null."""
    return core_schema.typed_dict_field(core_schema.nullable_schema(schema), required=False)


_NUMBER: Final = core_schema.union_schema(
    [
        core_schema.int_schema(strict=True, ge=-LARGEST, le=LARGEST),
        core_schema.float_schema(strict=True, allow_inf_nan=False),
    ]
)
_WORD: Final = core_schema.str_schema(strict=True, max_length=LONGEST_TEXT)
_PLAIN: Final = core_schema.union_schema([_WORD, core_schema.bool_schema(strict=True), _NUMBER])
_VALUE: Final = core_schema.union_schema(
    [core_schema.str_schema(strict=True, min_length=1, max_length=100), core_schema.bool_schema(strict=True), _NUMBER]
)
_LABELLED: Final = core_schema.typed_dict_schema(
    {"value": core_schema.typed_dict_field(_VALUE), "label": _told(_WORD)}, extra_behavior="ignore"
)
_LIST: Final = core_schema.list_schema(
    core_schema.nullable_schema(core_schema.union_schema([_VALUE, _LABELLED])), max_length=MOST_CHOICES
)
_TYPE: Final = core_schema.str_schema(strict=True, max_length=64)
_ENDS: Final = {**{key: _told(_NUMBER) for key in (*_LOW, *_HIGH)}, **{key: _told(_LIST) for key in _CHOICES}}
_SPAN: Final = SchemaValidator(core_schema.typed_dict_schema(_ENDS, extra_behavior="ignore"))
_ENTRY: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "name": core_schema.typed_dict_field(
                core_schema.str_schema(strict=True, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")
            ),
            "type": _told(core_schema.union_schema([_TYPE, core_schema.list_schema(_TYPE, max_length=8)])),
            "default": _told(core_schema.union_schema([_PLAIN, core_schema.list_schema(), core_schema.dict_schema()])),
            "range": _told(
                core_schema.union_schema([
                    core_schema.list_schema(core_schema.union_schema([_NUMBER, _VALUE]), max_length=MOST_CHOICES),
                    core_schema.typed_dict_schema(_ENDS, extra_behavior="ignore"),
                    _WORD,
                ])
            ),
            "label": _told(_WORD),
            "title": _told(_WORD),
            "description": _told(core_schema.str_schema(strict=True)),
            **_ENDS,
        },
        extra_behavior="ignore",
    )
)  # fmt: skip
"""Texts that are shown are cut to a line when they are read; everything else has to be as it is."""


def plain(value: Any) -> Scalar | None:
    """Give a default as a value that can be sent; None for a list or an object."""
    return value if isinstance(value, (str, bool, int, float)) else None

# SPDX-License-Identifier: GPL-3.0-or-later
"""The prices in a server's description, and what in it may be a price but cannot be read. Knows JSON only; no bpy.

How prices are told is not documented. What has one meaning is read; every other number is noted, so that whoever
takes the prices can tell a server that says nothing of them from one that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from .api import sentence
from .errors import AnswerError
from .pricewords import (
    AMOUNTS,
    CENT,
    CENTS,
    DOLLARS,
    HOLDERS,
    OTHERWISE,
    PLAIN,
    SIZES,
    amount_of,
    holds_amount,
    is_free,
    names_piece,
    numbers_in,
    resolution_in,
    words_of,
)

MOST_ROWS: Final = 300
LONGEST_PLACE: Final = 1000
_UNITS: Final = ("unit", "units", "per", "unit_type", "billing_unit", "price_unit")
_COUNTS: Final = ("quantity", "count", "batch_size")
_BASES: Final = ("type", "billing", "billing_type", "basis", "mode")
_PLACES: Final = ("resolution", "label", "name", "tier", "variant", "description")
"""Where a row of prices says what it is the price of."""
_SAID_OTHERWISE: Final = (*_UNITS, *_COUNTS, *_PLACES, "currency")
"""What these say is of what the prices of a table are."""


@dataclass(frozen=True, eq=False)
class Remarks:
    """What else a table says in which there are numbers: it may be of what its prices are."""

    said: tuple[str, ...] = ()

    def on(self, resolutions: tuple[str, ...]) -> list[tuple[str, str]]:
        """Give which of the resolutions is named, and in which words; an empty one where that is not clear."""
        found = [(words_of(one), one) for one in self.said]
        return [(resolution_in(words), one) for words, one in found if words & set(resolutions)]


_NO_REMARKS: Final = Remarks()


@dataclass(frozen=True)
class PriceList:
    """Prices in US dollars by what the server calls them, and what is said beside; no name is that of every object."""

    prices: tuple[tuple[str, Decimal, Remarks], ...] = ()
    unread: tuple[str, ...] = ()
    """The server's names of what may be prices, too."""


@dataclass(frozen=True)
class _At:
    """Where in the description it is read: what the price is of there, and in what. ``scale`` is None in no dollars."""

    place: str = ""
    scale: Decimal | None = Decimal(1)
    remarks: Remarks = _NO_REMARKS


@dataclass
class _Reader:
    prices: list[tuple[str, Decimal, Remarks]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def part(self, told: Any, at: _At) -> None:
        """Read whatever stands at a place."""
        if isinstance(told, list):
            if len(told) > MOST_ROWS:
                raise AnswerError(f"The server's description of the model lists {len(told)} prices, which is too many.")
            for row in told:
                if isinstance(row, (dict, list)):
                    self.part(row, at)
                elif row is not None and str(row).strip():  # of what, is not said
                    self.unread.append(str(row))
        elif isinstance(told, dict):
            self.table(told, _within(told, at))
        elif told is None or not (at.place or str(told).strip()):
            return
        elif at.place or holds_amount(told) or not (isinstance(told, bool) or re.search(r"\d", told)):
            self.amount(told, at)  # which says it, where it is none
        else:
            self.unread.append(str(told))

    def table(self, told: Mapping[str, Any], at: _At) -> None:
        """Read what has names."""
        for key, inner in told.items():
            is_inner = isinstance(inner, (dict, list))
            words = words_of(key)
            if (not is_inner and key in _SAID_OTHERWISE) or names_piece(words, inner):
                continue
            number = resolution_in(words)
            if key in _PLACES and not (
                isinstance(inner, dict) and all(resolution_in(words_of(name)) for name in inner)
            ):
                self.unread.extend([key] if holds_amount(inner) else [])
            elif number:
                self.part(inner, replace(at, place=_joined(at.place, number)))
            elif is_inner and words <= HOLDERS:
                self.part(inner, _in_cents(at) if words & CENTS else at)
            elif is_free(inner) and not words & AMOUNTS:  # of a plan, or of the model's licence
                self.unread.extend([key] if words and words <= HOLDERS else [])
            elif inner is not None and not is_inner and words and words - CENTS <= PLAIN:
                self.amount(inner, _in_cents(at) if words & CENTS else at)
            elif holds_amount(inner) or (isinstance(inner, str) and inner.strip() and words and words <= HOLDERS):
                self.unread.append(key)

    def amount(self, told: Any, at: _At) -> None:
        """Note a price."""
        found = amount_of(told, at.scale or Decimal(1))
        if at.scale is None:
            self.unread.append(at.place or "price")
        else:
            self.prices.append((at.place[:LONGEST_PLACE], found, at.remarks))


def read(*told: Any) -> PriceList:
    """Read the parts of a description that may tell prices. Raises :class:`AnswerError` for what is no price at all."""
    reader = _Reader()
    for part in told:
        reader.part(part, _At())
    return PriceList(tuple(dict.fromkeys(reader.prices)), tuple(dict.fromkeys(reader.unread)))


def by_resolution(told: PriceList, resolutions: tuple[str, ...]) -> dict[str, Decimal]:
    """Give the price of each resolution, as far as it is told; of none where the server says nothing of prices.

    Raises :class:`AnswerError` where what it says is not understood, and may be the price of one.
    """
    named: dict[str, Decimal] = {}
    for_all, unread = set(), list(told.unread)
    beside = {remarks: remarks.on(resolutions) for *_told, remarks in told.prices}
    for place, amount, remarks in told.prices:
        words = set(re.findall(r"\d+", place))
        meant = [place] if place in resolutions else [one for one in resolutions if one in words]
        said = [] if words else beside[remarks]
        meant = meant or list(dict.fromkeys(name for name, _text in said))
        if len(meant) == 1 and meant[0]:
            if named.setdefault(meant[0], amount) != amount:
                raise _doubled(meant[0])
        elif place or said or f"{amount.normalize():f}" in resolutions:  # which may be one in the price's place
            unread.append(place or (said[0][1] if said else str(amount)))
        else:
            for_all.add(amount)
    rest = [one for one in resolutions if one not in named]
    if rest and unread:
        name = sentence(unread[0]).removesuffix(".")[:40]
        raise AnswerError(f"The server's description of the model has a price that cannot be read: {name}.")
    if rest and len(for_all) > 1:
        raise _doubled(rest[0])
    return {**named, **{one: amount for one in rest for amount in for_all}}


def _doubled(resolution: str) -> AnswerError:
    return AnswerError(f"The server's description of the model has two prices for {resolution}.")


def _joined(outer: str, inner: str) -> str:
    """Give what a price is of where both an outer and an inner name tell it: both, where they are not the same."""
    return inner or outer if not numbers_in(words_of(outer)) or inner == outer else f"{outer} {inner}".strip()


def _in_cents(at: _At) -> _At:
    return replace(at, scale=None if at.scale is None else CENT)


def _within(told: Mapping[str, Any], at: _At) -> _At:
    """Give what a table itself says of its prices. Raises :class:`AnswerError` for another currency."""
    currency = told.get("currency")
    if isinstance(currency, str) and currency.strip():
        coins = words_of(currency)
        if not coins <= DOLLARS | CENTS:
            currency = sentence(currency).removesuffix(".")[:20]
            raise AnswerError(f"The server's prices are in {currency}, and not in US dollars.")
        at = _in_cents(at) if coins & CENTS else at
    for scale in _scales(told):
        at = replace(at, scale=None if at.scale is None or scale is None else min(at.scale, scale))
    return replace(at, place=_joined(at.place, _place(told)), remarks=_remarks(told, at.remarks))


def _remarks(told: Mapping[str, Any], outer: Remarks) -> Remarks:
    """Give what a table says in which there are numbers, and that nothing else is read from."""
    said = [
        text for key, inner in told.items()
        if key not in _SAID_OTHERWISE and not resolution_in(words := words_of(key))
        and (names_piece(words, inner) or not words <= HOLDERS)
        for text in (key, "" if isinstance(inner, (int, float)) else str(inner)) if numbers_in(words_of(text))
    ]  # fmt: skip
    return Remarks((*outer.said, *said)) if said else outer


def _place(told: Mapping[str, Any]) -> str:
    """Give what a row says that it is the price of; nothing where that is any object."""
    names = {key: f"{told[key]:g}" if isinstance(told[key], float) else str(told[key])
             for key in _PLACES if isinstance(told.get(key), (str, int, float))}  # fmt: skip
    numbered = next((name for name in names.values() if numbers_in(words_of(name))), "")
    called = " ".join(name for key, name in names.items() if key != "description")
    return numbered or ("" if words_of(called) <= PLAIN | SIZES else called)


def _scales(told: Mapping[str, Any]) -> Iterator[Decimal | None]:
    """Give by what a table's units multiply its prices; None for a unit that is no object, or several."""
    for key in (*_UNITS, *_COUNTS):
        unit = told.get(key)
        if unit is None or unit == 1:
            continue
        words = words_of(unit) if isinstance(unit, str) else {"?"}
        yield None if not words - CENTS <= PLAIN else CENT if words & CENTS else Decimal(1)
    if any(isinstance(told.get(key), str) and words_of(told[key]) & OTHERWISE for key in _BASES):
        yield None

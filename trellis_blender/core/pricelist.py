# SPDX-License-Identifier: GPL-3.0-or-later
"""The prices in a server's description, and what in it may be a price but cannot be read. Knows JSON only; no bpy.

How prices are told is not documented. What has one meaning is read; every other number is noted, so that whoever
takes the prices can tell a server that says nothing of them from one that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from .api import sentence
from .catalogue import MODEL_ID
from .errors import AnswerError

MOST_ROWS: Final = 300
LONGEST_PLACE: Final = 1000
DEAREST_USD: Final = Decimal(1000)
"""A price above it is taken for a mistake."""

_CENT: Final = Decimal("0.01")
_CENTS: Final = frozenset({"cent", "cents", "¢"})
_DOLLARS: Final = frozenset({"usd", "us", "dollar", "dollars", "$"})
_PIECES: Final = frozenset(
    "asset assets generation generations generated object objects model models request requests call job image images "
    "item piece run 3d each per a an one to 1".split()
)
"""What one is paid for: an object, under any of its names."""
_AMOUNTS: Final = frozenset(
    "price prices pricing priced amount amounts cost costs fee charge rate unit value default flat fixed for by".split()
)
_PLAIN: Final = _DOLLARS | _PIECES | _AMOUNTS
"""A name of these words alone is that of the price of an object."""
_SIZES: Final = frozenset("resolution resolutions res p px voxel voxels cascade".split())
"""What may stand beside the number of a resolution."""
_HOLDERS: Final = _PLAIN | _SIZES | _CENTS | frozenset("tiers tier rows table list items variants options data".split())
"""A name of these words alone may hold prices, and means nothing more."""
_UNITS: Final = ("unit", "units", "per", "unit_type", "billing_unit", "price_unit")
_COUNTS: Final = ("quantity", "count", "batch_size")
_BASES: Final = ("type", "billing", "billing_type", "basis", "mode")
_OTHERWISE: Final = frozenset(
    "second seconds minute minutes hour hours day days month months token tokens credit credits step steps".split()
)
"""What else than an object may be paid for."""
_PLACES: Final = ("resolution", "label", "name", "tier", "variant", "description")
"""Where a row of prices says what it is the price of."""
_WORDS: Final = re.compile(r"3d(?![a-z0-9])|[^\W\d_]+|\d+|[$¢]")
_MODEL: Final = re.compile(rf"{re.escape(MODEL_ID)}|trellis[ ._-]?2([ ._-]?4b)?")
_SAID: Final = re.compile(
    r"(?P<dollar>US\$|USD|\$)?\s*(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<coin>USD|US dollars?|dollars?|cents?|¢)?"
    r"(?:\s*(?:/|per|an?|each)\s*(?P<piece>[a-z3 ]+))?",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"(?:usd|[$€£¥¢])\s*\d|\d\s*(?:[$€£¥¢]|usd|dollar|cent)|^\s*-?[\d.]+\s*\Z", re.IGNORECASE)
_NONE: Final = "The server's description of the model has a price that is none."


@dataclass(frozen=True)
class PriceList:
    """Prices in US dollars by what the server calls them; an empty name is that of every object."""

    prices: tuple[tuple[str, Decimal], ...] = ()
    unread: tuple[str, ...] = ()
    """The server's names of what may be prices, too."""


@dataclass(frozen=True)
class _At:
    """Where in the description it is read: what the price is of there, and in what. ``scale`` is None in no dollars."""

    place: str = ""
    scale: Decimal | None = Decimal(1)


@dataclass
class _Reader:
    prices: list[tuple[str, Decimal]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def part(self, told: Any, at: _At) -> None:
        """Read whatever stands at a place."""
        if isinstance(told, list):
            if len(told) > MOST_ROWS:
                raise AnswerError(f"The server's description of the model lists {len(told)} prices, which is too many.")
            for row in told:
                if isinstance(row, (dict, list)):
                    self.part(row, at)
                elif _holds_amount(row):  # of what, is not said
                    self.unread.append(str(row))
        elif isinstance(told, dict):
            self.table(told, _within(told, at))
        elif at.place or _holds_amount(told):
            if told is not None:
                self.amount(told, at)
        elif isinstance(told, bool) or (told is not None and re.search(r"\d", told)):
            self.unread.append(str(told))

    def table(self, told: Mapping[str, Any], at: _At) -> None:
        """Read what has names."""
        for key, inner in told.items():
            is_inner = isinstance(inner, (dict, list))
            if not is_inner and key in (*_UNITS, *_COUNTS, *_PLACES, "currency"):
                continue
            words = _words(key)
            number = _resolution(words)
            if key in _PLACES and not (isinstance(inner, dict) and all(_resolution(_words(name)) for name in inner)):
                self.unread.extend([key] if _holds_amount(inner) else [])
            elif number:
                self.part(inner, replace(at, place=_joined(at.place, number)))
            elif is_inner and words <= _HOLDERS:
                self.part(inner, _in_cents(at) if words & _CENTS else at)
            elif inner is not None and not is_inner and words and words - _CENTS <= _PLAIN:
                self.amount(inner, _in_cents(at) if words & _CENTS else at)
            elif _holds_amount(inner):
                self.unread.append(key)

    def amount(self, told: Any, at: _At) -> None:
        """Note a price."""
        found = _amount(told, at.scale or Decimal(1))
        if at.scale is None:
            self.unread.append(at.place or "price")
        else:
            self.prices.append((at.place[:LONGEST_PLACE], found))


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
    for place, amount in told.prices:
        words = set(re.findall(r"\d+", place))
        meant = [place] if place in resolutions else [one for one in resolutions if one in words]
        if len(meant) == 1:
            if named.setdefault(meant[0], amount) != amount:
                raise _doubled(meant[0])
        elif place or f"{amount.normalize():f}" in resolutions:  # which may be one in the price's place
            unread.append(place or str(amount))
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


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(_MODEL.sub(" model ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())))


def _numbers(words: frozenset[str]) -> list[str]:
    return [word for word in words if word.isdigit() and word not in _PIECES]


def _resolution(words: frozenset[str]) -> str:
    """Give the number that a name consists of, but for words that say no more; else an empty text."""
    numbers = _numbers(words)
    return numbers[0] if len(numbers) == 1 and words - {numbers[0]} <= _SIZES | _PLAIN else ""


def _joined(outer: str, inner: str) -> str:
    """Give what a price is of where both an outer and an inner name tell it: both, where they are not the same."""
    return inner or outer if not _numbers(_words(outer)) or inner == outer else f"{outer} {inner}".strip()


def _in_cents(at: _At) -> _At:
    return replace(at, scale=None if at.scale is None else _CENT)


def _within(told: Mapping[str, Any], at: _At) -> _At:
    """Give what a table itself says of its prices. Raises :class:`AnswerError` for another currency."""
    currency = told.get("currency")
    if isinstance(currency, str) and currency.strip():
        coins = _words(currency)
        if not coins <= _DOLLARS | _CENTS:
            currency = sentence(currency).removesuffix(".")[:20]
            raise AnswerError(f"The server's prices are in {currency}, and not in US dollars.")
        at = _in_cents(at) if coins & _CENTS else at
    for scale in _scales(told):
        at = replace(at, scale=None if at.scale is None or scale is None else min(at.scale, scale))
    return replace(at, place=_joined(at.place, _place(told)))


def _place(told: Mapping[str, Any]) -> str:
    """Give what a row says that it is the price of; nothing where that is any object."""
    names = {key: f"{told[key]:g}" if isinstance(told[key], float) else str(told[key])
             for key in _PLACES if isinstance(told.get(key), (str, int, float))}  # fmt: skip
    numbered = next((name for name in names.values() if _numbers(_words(name))), "")
    called = " ".join(name for key, name in names.items() if key != "description")
    return numbered or ("" if _words(called) <= _PLAIN | _SIZES else called)


def _scales(told: Mapping[str, Any]) -> Iterator[Decimal | None]:
    """Give by what a table's units multiply its prices; None for a unit that is no object, or several."""
    for key in (*_UNITS, *_COUNTS):
        unit = told.get(key)
        if unit is None or unit == 1:
            continue
        words = _words(unit) if isinstance(unit, str) else {"?"}
        yield None if not words - _CENTS <= _PLAIN else _CENT if words & _CENTS else Decimal(1)
    if any(isinstance(told.get(key), str) and _words(told[key]) & _OTHERWISE for key in _BASES):
        yield None


def _holds_amount(told: Any) -> bool:
    """Whether anything in it may be a price."""
    if isinstance(told, (dict, list)):
        return any(map(_holds_amount, told.values() if isinstance(told, dict) else told))
    if isinstance(told, str):
        return bool(_MONEY.search(told))
    return told is not None and not isinstance(told, bool)


def _amount(told: Any, scale: Decimal) -> Decimal:
    """Read a price. Raises :class:`AnswerError`."""
    text = str(told).strip()
    found = _SAID.fullmatch(text)
    if found is not None and _words(found["piece"] or "") <= _PIECES:
        amount = Decimal(found["number"])
        if _words(found["coin"] or "") & _CENTS:
            is_clear, scale = not found["dollar"], _CENT
        else:
            is_clear = scale == 1 or not (found["dollar"] or found["coin"])
    else:
        is_clear = True
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
    if isinstance(told, bool) or not is_clear or not amount.is_finite() or not 0 <= amount * scale <= DEAREST_USD:
        raise AnswerError(_NONE)
    return amount * scale

# SPDX-License-Identifier: GPL-3.0-or-later
"""What words and amounts mean where a server tells its prices. Knows texts and numbers only; no bpy."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from .api import sentence
from .catalogue import MODEL_ID
from .errors import AnswerError

DEAREST_USD: Final = Decimal(1000)
"""A price above it is taken for a mistake."""
CENT: Final = Decimal("0.01")
CENTS: Final = frozenset({"cent", "cents", "¢"})
DOLLARS: Final = frozenset({"usd", "us", "dollar", "dollars", "$"})
_PIECES: Final = frozenset(
    "asset assets generation generations generated object objects model models request requests call job image images "
    "item piece run 3d each per a an one to 1".split()
)
"""What one is paid for: an object, under any of its names."""
AMOUNTS: Final = frozenset(
    "price prices pricing priced amount amounts cost costs fee charge rate unit value default flat fixed for by".split()
)
PLAIN: Final = DOLLARS | _PIECES | AMOUNTS
"""A name of these words alone is that of the price of an object."""
SIZES: Final = frozenset("resolution resolutions res p px voxel voxels cascade".split())
"""What may stand beside the number of a resolution."""
HOLDERS: Final = PLAIN | SIZES | CENTS | frozenset("tiers tier rows table list items variants options data".split())
"""A name of these words alone may hold prices, and means nothing more."""
OTHERWISE: Final = frozenset(
    "second seconds minute minutes hour hours day days month months token tokens credit credits step steps".split()
)
"""What else than an object may be paid for."""
_WORDS: Final = re.compile(r"3d(?![a-z0-9])|[^\W\d_]+|\d+|[$¢]")
_MODEL: Final = re.compile(rf"{re.escape(MODEL_ID)}|trellis[ ._-]?2([ ._-]?4b)?")
_SAID: Final = re.compile(
    r"(?P<dollar>US\$|USD|\$)?\s*(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<coin>USD|US dollars?|dollars?|cents?|¢)?"
    r"(?:\s*(?:/|per|an?|each)\s*(?P<piece>[a-z3 ]+))?",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"(?:usd|[$€£¥¢])\s*\d|\d\s*(?:[$€£¥¢]|usd|dollar|cent)|^\s*-?[\d.]+\s*\Z", re.IGNORECASE)


def words_of(name: str) -> frozenset[str]:
    """Give the words, numbers and signs of money in a text; the model's own name is one word."""
    return frozenset(_WORDS.findall(_MODEL.sub(" model ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())))


def numbers_in(words: frozenset[str]) -> list[str]:
    """Give the numbers among words, but for the one of *one object*."""
    return [word for word in words if word.isdigit() and word not in _PIECES]


def resolution_in(words: frozenset[str]) -> str:
    """Give the number that a name consists of, but for words that say no more; else an empty text."""
    numbers = numbers_in(words)
    return numbers[0] if len(numbers) == 1 and words - {numbers[0]} <= SIZES | PLAIN else ""


def names_piece(words: frozenset[str], told: Any) -> bool:
    """Whether it is said under such a name what is paid for, as the model is, and no price."""
    if not (words and words <= _PIECES and isinstance(told, str)) or holds_amount(told):
        return False
    named = words_of(told)
    return bool(named) and named - set(numbers_in(named)) <= _PIECES


def holds_amount(told: Any) -> bool:
    """Whether anything in it may be a price."""
    if isinstance(told, (dict, list)):
        return any(map(holds_amount, told.values() if isinstance(told, dict) else told))
    if isinstance(told, str):
        return bool(_MONEY.search(told))
    return told is not None and not isinstance(told, bool)


def is_free(told: Any) -> bool:
    """Whether it says, in a price's place, that there is nothing to pay."""
    return isinstance(told, str) and told.strip().lower() == "free"


def amount_of(told: Any, scale: Decimal) -> Decimal:
    """Read a price. Raises :class:`AnswerError`."""
    text = str(told).strip()
    if is_free(told):
        return Decimal(0)
    found = _SAID.fullmatch(text)
    if found is not None and words_of(found["piece"] or "") <= _PIECES:
        amount = Decimal(found["number"])
        if words_of(found["coin"] or "") & CENTS:
            is_clear, scale = not found["dollar"], CENT
        else:
            is_clear = scale == 1 or not (found["dollar"] or found["coin"])
    else:
        is_clear = True
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
    name = sentence(text).removesuffix(".")[:40]
    if isinstance(told, bool) or not is_clear or not amount.is_finite():
        raise AnswerError(f"The server's description of the model has a price that cannot be read: {name}.")
    if amount < 0:
        raise AnswerError(f"The server's description of the model has a price below zero: {name}.")
    if amount > DEAREST_USD / scale:  # multiplied, what is very large would be an error of the arithmetic
        raise AnswerError(f"The server's description of the model has a price above ${DEAREST_USD}: {name}.")
    return amount * scale

# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts hand over, checked before anything comes of it: names, amounts, times, places. Imports no bpy."""

from __future__ import annotations

import math
import operator
from decimal import Decimal, InvalidOperation
from numbers import Real
from typing import Any, Final, SupportsFloat, TypeGuard

import numpy as np

from .errors import InvalidRequest
from .naming import LONGEST, is_readable

FARTHEST: Final = 1e9
"""Beyond this, in units of the scene, Blender's own numbers no longer tell one point from the next."""
_COORDINATES: Final = 3


def name(value: object) -> str:
    """Give the name for an object. Raises :class:`InvalidRequest`."""
    if not isinstance(value, str) or not is_readable(value):
        raise InvalidRequest("name", value, f"a text of one line, with {LONGEST} letters at most")
    return str(value).strip()


def amount(value: object) -> Decimal | None:
    """Give the most that may be spent, in US dollars; None without a limit. Raises :class:`InvalidRequest`."""
    if value is None:
        return None
    given: Decimal | None = None
    if _is_number(value):
        try:
            given = Decimal(str(value))
        except (InvalidOperation, ValueError):  # a fraction, or more digits than Python writes
            given = None
    if given is None or not given.is_finite() or given < 0:
        raise InvalidRequest("max_price_usd", value, "an amount of US dollars: a number from 0 on, or None")
    return given


def seconds(value: object) -> float:
    """Give how long is waited; infinity for None. Raises :class:`InvalidRequest`."""
    if value is None:
        return math.inf
    given = _number(value)
    if not given >= 0.0:  # what is no number is not, either
        raise InvalidRequest("timeout", value, "a number of seconds from 0 on, or None")
    return given


def location(value: object) -> tuple[float, ...] | None:
    """Give a point of the scene; None for the one that is meant anyway. Raises :class:`InvalidRequest`."""
    if value is None:
        return None
    try:
        given = tuple(_number(item) for item in value)  # type: ignore[attr-defined]
    except TypeError:
        given = ()
    if len(given) != _COORDINATES or not all(abs(item) <= FARTHEST for item in given):
        raise InvalidRequest("location", value, f"three numbers, none beyond {FARTHEST:.0f}")
    return given


def size(value: object) -> float | None:
    """Give the longest side of an object; None for the one that is meant anyway. Raises :class:`InvalidRequest`."""
    if value is None:
        return None
    given = _number(value)
    if not 0.0 <= given <= FARTHEST:
        raise InvalidRequest("size", value, f"a number from 0 to {FARTHEST:.0f}, or None")
    return given


def share(name: str, value: object, most: float) -> float:
    """Give a share of something. Raises :class:`InvalidRequest`."""
    given = _number(value)
    if not 0.0 <= given <= most:
        raise InvalidRequest(name, value, f"a number from 0 to {most}")
    return round(given, 6)


def plain(value: Any) -> Any:
    """Give Python's own whole number or truth value for numpy's; anything else as it is."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    try:
        return operator.index(value)
    except TypeError:
        return value


def _is_number(value: object) -> TypeGuard[Decimal | SupportsFloat]:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def _number(value: object) -> float:
    """Give a number, numpy's too; what is none becomes *not a number*, which every comparison refuses."""
    try:
        return float(value) if _is_number(value) else math.nan
    except (OverflowError, ValueError):
        return math.nan

# SPDX-License-Identifier: GPL-3.0-or-later
"""What one server offers: the built-in catalogue, with the server's own word merged over it. Knows values; no bpy.

An offer is never changed: a server that says something else is another offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Final

from . import pricelist
from .card import Card, Entry, plain
from .catalogue import (
    BY_NAME,
    LONGEST_TEXT,
    PARAMETERS,
    PIPELINE_BY_RESOLUTION,
    PRICE_BY_RESOLUTION_USD,
    TOLD,
    Kind,
    Parameter,
    Scalar,
    Stage,
)
from .errors import AnswerError

LARGEST_INT: Final = 2**31 - 1
"""Blender's whole numbers have 32 bits."""
LARGEST_FLOAT: Final = 1e9
_RESERVED: Final = frozenset({"model", *(parameter.name for parameter in PARAMETERS if parameter.default is None)})
"""What is sent in any case, and by us alone."""
_NUMBERS: Final = (Kind.INT, Kind.FLOAT)
_KINDS_BY_WORD: Final[Mapping[str, tuple[Kind, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("int", "integer", "int32", "int64", "long"), (Kind.INT, Kind.ENUM)),
        **dict.fromkeys(("number", "float", "double", "decimal"), (Kind.FLOAT, Kind.INT, Kind.ENUM)),
        **dict.fromkeys(("bool", "boolean", "checkbox", "toggle"), (Kind.BOOL,)),
        **dict.fromkeys(("str", "string", "text"), (Kind.TEXT, Kind.ENUM)),
        **dict.fromkeys(("enum", "select", "choice", "option", "dropdown", "literal"), (Kind.ENUM,)),
    }
)
"""What a server's word for a type can mean; the first is taken for a parameter that we do not know."""


@dataclass(frozen=True)
class Offer:
    """Immutable. ``gone`` are parameters of the catalogue that the server no longer has; ``new`` are its own.

    ``left_out`` are sentences on those of its own that cannot be shown, and so are not sent.

    ``prices`` are in US dollars by resolution, and lack one whose price is not told; they are the provider's unless the
    server ``tells_prices``. ``told_at`` is when it was asked, in seconds since 1970; 0.0 for the built-in catalogue.
    """

    parameters: tuple[Parameter, ...]
    """All that may be sent, in the catalogue's order, and then the new ones."""
    prices: Mapping[str, Decimal]
    pipelines: Mapping[str, str]
    """The pipeline type that agrees with each resolution; without an entry, none is sent."""
    gone: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    told_at: float = field(default=0.0, compare=False)
    tells_prices: bool = False

    def __hash__(self) -> int:
        """What it is made of is many values, and is looked up by often."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.parameters, self.gone, tuple(sorted(self.prices.items()))))

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """The parameters by the API's names."""
        return MappingProxyType({parameter.name: parameter for parameter in self.parameters})

    @cached_property
    def new(self) -> tuple[Parameter, ...]:
        """What the server has that the catalogue does not know."""
        return tuple(parameter for parameter in self.parameters if parameter.name not in BY_NAME)

    def price_of(self, resolution: str) -> Decimal | None:
        """Give the price of one object; None where it is not known."""
        return self.prices.get(resolution)

    def reckoned(self, resolution: str) -> Decimal:
        """Give the price to count with: the dearest that is known, where this one is not."""
        known = self.prices.get(resolution)
        return max((*self.prices.values(), *PRICE_BY_RESOLUTION_USD.values())) if known is None else known

    def is_other(self, name: str) -> bool:
        """Whether the server allows something else for a parameter of the catalogue than the catalogue does."""
        now, built_in = self.by_name.get(name), BY_NAME[name]
        return now is not None and now.allowed != built_in.allowed

    def default(self, name: str) -> Scalar | None:
        """Give the server's default of a parameter, or that of the catalogue for one that is gone."""
        found = self.by_name.get(name) or BY_NAME.get(name)
        return found.default if found is not None else None

    def nearest(self, name: str, value: Scalar) -> Scalar:
        """Give the nearest to a value that the server allows; for a parameter that it does not have, as it is.

        Of choices that are numbers it is the next lower one where there is any, since more of it may cost more.
        """
        found = self.by_name.get(name)
        if found is None or _cleaned(found, value) == value:
            return value
        if found.kind is Kind.ENUM:
            return _next_lower(found, str(value))
        return _nearest(found, value) if found.kind in _NUMBERS else value


BUILT_IN: Final = Offer(PARAMETERS, PRICE_BY_RESOLUTION_USD, PIPELINE_BY_RESOLUTION)
"""What is known of every server that has not told otherwise."""


def _any(parameter: Parameter) -> Parameter:
    """Give a parameter with whatever values a field of its kind can hold."""
    if parameter.kind is Kind.ENUM:
        return replace(parameter, kind=Kind.TEXT, choices=())
    if parameter.kind not in _NUMBERS:
        return parameter
    largest = LARGEST_INT if parameter.kind is Kind.INT else LARGEST_FLOAT
    return replace(parameter, minimum=-largest, maximum=largest)


ANY: Final = Offer(tuple(_any(parameter) for parameter in PARAMETERS), MappingProxyType({}), MappingProxyType({}))
"""What a server may offer one day: for what is kept, whatever the server of today says."""


def merge(card: Card, *, told_at: float = 0.0) -> Offer:
    """Put a server's word over the catalogue. Raises :class:`AnswerError` for one that cannot be."""
    told = {entry.name: entry for entry in card.entries if entry.name not in _RESERVED}
    if "resolution" not in told:
        raise AnswerError("The server's description of the model lists no resolution, which decides the price.")
    known = [
        _known(parameter, told[parameter.name]) if parameter.name in told else parameter
        for parameter in PARAMETERS if parameter.name in told or parameter.name in _RESERVED
    ]  # fmt: skip
    added, left_out = _added(entry for entry in told.values() if entry.name not in BY_NAME)
    by_name = {parameter.name: parameter for parameter in known}
    resolutions = by_name["resolution"].values
    usual = {one: price for one, price in PRICE_BY_RESOLUTION_USD.items() if one in resolutions}
    prices, pipeline = pricelist.by_resolution(card.prices, resolutions), by_name.get("pipeline_type")
    return Offer(
        (*known, *added),
        MappingProxyType(prices or usual),
        MappingProxyType(_pipelines(resolutions, pipeline.values if pipeline is not None else ())),
        frozenset(BY_NAME) - set(told) - _RESERVED,
        (*card.left_out, *left_out),
        told_at,
        bool(prices),
    )


def _added(entries: Iterable[Entry]) -> tuple[list[Parameter], list[str]]:
    """Give the parameters that the catalogue does not know, and why others cannot be shown."""
    added, left_out = [], []
    for entry in entries:
        try:
            added.append(_new(entry))
        except AnswerError as error:
            left_out.append(str(error))
    return added, left_out


def _known(built_in: Parameter, entry: Entry) -> Parameter:
    """Give a parameter of the catalogue as the server has it now."""
    if entry.type in _KINDS_BY_WORD and built_in.kind not in _KINDS_BY_WORD[entry.type]:
        raise AnswerError(f"The server's description of {entry.name} calls it {entry.type}, which it is not.")
    told = replace(built_in, source=(*built_in.source, TOLD))
    if built_in.kind is Kind.ENUM and entry.choices:
        labels = dict(built_in.choices)
        told = replace(told, choices=tuple((value, labels.get(value, label)) for value, label in entry.choices))
    elif built_in.kind in _NUMBERS:
        told = _ranged(told, entry)
    default = plain(entry.default)
    return _with_default(told, built_in.default if default is None else default, is_told=default is not None)


def _new(entry: Entry) -> Parameter:
    """Give a parameter that the catalogue does not know. Raises :class:`AnswerError` for one that no panel could show.

    It is not sent until somebody switches it on, so that a default which it does not allow gives way to one it does.
    """
    kind = Kind.ENUM if entry.choices else next(iter(_KINDS_BY_WORD.get(entry.type, ())), None)
    if kind is None or (kind is Kind.ENUM and not entry.choices):
        if not entry.type:
            raise AnswerError(f"The server does not tell of what type its parameter {entry.name} is.")
        raise AnswerError(
            f"The server's parameter {entry.name} is of the type {entry.type}, for which there is no field."
        )
    label = entry.label or entry.name.replace("_", " ").title()
    made = Parameter(entry.name, kind, Stage.NEW, label, entry.description, source=(TOLD,))
    if kind is Kind.ENUM:
        made = replace(made, choices=entry.choices)
    elif kind in _NUMBERS:
        made = _ranged(made, entry)
    default = plain(entry.default)
    return _with_default(made, _usual(made) if default is None else default, is_told=False)


def _ranged(parameter: Parameter, entry: Entry) -> Parameter:
    """Give a parameter with the range that is told, as far as Blender can hold it."""
    is_whole = parameter.kind is Kind.INT
    largest = LARGEST_INT if is_whole else LARGEST_FLOAT
    usual = (-largest if parameter.minimum is None else parameter.minimum,
             largest if parameter.maximum is None else parameter.maximum)  # fmt: skip
    low = usual[0] if entry.minimum is None else entry.minimum
    high = usual[1] if entry.maximum is None else entry.maximum
    if low > high:
        raise AnswerError(f"The server's description of {entry.name} has a minimum above its maximum.")
    if is_whole and not (_is_whole(low) and _is_whole(high)):
        raise AnswerError(f"The server's description of {entry.name} has a range that is not of whole numbers.")
    low, high = max(low, -largest), min(high, largest)
    if low > high:
        raise AnswerError(f"The server's description of {entry.name} has a range that no field can hold.")
    exact = int if is_whole else float
    return replace(parameter, minimum=exact(low), maximum=exact(high))


def _usual(parameter: Parameter) -> Scalar:
    """Give a value to begin with, where no default is told."""
    if parameter.kind is Kind.ENUM:
        return parameter.values[0]
    if parameter.kind is Kind.BOOL:
        return False
    if parameter.kind is Kind.TEXT:
        return ""
    low, high = parameter.minimum or 0, parameter.maximum or 0
    return min(max(type(low)(0), low), high)


def _with_default(parameter: Parameter, value: Scalar | None, *, is_told: bool) -> Parameter:
    """Give a parameter with a default, which must be one that it allows; ours gives way where it no longer is."""
    cleaned = _cleaned(parameter, value)
    if cleaned is None and is_told:
        raise AnswerError(f"The server's description of {parameter.name} has a default that it does not allow.")
    if cleaned is None:
        cleaned = _usual(parameter) if parameter.kind not in _NUMBERS else _nearest(parameter, value)
    return replace(parameter, default=cleaned)


def _nearest(parameter: Parameter, value: Scalar | None) -> Scalar:
    low, high = parameter.minimum or 0, parameter.maximum or 0
    if isinstance(value, (bool, str)) or value is None:
        return _usual(parameter)
    nearest = min(max(value, low), high)
    return int(nearest) if parameter.kind is Kind.INT else float(nearest)


def _next_lower(parameter: Parameter, value: str) -> Scalar:
    """Give the choice below a value, or the lowest; the default where one of them is no number."""
    if not all(each.isdecimal() for each in (value, *parameter.values)):
        return _default_of(parameter)
    lower = [each for each in parameter.values if int(each) <= int(value)]
    return max(lower, key=int) if lower else min(parameter.values, key=int)


def _default_of(parameter: Parameter) -> Scalar:
    return _usual(parameter) if parameter.default is None else parameter.default


def _cleaned(parameter: Parameter, value: Scalar | None) -> Scalar | None:
    """Give a value as it would be sent; None for one that is not allowed."""
    kind = parameter.kind
    if kind is Kind.BOOL:
        return value if isinstance(value, bool) else None
    if kind is Kind.ENUM:
        return str(value) if str(value) in parameter.values else None
    if kind is Kind.TEXT:
        return value if isinstance(value, str) and len(value) <= LONGEST_TEXT else None
    if isinstance(value, (bool, str)) or value is None:
        return None
    low, high = parameter.minimum or 0, parameter.maximum or 0
    if not low <= value <= high or (kind is Kind.INT and not _is_whole(value)):
        return None
    return int(value) if kind is Kind.INT else float(value)


def _is_whole(number: float) -> bool:
    return isinstance(number, int) or number.is_integer()  # a whole one may be larger than any float


def _pipelines(resolutions: Iterable[str], names: tuple[str, ...]) -> dict[str, str]:
    """Pair each resolution with the pipeline type that names it once more, where there is one."""
    paired = {}
    for resolution in resolutions:
        likely = (PIPELINE_BY_RESOLUTION.get(resolution, ""), f"{resolution}_cascade", resolution)
        found = next((name for name in likely if name in names), None)
        if found is not None:
            paired[resolution] = found
    return paired

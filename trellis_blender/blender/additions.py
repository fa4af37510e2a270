# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene's values of parameters that only the server knows. Which there are, and what they allow, the offer says."""

import json
from functools import lru_cache
from typing import Any

import bpy

from ..core.catalogue import LONGEST_TEXT, Kind, Parameter, Scalar
from ..core.offer import LARGEST_FLOAT, LARGEST_INT, Offer
from ..core.request import GenerationRequest
from . import offers
from .fields import plain
from .open_fields import kept, lasting_number

FIELDS = {
    Kind.BOOL: "as_bool", Kind.INT: "as_int", Kind.FLOAT: "as_float", Kind.ENUM: "as_choice", Kind.TEXT: "as_text",
}  # fmt: skip
"""The property to draw for each kind."""


_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.BOOL: (bool,), Kind.INT: (int,), Kind.FLOAT: (int, float), Kind.ENUM: (str,), Kind.TEXT: (str,),
}  # fmt: skip


def _read(item: Any, kind: Kind, otherwise: Any) -> Any:
    """Give an item's value, else the server's default; what is of another kind is not shown."""
    found, value = offers.parameter(item.name), stored(item)
    if value is None and found is not None:
        value = found.default
    is_of_kind = isinstance(value, _TYPES[kind]) and (kind is Kind.BOOL or not isinstance(value, bool))
    return value if is_of_kind else otherwise


def _write(item: Any, value: Scalar) -> None:
    item.stored = json.dumps(value)


def _write_number(item: Any, value: float) -> None:
    found = offers.parameter(item.name)
    chosen = plain(found, kept(found, value)) if found is not None else value
    if chosen is not None:
        _write(item, chosen)


def _choices(item: Any, _context: bpy.types.Context | None) -> Any:
    found = offers.parameter(item.name)
    return _items_of(found.choices if found is not None else (), _read(item, Kind.ENUM, ""))


@lru_cache(maxsize=64)
def _items_of(choices: tuple[tuple[str, str], ...], chosen: str) -> list[tuple[str, str, str, str, int]]:
    """Kept, since Blender holds on to the texts without saying so."""
    labels = {**({chosen: chosen} if chosen else {}), **dict(choices)}
    return [(value, label, "", "NONE", lasting_number(value)) for value, label in labels.items()]


def _write_choice(item: Any, number: int) -> None:
    chosen = next((entry[0] for entry in _choices(item, None) if entry[4] == number), None)
    if chosen is not None:
        _write(item, chosen)


class TrellisAddition(bpy.types.PropertyGroup):
    """One of them, under its name at the server."""

    use: bpy.props.BoolProperty(name="Send", description="Send this parameter", default=False)
    stored: bpy.props.StringProperty(name="Value", description="The value as JSON", options={"HIDDEN"})
    as_bool: bpy.props.BoolProperty(
        name="On",
        description="What is sent",
        get=lambda item: _read(item, Kind.BOOL, False),
        set=_write,
    )
    as_int: bpy.props.IntProperty(
        name="Number", description="What is sent", min=-LARGEST_INT, max=LARGEST_INT,
        get=lambda item: _read(item, Kind.INT, 0), set=_write_number,
    )  # fmt: skip
    as_float: bpy.props.FloatProperty(
        name="Number", description="What is sent", min=-LARGEST_FLOAT, max=LARGEST_FLOAT, precision=3,
        get=lambda item: float(_read(item, Kind.FLOAT, 0.0)), set=_write_number,
    )  # fmt: skip
    as_choice: bpy.props.EnumProperty(
        name="Choice", description="What is sent", items=_choices,
        get=lambda item: lasting_number(_read(item, Kind.ENUM, "")), set=_write_choice,
    )  # fmt: skip
    as_text: bpy.props.StringProperty(
        name="Text", description="What is sent", maxlen=LONGEST_TEXT,
        get=lambda item: _read(item, Kind.TEXT, ""), set=_write,
    )  # fmt: skip


def stored(item: Any) -> Scalar | None:
    """Give an item's value, or None while it has none."""
    try:
        value = json.loads(item.stored) if item.stored else None
    except ValueError:
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


def find(settings: Any, name: str) -> Any:
    """Give a scene's item for a parameter, or None."""
    return settings.additions.get(name)


def switch(settings: Any, parameter: Parameter, *, on: bool) -> Any:
    """Have a parameter sent from now on, or no longer; its value stays for another time. Gives the item."""
    item = find(settings, parameter.name)
    if item is None:
        item = settings.additions.add()
        item.name = parameter.name
    item.use = on
    return item


def switched_on(settings: Any, offer: Offer) -> list[Parameter]:
    """Give those that the server has and the scene sends."""
    found = ((parameter, find(settings, parameter.name)) for parameter in offer.new)
    return [parameter for parameter, item in found if item is not None and item.use]


def values(settings: Any, offer: Offer) -> dict[str, Scalar]:
    """Give what is sent: what is switched on, as far as the server has it."""
    found = {}
    for parameter in switched_on(settings, offer):
        value = stored(find(settings, parameter.name))
        chosen = parameter.default if value is None else value
        if chosen is not None:
            found[parameter.name] = chosen
    return found


def apply(settings: Any, wanted: GenerationRequest, offer: Offer) -> None:
    """Switch on what a request has, with its values, and all others off."""
    for item in settings.additions:
        item.use = False
    for parameter in offer.new:
        if parameter.name in wanted.parameters:
            _write(switch(settings, parameter, on=True), wanted.parameters[parameter.name])

# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of a scene that follow the server in force: its ranges, defaults, choices. Knows no scene.

Blender fixes a property's range and default for good when it is made. So a number has its range by a callback, and
a parameter whose default at the server is another has a second property, which shows that until the scene has a value.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import bpy

from ..core.catalogue import BY_NAME, Kind, Parameter
from ..core.offer import Offer
from . import offers, preferences
from .fields import field, open_field, plain
from .language import hinted

LIVE_SUFFIX = "_live"
"""Ends the property that shows the server's default while the scene has no value of its own."""
_FIRST_OTHER = 1000


def kept(parameter: Parameter, value: float) -> float:
    """Give the nearest value to a number that the server in force allows, as Blender's own fields do."""
    now = offers.parameter(parameter.name) or parameter
    number = plain(parameter, value)
    if now.minimum is None or now.maximum is None or not isinstance(number, (int, float)):
        return value
    return min(max(value, now.minimum), now.maximum) if not now.minimum <= number <= now.maximum else value


def keeping(parameter: Parameter) -> dict[str, Any]:
    """Give the argument of a number's property that keeps it in the server's range."""
    if parameter.kind not in (Kind.INT, Kind.FLOAT):
        return {}

    def keep(owner: Any, _context: bpy.types.Context) -> None:
        value = getattr(owner, parameter.name)
        nearest = kept(parameter, value)
        if nearest != value:
            setattr(owner, parameter.name, nearest)

    return {"update": keep}


def live_field(parameter: Parameter) -> Any:
    """Give the annotation of the property that shows a parameter as it is in force."""
    name, values = parameter.name, parameter.values

    def read(owner: Any) -> Any:
        value = getattr(owner, name)
        if not owner.is_property_set(name):
            value = offers.default(name)
        if parameter.kind is not Kind.ENUM:
            return value
        return values.index(value) if value in values else 0

    def write(owner: Any, value: Any) -> None:
        setattr(owner, name, values[value] if parameter.kind is Kind.ENUM else value)

    return open_field(parameter, get=read, set=write)


def preferred(parameter: Parameter) -> Any:
    """Give the value of a parameter for scenes that have none of their own: the preferences', or the server's."""
    own = preferences.get()
    return getattr(own, parameter.name) if own.is_property_set(parameter.name) else offers.default(parameter.name)


def preferred_fields(parameter: Parameter, own_suffix: str, set_suffix: str) -> dict[str, Any]:
    """Give the properties of a parameter that follows the preferences, or else the server, until the scene has a value.

    A scene's own choice is kept by its name, since a server may add choices, and another may not have them.
    """
    name, is_choice = parameter.name, parameter.kind is Kind.ENUM
    own, flag = name + own_suffix, name + set_suffix

    def effective(owner: Any) -> Any:
        if getattr(owner, flag):
            return getattr(owner, own)
        return preferred(parameter)

    def read(owner: Any) -> Any:
        return number_of(parameter, effective(owner)) if is_choice else effective(owner)

    def write(owner: Any, value: Any) -> None:
        chosen = (value_of(parameter, value) or effective(owner)) if is_choice else kept(parameter, value)
        setattr(owner, own, chosen)
        setattr(owner, flag, True)

    made = {flag: bpy.props.BoolProperty(name=f"Own {parameter.label}", default=False, options={"HIDDEN"})}
    if not is_choice:
        hidden = open_field(parameter, options={"HIDDEN"})
        return made | {own: hidden, name: open_field(parameter, get=read, set=write)}
    first = parameter.values.index(str(parameter.default))
    return made | {
        own: bpy.props.StringProperty(name=f"Own {parameter.label}", options={"HIDDEN"}),
        name: field(parameter, get=read, set=write, items=live_items(parameter, effective), default=first),
    }


def shown(name: str) -> str:
    """Give the property to draw for a parameter."""
    return name + LIVE_SUFFIX if has_live(BY_NAME[name]) and offers.default(name) != BY_NAME[name].default else name


def has_live(parameter: Parameter) -> bool:
    """Whether a parameter has a second property; a pipeline type is chosen by the resolution."""
    return parameter.name != "pipeline_type" and parameter.name not in preferences.DEFAULTS


def number_of(parameter: Parameter, value: str) -> int:
    """Give the number that Blender keeps for a choice: the same for good, in whatever order a server lists them."""
    return parameter.values.index(value) if value in parameter.values else lasting_number(value)


def lasting_number(value: str) -> int:
    """Give a number for a choice that follows from its name alone."""
    return _FIRST_OTHER + zlib.crc32(value.encode()) % 2**30


def value_of(parameter: Parameter, number: int) -> str:
    """Give the choice that Blender keeps a number for."""
    every = (*parameter.values, *offers.values(parameter.name))
    return next((value for value in every if number_of(parameter, value) == number), "")


def live_items(parameter: Parameter, effective: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Give the function that gives an enumeration's choices: the server's, and those that it no longer has.

    ``effective`` gives an owner's choice, which stays visible whatever the server has.
    """

    def listed(owner: Any, _context: bpy.types.Context | None) -> Any:
        return _items_of(parameter, offers.current(), effective(owner) or "", bpy.app.translations.locale)

    return listed


@lru_cache(maxsize=32)
def _items_of(parameter: Parameter, offer: Offer, chosen: str, _locale: str) -> list[tuple[str, str, str, str, int]]:
    """Kept, since Blender holds on to the texts without saying so."""
    now = offer.by_name.get(parameter.name, parameter)
    labels = dict((*parameter.choices, *now.choices))
    made = []
    for value, label in {**({chosen: chosen} if chosen else {}), **labels}.items():
        said = ""
        if value not in now.values:
            said = hinted("The server does not offer this")
        elif parameter.name == "resolution":
            price = offer.price_of(value)
            said = hinted(f"${price} an object" if price is not None else "The server does not tell the price of this")
        made.append((value, label, said, "NONE", number_of(parameter, value)))
    return sorted(made, key=lambda item: list(labels).index(item[0]) if item[0] in labels else len(labels))

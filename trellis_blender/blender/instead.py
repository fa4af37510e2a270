# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller wants instead of what the scene says, for one order: an operator's arguments. Changes no scene."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import bpy

from ..core import arguments
from ..core.catalogue import SETTINGS, Kind, Scalar
from ..core.errors import InvalidRequest
from ..core.preparation import Background, Preparation
from ..core.presets import RESOLUTION
from . import fields, offers, preparing, presets
from .language import report

_WIDEST = 2**31 - 1


@dataclass(frozen=True)
class Wish:
    """What is not as in the scene. ``values`` are parameters by the API's names, ``preparation`` the picture's."""

    values: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    preparation: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    name: str = ""
    image: str = ""

    def prepared(self, usual: Preparation) -> Preparation:
        """Give how the picture is made ready."""
        return replace(usual, **self.preparation)


NOTHING = Wish()


def annotations() -> dict[str, Any]:
    """Give an operator's arguments: a name, a preset, every parameter, and how the picture is made ready.

    The next press knows nothing of them. Choices are texts, and numbers have no limits of Blender's, which would give
    another value without a word: what the server in force does not take is refused.
    """
    made: dict[str, Any] = {
        "name": bpy.props.StringProperty(
            name="Name", description="For the object, in one line; else the picture's", options={"SKIP_SAVE"}
        ),
        "preset": bpy.props.StringProperty(
            name="Preset", description="Blockout, Standard, Hero, or the name of one of your own",
            options={"SKIP_SAVE"},
        ),
    }  # fmt: skip
    for parameter in SETTINGS:
        given: dict[str, Any] = {"options": {"SKIP_SAVE"}}
        if parameter.kind in (Kind.INT, Kind.FLOAT):
            given |= {"min": -_WIDEST, "max": _WIDEST}
        made[parameter.name] = fields.free(parameter, **given)
    for name, make in preparing.FIELDS.items():
        most = preparing.SHARES.get(name)
        given = {"soft_min": 0.0, "soft_max": most, "min": -_WIDEST, "max": _WIDEST} if most else {}
        made[name] = make(update=None, options={"SKIP_SAVE"}, **given)
    return made


def of(operator: Any) -> Wish:
    """Give what an operator was called with. Raises :class:`InvalidRequest`."""
    given = operator.properties.is_property_set
    values: dict[str, Scalar] = {}
    if given("preset"):
        values |= _preset(operator)
    for parameter in SETTINGS:
        if given(parameter.name):
            values[parameter.name] = fields.given(parameter, getattr(operator, parameter.name))
    ready = {name: getattr(operator, name) for name in preparing.FIELDS if given(name)}
    for name, most in preparing.SHARES.items():
        if name in ready:
            ready[name] = arguments.share(name, round(ready[name], 6), most)
    if "background" in ready:
        ready["background"] = Background[ready["background"]]
    return Wish(
        MappingProxyType(values), MappingProxyType(ready), arguments.name(operator.name),
        getattr(operator, "image", ""),
    )  # fmt: skip


def _preset(operator: Any) -> Mapping[str, Scalar]:
    """Give what a preset sets, and say what of it the server does not offer. Raises :class:`InvalidRequest`.

    The call orders at once, so that nobody sees the price before: what is not offered becomes nothing that costs more.
    """
    name = operator.preset
    found = presets.sought(name)
    if found is None:
        known = ", ".join(preset.name for preset in presets.every())
        raise InvalidRequest("preset", name, f"one of {known}")
    if not operator.properties.is_property_set(RESOLUTION):
        found.check_price(offers.current())
    told = tuple(each for each in found.replaced if not operator.properties.is_property_set(each))
    if told:
        report(operator, {"INFO"}, presets.replacement(replace(found, replaced=told)))
    return found.values

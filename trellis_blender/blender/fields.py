# SPDX-License-Identifier: GPL-3.0-or-later
"""One catalogue parameter -> one Blender property, by an exhaustive table over its kind. Knows no scene."""

from collections.abc import Callable
from typing import Any

import bpy

from ..core.catalogue import PRICE_BY_RESOLUTION_USD, Kind, Parameter, Scalar
from ..core.offer import LARGEST_FLOAT, LARGEST_INT
from .identity import TEXT_CONTEXT
from .language import composed

AUTOMATIC = "AUTO"
"""The item of an enumeration that leaves the choice to the request."""


def field(parameter: Parameter, **changes: Any) -> Any:
    """Give the annotation of a property for ``parameter``; ``changes`` replace or add its arguments."""
    names = {"name": parameter.label, "translation_context": TEXT_CONTEXT}
    arguments = {**names, "description": composed(tooltip(parameter)), **changes}
    return _FIELDS[parameter.kind](parameter, arguments)


def open_field(parameter: Parameter, **changes: Any) -> Any:
    """Give the annotation of a property; a number may leave the catalogue's range where the server has another."""
    if parameter.kind not in (Kind.INT, Kind.FLOAT):
        return field(parameter, **changes)
    largest = LARGEST_INT if parameter.kind is Kind.INT else LARGEST_FLOAT
    wide = {"min": -largest, "max": largest, "soft_min": parameter.minimum, "soft_max": parameter.maximum}
    return field(parameter, **{**wide, **changes})


def free(parameter: Parameter, **changes: Any) -> Any:
    """Give the annotation of an argument for ``parameter``; a choice is a text, since a server may have others."""
    if parameter.kind is not Kind.ENUM:
        limits = {"soft_min": parameter.minimum, "soft_max": parameter.maximum}
        return field(parameter, **(limits if parameter.kind in (Kind.INT, Kind.FLOAT) else {}), **changes)
    choices = ", ".join(parameter.values)
    lines = [tooltip(parameter), f"One of {choices}"]
    names = {"name": parameter.label, "translation_context": TEXT_CONTEXT, "description": composed(".\n".join(lines))}
    return _text(parameter, {**names, **changes})


def tooltip(parameter: Parameter) -> str:
    """Give the tooltip: what it does, the allowed range, and whether the provider's documentation names it."""
    lines = [parameter.description]
    if parameter.kind in (Kind.INT, Kind.FLOAT):
        lines.append(f"From {parameter.minimum} to {parameter.maximum}")
    if not parameter.confirmed:
        lines.append("Known from other hosts of this model, not from the provider's documentation")
    return ".\n".join(lines)


def plain(parameter: Parameter, value: Any) -> Scalar | None:
    """Give a property's value as the API takes it; None when the choice is left to the request.

    Blender's floats have 32 bits, so that 0.7 comes back as 0.699999988: seven digits undo that.
    """
    if parameter.kind is Kind.FLOAT:
        return float(f"{value:.7g}")
    if parameter.kind is Kind.ENUM:
        return None if value == AUTOMATIC else str(value)
    if parameter.kind is Kind.TEXT:
        return str(value)
    return bool(value) if parameter.kind is Kind.BOOL else int(value)


def given(parameter: Parameter, value: Any) -> Scalar:
    """Give an argument's value as the API takes it; what leaves a choice open is none of its values."""
    found = plain(parameter, value)
    return str(value) if found is None else found


def items(parameter: Parameter) -> list[tuple[str, str, str]]:
    """Give an enumeration's choices as Blender takes them."""
    prices = PRICE_BY_RESOLUTION_USD if parameter.name == "resolution" else {}
    costs = {value: composed(f"${price} an object") for value, price in prices.items()}
    return [(value, label, costs.get(value, "")) for value, label in parameter.choices]


def _enumeration(parameter: Parameter, arguments: dict[str, Any]) -> Any:
    return bpy.props.EnumProperty(**{"items": items(parameter), "default": parameter.default, **arguments})


def _boolean(parameter: Parameter, arguments: dict[str, Any]) -> Any:
    return bpy.props.BoolProperty(**{"default": parameter.default, **arguments})


def _integer(parameter: Parameter, arguments: dict[str, Any]) -> Any:
    bounds = {"default": parameter.default, "min": parameter.minimum, "max": parameter.maximum}
    return bpy.props.IntProperty(**{**bounds, **arguments})


def _number(parameter: Parameter, arguments: dict[str, Any]) -> Any:
    bounds = {"default": parameter.default, "min": parameter.minimum, "max": parameter.maximum, "precision": 2}
    return bpy.props.FloatProperty(**{**bounds, **arguments})


def _text(parameter: Parameter, arguments: dict[str, Any]) -> Any:
    return bpy.props.StringProperty(**{"default": parameter.default, **arguments})


_FIELDS: dict[Kind, Callable[[Parameter, dict[str, Any]], Any]] = {
    Kind.ENUM: _enumeration,
    Kind.BOOL: _boolean,
    Kind.INT: _integer,
    Kind.FLOAT: _number,
    Kind.TEXT: _text,
}

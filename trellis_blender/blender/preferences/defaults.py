# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters whose value on the page is used by every scene that does not set its own, as the server in force has them.

The server may have other choices, ranges and defaults than the catalogue. So a choice is kept by its name, too, and a
second property shows the server's default where that is another, until a value is set here. Asks nobody.
"""

from collections.abc import Callable
from typing import Any, Final

import bpy

from ...core.catalogue import BY_NAME, Kind, Parameter
from .. import offers, open_fields
from ..fields import field, open_field
from ..text import draw_wrapped

NAMES: Final = ("resolution", "texture_size", "decimation_target")
_LIVE, _NAMED = "_live", "_named"
HIDDEN: Final = frozenset(name + suffix for name in NAMES for suffix in (_LIVE, _NAMED))
"""Properties that say nothing that the others do not."""


def annotations() -> dict[str, Any]:
    """Give the properties."""
    made: dict[str, Any] = {}
    for parameter in (BY_NAME[name] for name in NAMES):
        made |= _choice(parameter) if parameter.kind is Kind.ENUM else _number(parameter)
    return made


def draw(layout: bpy.types.UILayout, own: Any, name: str) -> None:
    """Draw one, and the server's range where it is not the one that the tooltip tells."""
    layout.prop(own, shown(name))
    now = offers.parameter(name)
    if now is not None and now.kind is Kind.INT and offers.current().is_other(name):
        column = layout.column()
        column.active = False
        draw_wrapped(column, f"From {now.minimum} to {now.maximum}")


def shown(name: str) -> str:
    """Give the property to draw."""
    return name if offers.default(name) == BY_NAME[name].default else name + _LIVE


def _number(parameter: Parameter) -> dict[str, Any]:
    name = parameter.name

    def keep(own: Any, _context: bpy.types.Context) -> None:
        value = getattr(own, name)
        nearest = open_fields.kept(parameter, value)
        if nearest != value:
            setattr(own, name, nearest)

    def write(own: Any, value: int) -> None:
        setattr(own, name, value)

    live = open_field(parameter, get=_preferred(parameter), set=write)
    return {name: open_field(parameter, update=keep), name + _LIVE: live}


def _choice(parameter: Parameter) -> dict[str, Any]:
    name, named = parameter.name, parameter.name + _NAMED
    first = parameter.values.index(str(parameter.default))

    def listed(own: Any, context: bpy.types.Context | None) -> Any:
        return open_fields.live_items(parameter, chosen)(own, context)

    def chosen(own: Any) -> str:
        return str(getattr(own, named)) if own.is_property_set(name) else ""

    def remember(own: Any, _context: bpy.types.Context) -> None:
        setattr(own, named, getattr(own, name))

    def read(own: Any) -> int:
        return open_fields.number_of(parameter, _preferred(parameter)(own))

    def write(own: Any, number: int) -> None:
        chosen_now = next((item[0] for item in listed(own, None) if item[4] == number), None)
        if chosen_now is not None:
            setattr(own, name, chosen_now)

    return {
        name: field(parameter, items=listed, default=first, update=remember),
        named: bpy.props.StringProperty(name=f"Own {parameter.label}", options={"HIDDEN"}),
        name + _LIVE: field(parameter, items=listed, default=first, get=read, set=write),
    }


def _preferred(parameter: Parameter) -> Callable[[Any], Any]:
    return lambda _own: open_fields.preferred(parameter)

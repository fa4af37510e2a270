# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue -> the tables of parameters and prices in the pages. Text only; reads and writes no file."""

import re

from trellis_blender.core.catalogue import PARAMETERS, PRICE_BY_RESOLUTION_USD, Kind, Parameter, Stage, settings_of

NOT_CONFIRMED = "†"
_PREFACE = (
    f"The service has {len(PARAMETERS)} parameters. {NOT_CONFIRMED} marks those that are known from other hosts of "
    "this model and not from the provider's documentation."
)


def parameter_table() -> str:
    """Give one table a stage, in the order of the panels."""
    parts = [_PREFACE]
    for stage in Stage:
        rows = [_row(parameter) for parameter in settings_of(stage)]
        if not rows:
            continue
        header = ["| Label | Name in the API | Default | Allowed | What it does |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"**{stage.value}**", "", *header, *rows]))
    return "\n\n".join(parts)


def price_table() -> str:
    """Give the price list."""
    rows = [f"| {resolution} | ${price} |" for resolution, price in PRICE_BY_RESOLUTION_USD.items()]
    return "\n".join(["| Resolution | List price of one object |", "|---|---|", *rows])


GENERATED = {"README.md": ("prices", price_table), "docs/parameters.md": ("parameters", parameter_table)}
"""What stands between ``<!-- NAME: … -->`` and ``<!-- /NAME -->`` in which page."""


def refreshed(page: str, text: str) -> str:
    """Give a page's text with its generated part as it should be. Raises ValueError when a marker is missing."""
    name, make = GENERATED[page]
    marked = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    # No backslash of ours may be taken for one of the pattern's.
    generated = make().replace("\\", "\\\\")
    text, number = marked.subn(rf"\g<1>\n{generated}\n\n\g<2>", text)
    if number != 1:
        raise ValueError(f"{page} has {number} parts between the markers of {name}, not 1.")
    return text


def _row(parameter: Parameter) -> str:
    cells = (_label(parameter), f"`{parameter.name}`", _default(parameter), _allowed(parameter), parameter.description)
    return f"| {' | '.join(cells)} |"


def _label(parameter: Parameter) -> str:
    return parameter.label if parameter.confirmed else f"{parameter.label} {NOT_CONFIRMED}"


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return "–"
    return ("on" if parameter.default else "off") if parameter.kind is Kind.BOOL else str(parameter.default)


def _allowed(parameter: Parameter) -> str:
    if parameter.kind is Kind.BOOL:
        return "on, off"
    if parameter.kind is Kind.ENUM:
        return ", ".join(parameter.values)
    if parameter.kind in (Kind.IMAGE, Kind.URL):
        return "a picture" if parameter.kind is Kind.IMAGE else "an address"
    return f"{parameter.minimum} – {parameter.maximum}"

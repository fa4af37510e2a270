# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows all pictures, from the table of states: a row of sidebars, or one picture as wide as it is."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from PIL import Image

from photography.studio import State

_HEAD = """<!-- Written by scripts/screenshots; do not edit. -->
# The interface, state by state

Taken in a real Blender window against the project's own stand-in server by `scripts/screenshots`, which draws all of
them anew with one command.
"""
IN_A_ROW = 3
SIDEBAR_PIXELS = 300
"""A picture up to this wide stands in a row with others."""


def text(groups: Sequence[ModuleType], folder: Path) -> str:
    """Give the page; ``folder`` has the pictures, whose widths are asked for."""
    contents = "\n".join(f"- [{group.TITLE}](#{_anchor(group.TITLE)})" for group in groups)
    return "\n".join([_HEAD, f"{contents}\n", *(part for group in groups for part in _group(group, folder))])


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _group(group: ModuleType, folder: Path) -> Iterator[str]:
    yield f"## {group.TITLE}\n\n{group.SAYS}\n"
    row: list[State] = []
    for state in group.STATES:
        if _width(folder / f"{state.name}.webp") > SIDEBAR_PIXELS:
            yield from _rows(row)
            row = []
            yield f"**{state.says}.**\n\n![{state.says}](screenshots/{state.name}.webp)\n"
        else:
            row.append(state)
    yield from _rows(row)


def _rows(states: Sequence[State]) -> Iterator[str]:
    for start in range(0, len(states), IN_A_ROW):
        shown = states[start : start + IN_A_ROW]
        cells = [f"| {' | '.join(_each(shown, head=True))} |", f"|{' :---: |' * len(shown)}"]
        yield "\n".join([*cells, f"| {' | '.join(_each(shown, head=False))} |"]) + "\n"


def _each(states: Iterable[State], *, head: bool) -> list[str]:
    return [state.says if head else f"![{state.says}](screenshots/{state.name}.webp)" for state in states]


def _width(path: Path) -> int:
    if not path.exists():
        return 0
    with Image.open(path) as picture:
        return picture.width

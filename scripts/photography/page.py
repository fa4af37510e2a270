# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows all pictures, from the table of states. Text only."""

from collections.abc import Sequence

from photography.studio import State

_HEAD = """<!-- Written by scripts/screenshots; do not edit. -->
# The interface, state by state

Taken in a real Blender window against the project's own stand-in server by `scripts/screenshots`, which draws all of
them anew with one command.
"""


def text(states: Sequence[State]) -> str:
    """Give the page."""
    parts = [
        f"## {state.name.replace('-', ' ').capitalize()}\n\n{state.says}.\n\n"
        f"![{state.says}](screenshots/{state.name}.webp)\n"
        for state in states
    ]
    return "\n".join([_HEAD, *parts])

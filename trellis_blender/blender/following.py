# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of a scene that follow the preferences until the scene sets its own value. Knows none by name."""

from collections.abc import Callable, Sequence
from typing import Any

OWN_SUFFIX = "_own"
"""Ends the hidden property that holds a scene's own value of what else follows the preferences."""
SET_SUFFIX = "_is_own"
"""Ends the hidden property that says whether the scene has its own value."""


def annotations(
    name: str, make: Callable[..., Any], flag: Callable[..., Any], source: Callable[[], Any], *,
    choices: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Give the three properties of one that follows.

    ``make`` makes a property of its kind with these arguments changed, ``flag`` a boolean one; ``source`` gives the
    preferences, which have one of the same name. ``choices`` are the identifiers of an enumeration, in their order.
    """
    own, mark = name + OWN_SUFFIX, name + SET_SUFFIX

    def read(settings: Any) -> Any:
        value = getattr(settings, own) if getattr(settings, mark) else getattr(source(), name)
        return choices.index(value) if choices else value

    def write(settings: Any, value: Any) -> None:
        setattr(settings, own, choices[value] if choices else value)
        setattr(settings, mark, True)

    hidden = {"options": {"HIDDEN"}}
    return {own: make(**hidden), mark: flag(default=False, **hidden), name: make(get=read, set=write)}

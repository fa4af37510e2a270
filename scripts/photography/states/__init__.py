# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of states: one small function each. To photograph another state, add an entry to one of these modules."""

from types import ModuleType

from photography.studio import State

from . import history, jobs, languages, looks, money, objects, page, settings, sources, start

GROUPS: tuple[ModuleType, ...] = (
    start, sources, settings, jobs, objects, history, money, page, looks, languages
)  # fmt: skip
"""Each has a ``TITLE``, what it ``SAYS`` below it, and its ``STATES``, in the page's order."""
STATES: tuple[State, ...] = tuple(state for group in GROUPS for state in group.STATES)

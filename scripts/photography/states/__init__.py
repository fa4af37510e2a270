# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of states: one small function each. To photograph another state, add an entry to one of these modules."""

from photography.studio import State

from . import jobs, languages, looks, money, objects, settings, sources, start

STATES: tuple[State, ...] = (
    *start.STATES, *sources.STATES, *settings.STATES, *jobs.STATES, *objects.STATES, *money.STATES, *looks.STATES,
    *languages.STATES,
)  # fmt: skip

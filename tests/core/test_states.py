# SPDX-License-Identifier: GPL-3.0-or-later
"""The state diagram of the documentation is the table that the engine goes by."""

from __future__ import annotations

from pathlib import Path

from documentation.states import page
from trellis_blender.core.jobs import TRANSITIONS, State

STATES = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_page_is_up_to_date() -> None:
    assert STATES.read_text(encoding="utf-8") == page(), "run scripts/docs"


def test_diagram_holds_every_change_and_every_meaning() -> None:
    text = page()
    assert text.count(" --> ") == 1 + sum(map(len, TRANSITIONS.values())) + sum(
        not TRANSITIONS[state] for state in State
    )
    assert "| uncertain | The answer to the POST was lost" in text

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the interface: one for each state and no other, the page that shows them, and what they weigh."""

from pathlib import Path

from photography import page
from photography.states import GROUPS, STATES

DOCS = Path(__file__).resolve().parents[2] / "docs"
MOST_BYTES = 6_000_000


def test_there_is_a_picture_of_every_state_and_no_other() -> None:
    names = [state.name for state in STATES]
    assert len(set(names)) == len(names)
    assert {path.stem for path in (DOCS / "screenshots").glob("*.webp")} == set(names)


def test_the_page_is_that_of_the_table() -> None:
    assert (DOCS / "screenshots.md").read_text(encoding="utf-8") == page.text(GROUPS, DOCS / "screenshots")


def test_the_pictures_are_no_burden_to_whoever_clones() -> None:
    assert sum(path.stat().st_size for path in DOCS.rglob("*.webp")) < MOST_BYTES


def test_a_state_that_goes_on_has_one_to_go_on_from() -> None:
    assert not any(group.STATES[0].goes_on for group in GROUPS)

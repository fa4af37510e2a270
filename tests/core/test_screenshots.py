# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the interface: one for each state and no other, the page that shows them, and what they weigh."""

from pathlib import Path

from PIL import Image, ImageDraw

from photography import darkroom, page
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


def test_a_picture_stays_only_where_it_shows_the_same(tmp_path: Path) -> None:
    """Of a whole panel an icon is so little that it was not noticed: pictures went on showing one that was gone."""
    shown = Image.new("RGB", (291, 700), (48, 48, 48))
    pen = ImageDraw.Draw(shown)
    for row in range(0, 680, 24):
        pen.text((20, row), "Resolution 512 1024 1536", fill=(230, 230, 230))
    assert darkroom.keep(shown, tmp_path / "panel.webp")
    assert not darkroom.keep(shown, tmp_path / "panel.webp"), "it is compressed, which is no difference"
    pen.ellipse((250, 302, 262, 314), outline=(220, 220, 220), width=2)
    assert darkroom.keep(shown, tmp_path / "panel.webp")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages tell what is so: tables follow the catalogue, links lead somewhere, commands have their options."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from documentation.tables import GENERATED, parameter_table, refreshed
from trellis_blender.core.catalogue import PARAMETERS, PRICE_BY_RESOLUTION_USD

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
README = CHECKOUT / "README.md"
FOLDERS = ("pictures", "screenshots")
PICTURE_LIMIT_BYTES = 400_000
FILM = "walk-through.webp"
FILM_LIMIT_BYTES, FILM_LIMIT_SECONDS, FILM_LIMIT_PIXELS = 1_500_000, 20.0, 960
README_LIMIT_WORDS = 1300
"""What is read in five minutes, with a little to spare."""
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)\"")
COMMAND = re.compile(r"(scripts/[a-z-]+)((?: [^`|\n]*)?)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links(page: Path) -> Iterator[str]:
    for found in LINK.finditer(CODE.sub("", text(page))):
        target = found[1] or found[2]
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("name", GENERATED)
def test_tables_are_fresh(name: str) -> None:
    assert refreshed(name, text(CHECKOUT / name)) == text(CHECKOUT / name), "run scripts/docs"


def test_every_parameter_and_price_is_told() -> None:
    assert [name for name in (p.name for p in PARAMETERS) if f"| `{name}` |" not in parameter_table()] == []
    assert all(f"${price}" in text(README) for price in PRICE_BY_RESOLUTION_USD.values())


def test_a_missing_marker_is_noticed() -> None:
    with pytest.raises(ValueError, match="prices"):
        refreshed("README.md", text(README).replace("<!-- /prices -->", ""))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} is not there"
        assert there.is_relative_to(CHECKOUT), f"{target} leads out of the repository"
        assert not anchor or anchor in anchors(there), f"{target}: there is no such heading"


def test_every_page_is_found_from_the_readme() -> None:
    seen, ahead = {README}, [README]
    while ahead:
        page = ahead.pop()
        for target in links(page):
            there = (page.parent / target.partition("#")[0]).resolve()
            if there.suffix == ".md" and there not in seen:
                seen.add(there)
                ahead.append(there)
    assert [named(page) for page in PAGES if page not in seen] == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page)}
    pictures = sorted(path for folder in FOLDERS for path in (CHECKOUT / "docs" / folder).iterdir() if path.is_file())
    assert len(pictures) > len(FOLDERS)
    for picture in pictures:
        assert picture in shown, f"{picture.name} is shown nowhere"
        assert picture.name == FILM or picture.stat().st_size < PICTURE_LIMIT_BYTES, picture.name


def test_the_film_is_short_small_and_first() -> None:
    path = CHECKOUT / "docs" / "pictures" / FILM
    assert next(links(README)) == f"docs/pictures/{FILM}"
    assert path.stat().st_size <= FILM_LIMIT_BYTES
    milliseconds = 0
    with Image.open(path) as film:
        assert film.width <= FILM_LIMIT_PIXELS
        assert film.n_frames > 20
        for number in range(film.n_frames):
            film.seek(number)
            film.load()  # only then it says how long this one stands
            milliseconds += film.info["duration"]
    assert milliseconds / 1000 <= FILM_LIMIT_SECONDS


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len(re.findall(r"\w+", re.sub(r"\]\([^)]*\)|<[^>]*>", "", text(README)))) <= README_LIMIT_WORDS


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_and_their_options_exist(page: Path) -> None:
    for command, rest in COMMAND.findall(text(page)):
        path = CHECKOUT / command
        assert path.exists(), f"{command} is not there"
        for option in OPTION.findall(rest.partition(" -- ")[0]) if path.is_file() else ():
            assert f'"{option}"' in path.read_text(encoding="utf-8"), f"{command} has no {option}"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The README tells what is so: its tables follow the catalogue, its files exist, its pictures are small."""

import re
from pathlib import Path

import pytest

from documentation.tables import parameter_table, refreshed
from trellis_blender.core.catalogue import PARAMETERS, PRICE_BY_RESOLUTION_USD

CHECKOUT = Path(__file__).resolve().parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
PICTURE_LIMIT_BYTES = 400_000


def test_tables_are_fresh() -> None:
    assert refreshed(README) == README, "run scripts/docs"


def test_every_parameter_and_price_is_told() -> None:
    assert [name for name in (p.name for p in PARAMETERS) if f"| `{name}` |" not in parameter_table()] == []
    assert all(f"${price}" in README for price in PRICE_BY_RESOLUTION_USD.values())


def test_a_missing_marker_is_noticed() -> None:
    with pytest.raises(ValueError, match="parameters"):
        refreshed(README.replace("<!-- /parameters -->", ""))


def test_every_script_named_exists() -> None:
    named = set(re.findall(r"`?(scripts/[a-z]+)", README))
    assert {"scripts/demo", "scripts/check"} <= named
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists()] == []


def test_every_file_linked_exists() -> None:
    linked = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link]
    assert linked
    assert [link for link in linked if not (CHECKOUT / link).exists()] == []


def test_pictures_are_shown_and_small() -> None:
    pictures = sorted((CHECKOUT / "docs" / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < PICTURE_LIMIT_BYTES, picture.name
        assert f"docs/pictures/{picture.name}" in README, f"{picture.name} is shown nowhere"

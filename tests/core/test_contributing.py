# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the house shows rooms that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"[a-z_]+\.py", PAGE))
    there = {path.name for folder in ("trellis_blender", "tests") for path in (ROOT / folder).rglob("*.py")}
    assert len(named) > 20
    assert named <= there, named - there


def test_every_script_and_page_that_is_named_is_there() -> None:
    assert all(
        (ROOT / name).exists() for name in re.findall(r"(?<![\w/])(?:scripts|tests|trellis_blender)/[\w/.-]+\b", PAGE)
    )
    assert all((ROOT / "docs" / name).exists() for name in re.findall(r"\]\(([\w.-]+\.md)\)", PAGE))


def test_the_rooms_are_in_their_storeys() -> None:
    """A file that moves to the other storey has to move in the picture."""
    for storey in ("blender", "core"):
        shown = PAGE.split(f"subgraph {storey}[")[1].split("    end\n")[0]
        for name in re.findall(r"[a-z_]+\.py", shown):
            assert (
                list((ROOT / "trellis_blender" / storey).rglob(name)) or (ROOT / "trellis_blender" / name).exists()
            ), name

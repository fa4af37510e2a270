# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of ours calls operators within Blender's own override, by which Blender up to 5.0 crashes: see footing.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BLENDER = Path(__file__).resolve().parents[2] / "trellis_blender"
ALLOWED = {
    "blender/footing.py",
    # One operator, when a render of ours is stopped: nothing else can be told a scene that no window shows.
    "blender/taking/stage.py",
}


@pytest.mark.parametrize("path", sorted(BLENDER.rglob("*.py")), ids=lambda path: path.stem)
def test_only_footing_overrides_the_context(path: Path) -> None:
    overrides = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "temp_override"
    ]
    assert not overrides or path.relative_to(BLENDER).as_posix() in ALLOWED, "stand there by footing.at"

# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/operators.md is what this Blender says of the operators."""

import importlib.util
from pathlib import Path
from types import ModuleType

CHECKOUT = Path(__file__).resolve().parents[2]


def writer() -> ModuleType:
    # By its path: no folder of the checkout may be importable here.
    path = CHECKOUT / "scripts" / "documentation" / "operators.py"
    spec = importlib.util.spec_from_file_location("documentation_operators", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date() -> None:
    page = writer().page()
    assert "## `trellis.generate`\n" in page and "| `job` |" in page
    assert (CHECKOUT / "docs" / "operators.md").read_text("utf-8") == page, "run scripts/docs --operators"

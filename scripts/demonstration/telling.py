# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo prints; knows no Blender and no files."""

from pathlib import Path
from typing import Any

_WIDTH = 12


def lines(made: dict[str, Any], out: Path, *, is_live: bool) -> str:
    """Tell everything about one picture's way through."""
    asked = ", ".join(f"{name} {value}" for name, value in made["parameters"].items())
    charged = "charged" if is_live else "list price; the stand-in charges nothing"
    rows = [
        ("picture", f"{Path(made['picture']).name}, {_size(made['picture_pixels'])} pixels"),
        ("request", f"{asked or 'no parameter'} (all others: the service's defaults)"),
        ("price", f"${made['price']} ({charged})"),
        ("job", made["job_id"] or "–"),
        ("times", ", ".join(f"{what} {seconds:.1f} s" for what, seconds in made["seconds"].items())),
        ("object", f"{made['faces']:,} faces"),
        ("textures", ", ".join(f"{name} {_size(size)}" for name, size in made["textures"].items()) or "none"),
        ("files", "\n".join(str(out / name) for name in made["files"].values())),
    ]
    return "\n".join([f"\n{made['name']}", *(_row(*row) for row in rows)])


def verdict(found: str, faults: list[str]) -> str:
    """Tell what a fresh Blender found in the file."""
    return _row("verified", f"{found} ✓" if not faults else "FAILED: " + "; ".join(faults))


def _row(title: str, text: str) -> str:
    first, *rest = text.splitlines() or ["–"]
    return "\n".join([f"  {title:{_WIDTH}}{first}", *(" " * (_WIDTH + 2) + line for line in rest)])


def _size(pixels: list[int]) -> str:
    return " × ".join(str(side) for side in pixels)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogs of an asset library, a line each in a file at its root. Imports nothing.

Source: https://docs.blender.org/manual/en/latest/files/asset_libraries/catalogs.html
"""

from __future__ import annotations

from typing import Final

FILE: Final = "blender_assets.cats.txt"
NONE: Final = "00000000-0000-0000-0000-000000000000"
_VERSION: Final = "VERSION 1"


def line_of(text: str, catalog: str) -> str:
    """Give the line that tells of a catalog; empty where none does."""
    return next((line.strip() for line in text.splitlines() if line.strip().startswith(f"{catalog}:")), "")


def added(text: str, line: str) -> str:
    """Give a file's text with a line more; a new file's where there is none."""
    begun = text if _VERSION in text else f"{_VERSION}\n\n{text}"
    end = "" if begun.endswith("\n") else "\n"
    return f"{begun}{end}{line}\n"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The languages there are, by Blender's own names of them, and where their files are."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "trellis_blender"
FOLDER = PACKAGE / "languages"

LANGUAGES = {
    "zh_HANS": "Simplified Chinese",
    "ja_JP": "Japanese",
    "de_DE": "German",
    "fr_FR": "French",
    "es": "Spanish",
}
"""The names are the same in every Blender from 4.2 to 5.2."""


def po_path(locale: str) -> Path:
    """Give where a language's translations are written."""
    return FOLDER / f"{locale}.po"

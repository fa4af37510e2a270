# SPDX-License-Identifier: GPL-3.0-or-later
"""A text -> lines of at most so many columns; Chinese and Japanese letters need two, and no blank. Imports no bpy."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BREAKABLE: Final = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CLOSING: Final = "[、。，．！？：；）」』】…ー]*"
_WORD: Final = re.compile(rf"\s*(?:[{_BREAKABLE}]|[^\s{_BREAKABLE}]+){_CLOSING}")
"""A word, or one letter of those that need no blanks between them, with the punctuation that no line begins with."""


def wrap(text: str, columns: int) -> list[str]:
    """Give the lines; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in _WORD.findall(text):
        piece = word if line else word.lstrip()
        if line and columns_of(line + piece) > columns:
            lines.append(line)
            line, piece = "", word.lstrip()
        while columns_of(piece) > columns:
            cut = _fitting(piece, columns)
            lines.append(piece[:cut])
            piece = piece[cut:]
        line += piece
    return [*lines, line] if line else lines


def columns_of(text: str) -> int:
    """Give how many columns a text needs."""
    return len(text) if text.isascii() else sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text
    )  # fmt: skip


def _fitting(word: str, columns: int) -> int:
    """Give how many characters of a word fit; one at least."""
    used = 0
    for index, character in enumerate(word):
        used += columns_of(character)
        if used > columns:
            return max(index, 1)
    return len(word)

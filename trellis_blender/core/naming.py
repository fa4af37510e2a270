# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be the name of a job, and so of its object, and what becomes of one that may not. Imports nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

LONGEST: Final = 255
"""More than any Blender keeps of a name."""
_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of what breaks a line, ends a text, or is half a letter that nothing can write or draw."""

_NUMBER: Final = re.compile(r"\.\d{3,}\Z")
"""What Blender puts at the end of a name that is taken."""


def stem(name: str, endings: Collection[str]) -> str:
    """Give a name without the ending of a file, also where Blender has numbered the name of a second such file."""
    for text in (name, _NUMBER.sub("", name)):
        rest, dot, ending = text.rpartition(".")
        if dot and rest and ending.lower() in endings:
            return rest
    return name


def is_readable(name: str) -> bool:
    """Whether a name can be written, drawn in one line, and given to an object."""
    return len(name) <= LONGEST and not any(unicodedata.category(letter) in _UNWRITABLE for letter in name)


def readable(name: object) -> str:
    """Give a name that is readable: of a file's address that hides a line break, of an early version's record."""
    text = str(name)[:LONGEST]
    if is_readable(text):
        return text
    return "".join(" " if unicodedata.category(letter) in _UNWRITABLE else letter for letter in text)

# SPDX-License-Identifier: GPL-3.0-or-later
"""How much room a text needs, in letters of the Latin alphabet: others count double."""

import re
import unicodedata

PLACEHOLDER = re.compile(r"\{[a-z0-9_]+\}")
_PUT_IN = 5
"""Letters that what is put in is taken to have."""


def width(text: str) -> int:
    """Give the room that a text needs."""
    plain = PLACEHOLDER.sub("x" * _PUT_IN, text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in plain)

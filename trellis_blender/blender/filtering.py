# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resolutions the history can be asked for: the catalogue's, the server's, and those that jobs have. No state."""

from functools import lru_cache
from typing import Any

import bpy

from ..core.catalogue import BY_NAME
from . import offers, session
from .open_fields import lasting_number

ANY = "ANY"
_NAME = "resolution"
_Item = tuple[str, str, str, str, int]


def items(_owner: Any, _context: bpy.types.Context | None) -> list[_Item]:
    """Give the choices as Blender takes them."""
    return _items_of(frozenset(offers.values(_NAME)) | session.current().history.resolutions())


def number(kept: int) -> int:
    """Give the number of a choice that was made, or that of any resolution where it is no choice any more."""
    return kept if any(item[4] == kept for item in items(None, None)) else 0


def value(kept: int) -> str:
    """Give the resolution that was chosen by its number; an empty text for any."""
    return next((item[0] for item in items(None, None) if item[4] == kept and item[0] != ANY), "")


@lru_cache(maxsize=8)
def _items_of(others: frozenset[str]) -> list[_Item]:
    """Kept, since Blender holds on to the texts without saying so."""
    built_in = BY_NAME[_NAME].values
    found = sorted({*built_in, *others}, key=lambda each: (not each.isdecimal(), len(each), each))
    numbers = {each: built_in.index(each) + 1 if each in built_in else lasting_number(each) for each in found}
    return [
        (ANY, "Any Resolution", "All resolutions", "NONE", 0),
        *((each, each, "Jobs at this resolution", "NONE", numbers[each]) for each in found),
    ]

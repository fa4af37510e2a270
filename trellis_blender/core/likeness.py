# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what the server tells of may be one of our jobs, by model, endpoint and price. Knows no times, no bpy."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import IntEnum
from typing import Final

from .catalogue import MODEL_ID
from .sightings import Sighting

_FAMILY: Final = ("trellis", "3d")
_OTHER_MEDIA: Final = re.compile("image|video|audio|speech|voice|music|chat|message|completion|embedding|text|rerank")


class Likeness(IntEnum):
    """How much something looks like a job of ours; what is only NEAR is never taken without being asked for."""

    FOREIGN = 0
    NEAR = 1
    OURS = 2


def _plain(name: str) -> str:
    """Give a model's name without what differs from one place to another: who offers it, case, signs."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition("/")[2].lower())


def of_kind(item: Sighting) -> Likeness:
    """Compare the model, and the endpoint where no model is told."""
    endpoint = item.endpoint.lower()
    is_our_endpoint = "3d/generations" in endpoint
    if item.model:
        if _plain(item.model) == _plain(MODEL_ID):
            return Likeness.OURS
        is_of_family = any(word in _plain(item.model) for word in _FAMILY)
        return Likeness.NEAR if is_of_family or is_our_endpoint else Likeness.FOREIGN
    if is_our_endpoint:
        return Likeness.OURS
    return Likeness.FOREIGN if _OTHER_MEDIA.search(endpoint) else Likeness.NEAR


def of_price(item: Sighting, price: Decimal) -> Likeness:
    """Compare the price; a running job may have none yet, or zero. Another is NEAR: prices change, and are reduced."""
    return Likeness.OURS if not item.price or item.price == price else Likeness.NEAR

# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of the model as a server may give them, and what is made of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trellis_blender.core import card, offer
from trellis_blender.core.catalogue import BY_NAME, PARAMETERS
from trellis_blender.core.errors import AnswerError
from trellis_blender.core.offer import Offer


def described(*entries: Any, without: tuple[str, ...] = (), **body: Any) -> dict[str, Any]:
    """Give a description of the model as it is in the catalogue, but for what is said."""
    changed = {entry["name"]: entry for entry in entries if isinstance(entry, dict) and "name" in entry}
    rows = [{"name": parameter.name, **changed.pop(parameter.name, {})} for parameter in PARAMETERS]
    others = [entry for entry in entries if not (isinstance(entry, dict) and entry.get("name") in BY_NAME)]
    return {"supported_parameters": [row for row in rows if row["name"] not in without] + others, **body}


def offered(*entries: Any, **body: Any) -> Offer:
    return offer.merge(card.read(json.dumps(described(*entries, **body)).encode()))


def refused(raw: str | dict[str, Any]) -> str:
    with pytest.raises(AnswerError) as caught:
        offer.merge(card.read((raw if isinstance(raw, str) else json.dumps(raw)).encode()))
    said = str(caught.value)
    assert said.endswith(".") and len(said) < 300
    return said

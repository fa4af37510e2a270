# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer to the wish for a fresh address of a file, in any of the shapes it may have. Sends nothing, no bpy."""

from __future__ import annotations

from typing import Final

from .api import parse_json
from .errors import AnswerError

_NAMES: Final = ("url", "signed_url")
_HOLDERS: Final = ("data", "file", "result")


def read_signed(raw: bytes) -> str:
    """Give the fresh address. Raises :class:`AnswerError` when there is none."""
    body = parse_json(raw, "the wish for a fresh link")
    for holder in (body, *(body.get(name) for name in _HOLDERS)):
        if isinstance(holder, dict):
            for name in _NAMES:
                value = holder.get(name)
                if isinstance(value, str) and value:
                    return value
    raise AnswerError("The service's answer to the wish for a fresh link holds none.", raw=raw)

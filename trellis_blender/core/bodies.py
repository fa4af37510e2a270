# SPDX-License-Identifier: GPL-3.0-or-later
"""How requests are written and the account's answer is read. Sends nothing, imports no bpy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from . import api, sightings
from .catalogue import Scalar
from .errors import AnswerError
from .sightings import Sighting
from .transport import Timeouts

CLOCK_SECONDS: Final = 5.0
"""How long an answer that is asked for its date alone is waited for."""
AWAITED_CONNECT_SECONDS: Final = 5.0
AWAITED_SECONDS: Final = 8.0
"""Two such questions in a row, at worst, are as long as an artist should look at *Asking the server…*."""


def brief(timeouts: Timeouts) -> Timeouts:
    """Give how long to wait for an answer that nothing depends on."""
    return replace(timeouts, connect_seconds=min(timeouts.connect_seconds, CLOCK_SECONDS),
                   read_seconds=min(timeouts.read_seconds, CLOCK_SECONDS))  # fmt: skip


def soon(timeouts: Timeouts) -> Timeouts:
    """Give how long to wait for an answer that the artist waits for, too."""
    return replace(timeouts, connect_seconds=min(timeouts.connect_seconds, AWAITED_CONNECT_SECONDS),
                   read_seconds=min(timeouts.read_seconds, AWAITED_SECONDS))  # fmt: skip


def dated(seconds: float) -> str:
    """Give a time, in seconds since 1970, as the service writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def read_account(raw: bytes) -> tuple[api.Usage, list[Sighting]]:
    """Read the balance and what was billed last; none where the answer lists nothing."""
    usage = api.read_usage(raw)
    try:
        return usage, sightings.read_events(raw)
    except AnswerError:  # the balance alone is an answer, too
        return usage, []


def encoded(body: Mapping[str, Scalar]) -> bytes:
    """Give a request's JSON. A picture of megabytes is put in beside the encoder, which would hold up all threads."""
    image = body.get("image")
    rest = json.dumps({**body, "image": ""} if image else body, allow_nan=False, separators=(",", ":"))
    if not isinstance(image, str) or not image.startswith("data:") or '"' in image or "\\" in image:
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    before, after = rest.split('"image":""', 1)
    return b"".join((before.encode(), b'"image":"', image.encode("ascii"), b'"', after.encode()))

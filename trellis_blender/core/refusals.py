# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP status and error body -> one error with a sentence for the artist. Knows no HTTP library, no bpy."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypedDict

from pydantic_core import from_json

from . import dates
from .api import ErrorEnvelope, read_envelope, sentence
from .catalogue import BY_NAME, MODEL_ID, Kind
from .endpoint import DASHBOARD_URL, PROVIDER, Endpoint
from .errors import (
    InsufficientCredits,
    ModelUnavailable,
    NotFound,
    RateLimited,
    RequestRefused,
    ServiceError,
    Unauthorized,
    UpstreamFailed,
)
from .secrets import Key

_LONGEST_PAUSE_SECONDS: Final = 3600.0
NOT_SERVED: Final = "model_unavailable"
"""The provider's own word for a job that it does not take on [doc]; a 503 without it may come from anywhere between."""


def refusal(
    status: int,
    headers: Mapping[str, str],
    raw: bytes,
    *,
    key: Key,
    price_usd: Decimal | None = None,
    endpoint: Endpoint = PROVIDER,
) -> ServiceError:
    """Give the error for an answer that is not a success.

    ``raw`` is the body, of any shape; ``price_usd`` is what the refused job would have cost, None when the request
    was not one for a paid job. ``endpoint`` is whose answer it is.
    """
    envelope, is_provider = _envelope(raw), endpoint.is_default
    code, detail = key.redact(envelope.code), sentence(key.redact(envelope.message))
    quoted = f" The service says: {detail}" if detail else ""
    said = _Said(status=status, code=code, detail=detail)
    if status in (401, 402, 403) and endpoint.is_free:
        return _elsewhere(status, said, quoted, price_usd)
    if status in (401, 403):
        return Unauthorized(
            f"The API key was not accepted. Paste a valid one in the extension's preferences; keys are made at "
            f"{DASHBOARD_URL}.",
            **said,
        )
    if status == 402 and price_usd is None:
        return InsufficientCredits(f"The account's balance is used up. Top up at {DASHBOARD_URL}.{quoted}", **said)
    if status == 402:
        return InsufficientCredits(
            f"The balance does not cover this job of ${price_usd}. Top up at {DASHBOARD_URL}, then press Try Again."
            f"{quoted}",
            **said,
        )
    if status == 404 and code == "model_not_found":
        return NotFound(f"The service no longer offers {MODEL_ID}. Check for an update of the extension.", **said)
    if status == 404:
        return NotFound(f"The server does not know this address or job. Check the server address.{quoted}", **said)
    if status == 429 or status >= 500:
        return _passing(headers, said, quoted, paid=price_usd is not None, is_provider=is_provider)
    if 300 <= status < 400:
        return RequestRefused(
            f"The server sends us elsewhere (HTTP {status}). Check the server address in the preferences.", **said
        )
    if status == 413:
        return RequestRefused(f"The picture is too large for the service. Send a smaller one.{quoted}", **said)
    hint = _allowed(detail) or ("" if quoted else " Check the settings.")
    return RequestRefused(f"The service refused the request (HTTP {status}).{quoted}{hint}", **said)


def _elsewhere(status: int, said: _Said, quoted: str, price_usd: Decimal | None) -> ServiceError:
    """Give the error of a server that is said to be free, and wants a key or credit: where, only its owner knows."""
    if status != 402:
        return Unauthorized("The API key was not accepted. Paste a valid one in the extension's preferences.", **said)
    if not price_usd:
        return InsufficientCredits(f"The server says that the balance is used up.{quoted}", **said)
    return InsufficientCredits(
        f"The balance does not cover this job of ${price_usd}. Top up with whoever runs the server, then press Try "
        f"Again.{quoted}",
        **said,
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After`` in seconds, from a number or a date; None when absent or unreadable."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = dates.read(value)
        except ValueError:
            return None
        if when.tzinfo is None:  # the date said -0000: UTC, of an unknown place
            when = when.replace(tzinfo=UTC)
        seconds = (when - _now(headers)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_PAUSE_SECONDS) if math.isfinite(seconds) else None


def _now(headers: Mapping[str, str]) -> datetime:
    """Give the time by the clock of the server, whose dates are in it; by ours where it tells none."""
    try:
        told = dates.read(headers.get("Date", ""))
    except ValueError:
        return datetime.now(UTC)
    return told.replace(tzinfo=told.tzinfo or UTC)


def _passing(headers: Mapping[str, str], said: _Said, quoted: str, *, paid: bool, is_provider: bool) -> ServiceError:
    """Give the error for what may be over soon; whether something was billed matters for paid requests only."""
    status = said["status"]
    if status == 429:
        pause = retry_after(headers)
        seconds = math.ceil(pause or 0.0)
        if paid:
            again = f"try again in {seconds} s" if seconds else "try again in a minute"
            what_now = f"Nothing was billed; {again}."
        else:
            what_now = f"Wait; it goes on in {seconds} s." if seconds else "Wait; it goes on in a minute."
        return RateLimited(
            f"The account's limit of requests a minute is reached. {what_now}", retry_after=pause, **said
        )
    if status == 503 and paid and said["code"] == NOT_SERVED:
        return ModelUnavailable(
            f"The model is not available at the moment. Nothing was billed; try again in a few minutes.{quoted}", **said
        )
    if status == 503:
        return ModelUnavailable(f"The service is not available at the moment.{quoted}", **said)
    if not is_provider:
        return UpstreamFailed(f"The server failed (HTTP {status}).{quoted}", **said)
    return UpstreamFailed(f"The provider failed (HTTP {status}).{quoted}", **said)


class _Said(TypedDict):
    """What every answer of the service tells."""

    status: int
    code: str
    detail: str


def _allowed(detail: str) -> str:
    """Give the range of the parameter that a complaint is about, if it names one that we know."""
    words = re.findall(r"\w+", detail)
    name = next((word for word in words if word in BY_NAME and BY_NAME[word].kind not in (Kind.IMAGE, Kind.URL)), "")
    told = name and ("must be" in detail or BY_NAME[name].allowed in detail)
    return f" {name} must be {BY_NAME[name].allowed}." if name and not told else ""


def _envelope(raw: bytes) -> ErrorEnvelope:
    try:
        return read_envelope(from_json(raw))
    except ValueError:
        text = raw.decode("utf-8", "replace").strip()
        is_page = text[:1] == "<"
        return ErrorEnvelope("", "" if is_page else text)

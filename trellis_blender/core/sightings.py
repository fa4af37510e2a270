# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server tells of past jobs: its list and its usage events, in any of the shapes they may have. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic_core import from_json

from . import dates
from .errors import AnswerError, TrellisError

_LISTS: Final = (
    "jobs", "events", "usage", "data", "items", "results", "usage_events", "recent", "recent_events", "recent_usage",
    "history",
)  # fmt: skip
_MORE: Final = ("has_more", "next", "next_page", "next_cursor", "next_before")
_MODELS: Final = ("model", "model_id", "model_name")
_ENDPOINTS: Final = ("endpoint", "path")
_COSTS: Final = ("cost", "cost_usd", "price", "price_usd", "amount")
_SINCE_1970: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From which number on a time is not in seconds, and how many of its units a second has."""
_TIMES: Final = ("created_at", "timestamp", "time", "created", "started_at", "date")
_IDS: Final = ("job_id", "job", "id", "request_id")
RAW_KEPT_BYTES: Final = 64 * 1024
LISTED: Final = 100
"""What one page of jobs or events holds at most [mcp]."""


@dataclass(frozen=True)
class Sighting:
    """One job as the server remembers it. ``at`` in seconds since 1970 of the server's clock, 0.0 when not told."""

    job_id: str
    at: float
    model: str
    price: Decimal | None
    output_urls: tuple[str, ...]
    file_id: str = ""
    """The server's name for the output, where it tells it."""
    status: str = ""
    """What the server calls its state, in lower case."""
    endpoint: str = ""
    """The address that it was ordered at, where it is told."""
    is_withheld: bool = False
    """Whether names of it were left out, since they cannot be used."""

    @property
    def result(self) -> dict[str, object]:
        """What the locator finds the outputs in."""
        named: dict[str, object] = {"file_id": self.file_id} if self.file_id else {}
        return {"output_urls": list(self.output_urls), **named}


def without(is_unusable: Callable[[str], bool], item: Sighting) -> Sighting:
    """Give what the server remembers without the names that cannot be used."""

    def usable(name: str) -> str:
        return "" if is_unusable(name) else name

    urls = tuple(url for url in item.output_urls if usable(url))
    left = replace(item, job_id=usable(item.job_id), file_id=usable(item.file_id), output_urls=urls)
    return replace(left, is_withheld=left != item)


class Listing(list[Sighting]):
    """What a server told in one answer; ``whole`` is False when it says that there is more, or some is unreadable."""

    whole = True

    def reaches(self, since: float) -> bool:
        """Whether nothing after a time can be missing: all is here, or the last is older, since the newest is first."""
        return (self.whole and len(self) < LISTED) or any(0.0 < item.at < since for item in self[-1:])


@dataclass(frozen=True)
class Look:
    """What a place that was looked at has told: nothing when it is not offered, or had the ``trouble``."""

    seen: Listing | None
    trouble: TrellisError | None = None


def claim_of_job(server: str, job_id: str) -> str:
    """Give the name under which a job at a server is claimed."""
    return f"job {server} {job_id}"


def claim_of_file(server: str, url: str) -> str:
    """Give the name under which a file at a server is claimed; a signature in the query may change."""
    return f"file {server} {url.partition('?')[0]}"


def read_jobs(raw: bytes) -> Listing:
    """Read the list of jobs. Raises :class:`AnswerError` when it is none."""
    return _listing(raw, "the list of jobs", _IDS)


def read_events(raw: bytes) -> Listing:
    """Read usage events; an event's own ``id`` is not a job's. Raises :class:`AnswerError` when there are none."""
    return _listing(raw, "the account's usage", _IDS[:2])


def _listing(raw: bytes, what: str, ids: tuple[str, ...]) -> Listing:
    try:
        body = from_json(raw)
    except ValueError:
        raise AnswerError(f"The service's answer to {what} is not JSON.", raw=raw[:RAW_KEPT_BYTES]) from None
    more = False
    if isinstance(body, dict):
        more = any(body.get(name) for name in _MORE)
        found = next((body[name] for name in _LISTS if isinstance(body.get(name), list)), None)
        if found is None:
            nested: dict[str, object] = next((body[name] for name in _LISTS if isinstance(body.get(name), dict)), {})
            found = next((nested[name] for name in _LISTS if isinstance(nested.get(name), list)), None)
        body = found
    if not isinstance(body, list):
        raise AnswerError(f"The service's answer to {what} holds no list.", raw=raw[:RAW_KEPT_BYTES])
    listing = Listing(_sighting(item, ids) for item in body if isinstance(item, dict))
    listing.whole = not more and len(listing) == len(body)
    return listing


def _sighting(item: Mapping[str, object], ids: tuple[str, ...]) -> Sighting:
    job_id = next((str(item[name]) for name in ids if isinstance(item.get(name), (str, int)) and item[name]), "")
    at = next((when for name in _TIMES if (when := seconds_of(item.get(name)))), 0.0)
    file_id = item.get("file_id")
    if isinstance(file_ids := item.get("file_ids"), list) and not file_id:
        file_id = next(iter(file_ids), "")
    prices = (_price(item.get(name)) for name in _COSTS)
    return Sighting(
        job_id, at, _text(item, _MODELS), next((price for price in prices if price is not None), None),
        _urls(item.get("output_urls") or item.get("output_url")), file_id if isinstance(file_id, str) else "",
        str(item.get("status") or "").lower(), _text(item, _ENDPOINTS),
    )  # fmt: skip


def _text(item: Mapping[str, object], names: tuple[str, ...]) -> str:
    """Give the first of these that is told, as a text or as what has an id or a name."""
    for name in names:
        value = item.get(name)
        if isinstance(value, dict):
            value = value.get("id") or value.get("name") or value.get("slug")
        if isinstance(value, str) and value:
            return value
    return ""


def _urls(told: object) -> tuple[str, ...]:
    parts = told if isinstance(told, list) else [told]
    found = (part.get("url") if isinstance(part, dict) else part for part in parts)
    return tuple(url for url in found if isinstance(url, str) and url)


def seconds_of(value: object) -> float:
    """Read a time: ISO 8601 (UTC when it names no zone), as mails have it, or seconds or parts of them since 1970.

    Gives seconds since 1970, 0.0 for what is no time.
    """
    if isinstance(value, bool) or value is None:
        return 0.0
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal():
        value = float(value)
    if isinstance(value, (int, float)):
        try:
            seconds = float(value) / next((units for above, units in _SINCE_1970 if value > above), 1.0)
        except OverflowError:
            return 0.0
        return seconds if dates.is_time(seconds) else 0.0
    try:
        when = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        try:
            when = dates.read(str(value))
        except ValueError:
            return 0.0
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _price(cost: object) -> Decimal | None:
    amount = cost.get("amount") if isinstance(cost, dict) else cost
    if isinstance(amount, bool) or amount is None:
        return None
    try:
        price = Decimal(str(amount).upper().replace("USD", "").replace("$", "").strip())
    except InvalidOperation:
        return None
    return price if price.is_finite() else None

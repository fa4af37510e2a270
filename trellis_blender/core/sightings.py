# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server tells of past jobs: its list and its usage events, in any of the shapes they may have. No bpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic_core import from_json

from .errors import AnswerError

_LISTS: Final = ("jobs", "events", "usage", "data", "items", "results")
_TIMES: Final = ("created_at", "timestamp", "time", "created", "started_at", "date")
_IDS: Final = ("job_id", "job", "id", "request_id")
RAW_KEPT_BYTES: Final = 64 * 1024


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

    @property
    def result(self) -> dict[str, object]:
        """What the locator finds the outputs in."""
        named: dict[str, object] = {"file_id": self.file_id} if self.file_id else {}
        return {"output_urls": list(self.output_urls), **named}


def claim_of_job(server: str, job_id: str) -> str:
    """Give the name under which a job at a server is claimed."""
    return f"job {server} {job_id}"


def claim_of_file(server: str, url: str) -> str:
    """Give the name under which a file at a server is claimed; a signature in the query may change."""
    return f"file {server} {url.partition('?')[0]}"


def read_jobs(raw: bytes) -> list[Sighting]:
    """Read the list of jobs. Raises :class:`AnswerError` when it is none."""
    return [_sighting(item, _IDS) for item in _items(raw, "the list of jobs")]


def read_events(raw: bytes) -> list[Sighting]:
    """Read usage events; an event's own ``id`` is not a job's. Raises :class:`AnswerError` when there are none."""
    return [_sighting(item, _IDS[:2]) for item in _items(raw, "the account's usage")]


def _items(raw: bytes, what: str) -> Iterator[Mapping[str, object]]:
    try:
        body = from_json(raw)
    except ValueError:
        raise AnswerError(f"The service's answer to {what} is not JSON.", raw=raw[:RAW_KEPT_BYTES]) from None
    if isinstance(body, dict):
        found = next((body[name] for name in _LISTS if isinstance(body.get(name), list)), None)
        if found is None:
            nested: dict[str, object] = next((body[name] for name in _LISTS if isinstance(body.get(name), dict)), {})
            found = next((nested[name] for name in _LISTS if isinstance(nested.get(name), list)), None)
        body = found
    if not isinstance(body, list):
        raise AnswerError(f"The service's answer to {what} holds no list.", raw=raw[:RAW_KEPT_BYTES])
    return (item for item in body if isinstance(item, dict))


def _sighting(item: Mapping[str, object], ids: tuple[str, ...]) -> Sighting:
    job_id = next((str(item[name]) for name in ids if isinstance(item.get(name), (str, int)) and item[name]), "")
    at = next((when for name in _TIMES if (when := _seconds(item.get(name)))), 0.0)
    urls = item.get("output_urls")
    outputs = tuple(url for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()
    file_id = item.get("file_id")
    if isinstance(file_ids := item.get("file_ids"), list) and not file_id:
        file_id = next(iter(file_ids), "")
    named = file_id if isinstance(file_id, str) else ""
    status = str(item.get("status") or "").lower()
    return Sighting(job_id, at, str(item.get("model") or ""), _price(item.get("cost")), outputs, named, status)


def _seconds(value: object) -> float:
    """Read a time: ISO 8601 (UTC when it names no zone), or seconds or milliseconds since 1970."""
    if isinstance(value, bool) or value is None:
        return 0.0
    if isinstance(value, (int, float)):
        return float(value) / (1000.0 if value > 1e11 else 1.0)
    try:
        when = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _price(cost: object) -> Decimal | None:
    amount = cost.get("amount") if isinstance(cost, dict) else cost
    if isinstance(amount, bool) or amount is None:
        return None
    try:
        return Decimal(str(amount))
    except InvalidOperation:
        return None

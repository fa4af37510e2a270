# SPDX-License-Identifier: GPL-3.0-or-later
"""A job <-> the text it is kept as. Knows every field of a job; no database, no bpy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from . import naming, preparation, request
from .errors import TrellisError
from .jobs import Job, State
from .request import GenerationRequest

OURS: Final = frozenset({"name", "server", "origin", "id", "image_sha256", "sha256", "replaces"})
"""The fields whose texts are no server's. All others are kept without the key."""


class UnreadableRecord(TrellisError):
    """A kept record cannot be read; it stays in the store as it is."""


def durable(job: Job) -> Job:
    """Give the job without what changes at every look at the server: two that are equal need not be written twice."""
    return replace(job, progress=None, polls=0, received_bytes=0, expected_bytes=0, note="", failures=0)


def without_key(job: Job, redact: Callable[[str], str]) -> Job:
    """Give the job with the key taken out of all that the server told, or may have: of every field that is not ours.

    What an artist chooses from holds either no key or nothing: an address with a part hidden leads nowhere.
    """
    changes = {}
    for item in fields(Job):
        value = getattr(job, item.name)
        if item.name not in OURS and (clean := redacted(value, redact)) != value:
            changes[item.name] = clean
    return replace(job, **changes) if changes else job


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """Give a value with every text in it redacted, and without the members of a tuple that held the key."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(item for item in value if redacted(item, redact) == item)
    if isinstance(value, list):
        return [redacted(item, redact) for item in value]
    if isinstance(value, Mapping):
        return {redact(str(name)): redacted(item, redact) for name, item in value.items()}
    return value


def to_text(job: Job) -> str:
    """Give the text of a record; never holds the key, which a job does not know."""
    values = {item.name: getattr(job, item.name) for item in fields(Job)}
    return json.dumps({name: _WRITERS.get(name, _same)(value) for name, value in values.items()}, sort_keys=True)


def from_text(text: str) -> Job:
    """Read a record of this version or an earlier one. Raises :class:`UnreadableRecord`."""
    try:
        values = json.loads(text)
        known = {name: _READERS.get(name, _same)(value) for name, value in values.items() if name in _NAMES}
        return Job(**known)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, TrellisError) as error:
        raise UnreadableRecord("A job's record cannot be read; it is left as it is.") from error


def _same(value: Any) -> Any:
    return value


def _amount(value: Any) -> Decimal | None:
    """Read an amount of money. Raises :class:`ValueError`."""
    if value is None:
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError("not an amount") from None


def _write_request(value: GenerationRequest) -> dict[str, Any]:
    return {
        "parameters": dict(value.parameters), "image_url": value.image_url,
        "price": str(value.price_usd), "is_priced": value.is_priced,
    }  # fmt: skip


def _read_request(value: Mapping[str, Any]) -> GenerationRequest:
    price, is_priced = _amount(value.get("price")), value.get("is_priced") is not False
    return request.recorded(value["parameters"], image_url=value["image_url"], price=price, is_priced=is_priced)


_WRITERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "request": _write_request,
    "origin": dict,
    "preparation": lambda value: value.to_plain(),
    "state": lambda value: value.value,
    "path": lambda value: None if value is None else str(value),
    "candidates": list,
    "quoted_usd": lambda value: None if value is None else str(value),
    "billed_usd": lambda value: None if value is None else str(value),
}
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": naming.readable,
    "request": _read_request,
    "origin": MappingProxyType,
    "preparation": preparation.from_plain,
    "state": State,
    "path": lambda value: None if value is None else Path(value),
    "candidates": tuple,
    "lap_seconds": float,
    "quoted_usd": _amount,
    "billed_usd": _amount,
}
_NAMES: Final = frozenset(item.name for item in fields(Job))

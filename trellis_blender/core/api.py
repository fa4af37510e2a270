# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed answers of the service, validated by pydantic-core. Knows JSON bodies; sends nothing, imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError, core_schema, from_json

from .errors import AnswerError

RAW_KEPT_BYTES: Final = 64 * 1024
"""How much of an unreadable answer is kept with the error."""


class Status(Enum):
    """What a job is doing at the server, in our words."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATUS_BY_WORD: Final[Mapping[str, Status]] = {
    "completed": Status.COMPLETED,
    "succeeded": Status.COMPLETED,
    "failed": Status.FAILED,
    "error": Status.FAILED,
    "cancelled": Status.CANCELLED,
    "canceled": Status.CANCELLED,
}
"""Documented and guessed words; every other one means that the job is still running."""

_CANCEL_CODES: Final = frozenset({"cancelled", "canceled", "job_cancelled", "job_canceled"})


@dataclass(frozen=True)
class Submitted:
    """The answer to an accepted POST."""

    job_id: str
    poll_url: str


@dataclass(frozen=True)
class Delivered:
    """The answer to a POST by a server that carries the result at once. ``body`` is for the locator."""

    body: Mapping[str, object]


@dataclass(frozen=True)
class JobState:
    """One answer to a poll. ``progress`` is 0–1, or None when the server says none."""

    status: Status
    progress: float | None
    error: str
    error_code: str
    body: Mapping[str, object]


@dataclass(frozen=True)
class Usage:
    """The account's state. ``balance_usd`` is None when the server says none that we can read."""

    balance_usd: float | None


@dataclass(frozen=True)
class ErrorEnvelope:
    """The provider's own word and message, from any of the shapes in use."""

    code: str
    message: str


def parse_json(raw: bytes, what: str) -> Mapping[str, object]:
    """Read a JSON object. Raises :class:`AnswerError` that keeps the start of ``raw``."""
    if not raw.strip():
        raise AnswerError(f"The service sent an empty answer to {what}.", raw=raw)
    try:
        body = from_json(raw)
    except ValueError:
        raise AnswerError(
            f"The service's answer to {what} is not JSON. Check the server address, and whether a proxy or a "
            "login page answers in its place.",
            raw=raw[:RAW_KEPT_BYTES],
        ) from None
    if not isinstance(body, dict):
        raise AnswerError(f"The service's answer to {what} is not a JSON object.", raw=raw[:RAW_KEPT_BYTES])
    return body


def read_submitted(raw: bytes) -> Submitted | Delivered:
    """Read the answer to the POST. A body without ``job_id`` is a result at once, for the locator to judge."""
    body = parse_json(raw, "the new job")
    if body.get("job_id") in (None, ""):
        if any(body.get(key) for key in ("result", "data", "output", "url", "glb_url", "model_url", "output_urls")):
            return Delivered(body)
        raise AnswerError("The service's answer to the new job lacks job_id.", raw=raw[:RAW_KEPT_BYTES])
    checked = _check(_SUBMITTED, body, raw, "the new job")
    return Submitted(checked["job_id"], checked.get("poll_url") or "")


def read_job(raw: bytes) -> JobState:
    """Read the answer to a poll or a cancel."""
    body = parse_json(raw, "the job's state")
    checked = _check(_JOB, body, raw, "the job's state")
    status = _STATUS_BY_WORD.get(checked["status"].strip().lower(), Status.PROCESSING)
    envelope = read_envelope(body) if body.get("error") else ErrorEnvelope("", "")
    if status is Status.FAILED and envelope.code.lower() in _CANCEL_CODES:
        status = Status.CANCELLED
    progress = checked.get("progress")
    if progress is not None:
        progress = min(max(progress, 0.0), 1.0)
    return JobState(status, progress, envelope.message, envelope.code, body)


def read_usage(raw: bytes) -> Usage:
    """Read the account's balance; where it stands is not documented, so several places are looked at."""
    body = parse_json(raw, "the account's usage")
    for path in _BALANCE_PATHS:
        value: object = body
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        try:
            return Usage(float(_BALANCE.validate_python(value)))
        except ValidationError:
            continue
    return Usage(None)


def read_envelope(body: object) -> ErrorEnvelope:
    """Find code and message in any error body: OpenAI style, Anthropic style, ``detail``, plain text."""
    if isinstance(body, str):
        return ErrorEnvelope("", body.strip())
    if not isinstance(body, dict):
        return ErrorEnvelope("", "")
    error = body.get("error")
    source = error if isinstance(error, dict) else body
    code = next((value for key in ("code", "type") if isinstance(value := source.get(key), str)), "")
    texts = (error, *(source.get(key) for key in ("message", "detail", "error", "reason")))
    message = next((value for value in texts if isinstance(value, str) and value), "")
    details = source.get("detail")
    if not message and isinstance(details, list):
        message = "; ".join(
            f"{'.'.join(str(part) for part in item.get('loc', ()))}: {item.get('msg', '')}"
            for item in details[:3]
            if isinstance(item, dict)
        )
    return ErrorEnvelope(code, message.strip())


def _check(validator: SchemaValidator, body: Mapping[str, object], raw: bytes, what: str) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = validator.validate_python(dict(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        fault = "lacks" if first["type"] == "missing" else "has an unreadable"
        raise AnswerError(f"The service's answer to {what} {fault} {field}.", raw=raw[:RAW_KEPT_BYTES]) from None
    return checked


def _field(schema: core_schema.CoreSchema, *, required: bool = False) -> core_schema.TypedDictField:
    return core_schema.typed_dict_field(schema if required else core_schema.nullable_schema(schema), required=required)


_TEXT: Final = core_schema.str_schema(min_length=1, max_length=256, coerce_numbers_to_str=True)
_SUBMITTED: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {"job_id": _field(_TEXT, required=True), "poll_url": _field(core_schema.str_schema(max_length=4096))},
        extra_behavior="ignore",
    )
)
_JOB: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "status": _field(_TEXT, required=True),
            "progress": _field(core_schema.float_schema(allow_inf_nan=False)),
        },
        extra_behavior="ignore",
    )
)
_BALANCE: Final = SchemaValidator(core_schema.float_schema(allow_inf_nan=False))
_BALANCE_PATHS: Final[tuple[tuple[str, ...], ...]] = (
    ("balance",),
    ("credit_balance",),
    ("credits",),
    ("balance_usd",),
    ("balance", "amount"),
    ("credit_balance", "amount"),
    ("credits", "balance"),
    ("credits", "amount"),
    ("account", "balance"),
    ("account", "credit_balance"),
    ("data", "balance"),
    ("data", "credit_balance"),
)

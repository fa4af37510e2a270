# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed answers of the service, validated by pydantic-core. Knows JSON bodies; sends nothing, imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pydantic_core import SchemaValidator, ValidationError, core_schema, from_json

from .errors import AnswerError

QUOTED_CHARACTERS: Final = 300
"""How much of a text from elsewhere is shown."""
_ENVELOPE_DEPTH: Final = 4
_MESSAGE_KEYS: Final = ("message", "detail", "reason")
_WRAPPERS: Final = ("data", "job", "result", "response")
"""What an answer may be wrapped in."""
_RESULT_KEYS: Final = tuple("result data output url glb_url model_url output_urls b64_json model_glb files".split())


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
_QUEUED: Final = frozenset({"queued", "in_queue", "pending", "waiting", "scheduled"})
"""Guessed words for a job that waits for its turn."""

_CANCEL_CODES: Final = frozenset({"cancelled", "canceled", "job_cancelled", "job_canceled"})


@dataclass(frozen=True)
class Submitted:
    """The answer to an accepted POST."""

    job_id: str
    poll_url: str
    body: Mapping[str, object] | None = None
    """The whole answer when more than the job may be in it: some servers have no state of jobs to ask for later."""
    finished: bool = False
    """Whether it says that the job is completed."""


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
    is_queued: bool = False
    """Whether it says that the job has not begun yet."""


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
            raw=raw,
        ) from None
    if not isinstance(body, dict):
        raise AnswerError(f"The service's answer to {what} is not a JSON object.", raw=raw)
    return body


def read_submitted(raw: bytes) -> Submitted | Delivered:
    """Read the answer to the POST. A body without ``job_id`` is a result at once, for the locator to judge."""
    body = parse_json(raw, "the new job")
    named = _naming(body)
    if named is None:
        if any(body.get(key) for key in _RESULT_KEYS):
            return Delivered(body)
        said = read_envelope(body).message if body.get("error") else ""
        if said:
            raise AnswerError(f"The service answered the new job with an error: {sentence(said)}", raw=raw)
        raise AnswerError("The service's answer to the new job lacks job_id.", raw=raw)
    checked = _check(_SUBMITTED, named, raw, "the new job")
    word = named.get("status")
    finished = isinstance(word, str) and _STATUS_BY_WORD.get(word.strip().lower()) is Status.COMPLETED
    more = any(named.get(key) for key in _RESULT_KEYS)
    return Submitted(checked["job_id"], checked["poll_url"] or "", named if more else None, finished)


def read_job(raw: bytes) -> JobState:
    """Read the answer to a poll or a cancel."""
    body = parse_json(raw, "the job's state")
    checked = _check(_JOB, body, raw, "the job's state")
    word = checked["status"].strip().lower()
    status = _STATUS_BY_WORD.get(word, Status.PROCESSING)
    envelope = read_envelope(body) if body.get("error") else ErrorEnvelope("", "")
    if status is Status.FAILED and envelope.code.lower() in _CANCEL_CODES:
        status = Status.CANCELLED
    progress = checked["progress"]
    if progress is not None:
        progress = min(max(progress, 0.0), 1.0)
    return JobState(status, progress, envelope.message, envelope.code, body, word in _QUEUED and not progress)


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
    source, code = body, ""
    for _level in range(_ENVELOPE_DEPTH):
        if isinstance(source, str):
            return ErrorEnvelope(code, source.strip())
        if isinstance(source, list):
            return ErrorEnvelope(code, "; ".join(_complaint(item) for item in source[:3]))
        if not isinstance(source, dict):
            break
        inner = source.get("error")
        code = next((value for key in ("code", "type") if isinstance(value := source.get(key), str)), code)
        source = inner or next((value for key in _MESSAGE_KEYS if (value := source.get(key))), None)
    return ErrorEnvelope(code, "")


def sentence(text: str) -> str:
    """Make a text from elsewhere fit to be quoted: one line, not long, with a full stop."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if len(line) > QUOTED_CHARACTERS:
        return line[: QUOTED_CHARACTERS - 1] + "…"
    return line if not line or line[-1] in ".!?…" else line + "."


def _naming(body: Mapping[str, object]) -> Mapping[str, object] | None:
    """Give what names the new job: the answer, or what it wraps; None when nothing does."""
    wrapped = (inner for key in _WRAPPERS if isinstance(inner := body.get(key), dict))
    return next((part for part in (body, *wrapped) if part.get("job_id") not in (None, "")), None)


def _complaint(item: object) -> str:
    """Give one item of a list of errors, as web frameworks write them: where, and what."""
    if not isinstance(item, dict):
        return str(item)
    place = item.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    what = next((str(value) for key in ("msg", *_MESSAGE_KEYS) if (value := item.get(key))), "")
    return f"{where}: {what}" if where else what


def _check(validator: SchemaValidator, body: Mapping[str, object], raw: bytes, what: str) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = validator.validate_python(dict(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        fault = "lacks" if first["type"] == "missing" else "has an unreadable"
        told = sentence(read_envelope(body).message) if body.get("error") else ""
        quoted = f" The service says: {told}" if told else ""
        raise AnswerError(f"The service's answer to {what} {fault} {field}.{quoted}", raw=raw) from None
    return checked


def _field(schema: core_schema.CoreSchema) -> core_schema.TypedDictField:
    return core_schema.typed_dict_field(schema)


def _dispensable(schema: core_schema.CoreSchema) -> core_schema.TypedDictField:
    """Give a field that is None when it is missing or unreadable: a paid job must not hang on it."""
    return core_schema.typed_dict_field(core_schema.with_default_schema(schema, default=None, on_error="default"))


_TEXT: Final = core_schema.str_schema(min_length=1, max_length=256, coerce_numbers_to_str=True)
_SUBMITTED: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {"job_id": _field(_TEXT), "poll_url": _dispensable(core_schema.str_schema(max_length=4096))},
        extra_behavior="ignore",
    )
)
_JOB: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "status": _field(_TEXT),
            "progress": _dispensable(core_schema.float_schema(allow_inf_nan=False)),
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

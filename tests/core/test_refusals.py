# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of the contract's table of errors, and ``Retry-After``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from trellis_blender.core.errors import (
    InsufficientCredits,
    ModelUnavailable,
    NotFound,
    RateLimited,
    RequestRefused,
    ServiceError,
    Unauthorized,
    UpstreamFailed,
)
from trellis_blender.core.refusals import refusal, retry_after
from trellis_blender.core.secrets import Key

KEY = Key("sk-empiriolabs-secret")


def refuse(status: int, code: str = "", message: str = "", **headers: str) -> ServiceError:
    raw = json.dumps({"error": {"message": message, "code": code}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(status, named, raw, key=KEY, price_usd=Decimal("0.249"))


ROWS = [
    (401, "missing_api_key", Unauthorized, False, "Paste a valid one"),
    (401, "invalid_api_key", Unauthorized, False, "https://empiriolabs.ai/dashboard"),
    (403, "", Unauthorized, False, "Paste a valid one"),
    (402, "insufficient_credits", InsufficientCredits, False, "this job of $0.249. Top up at https://"),
    (404, "model_not_found", NotFound, False, "Check for an update"),
    (404, "", NotFound, False, "Check the server address"),
    (400, "", RequestRefused, False, "(HTTP 400)"),
    (422, "", RequestRefused, False, "Check the settings."),
    (413, "", RequestRefused, False, "Send a smaller one."),
    (429, "rate_limit_exceeded", RateLimited, True, "try again in a minute"),
    (503, "model_unavailable", ModelUnavailable, True, "try again in a few minutes"),
    (500, "upstream_error", UpstreamFailed, True, "(HTTP 500)"),
    (502, "upstream_error", UpstreamFailed, True, "(HTTP 502)"),
    (504, "upstream_error", UpstreamFailed, True, "(HTTP 504)"),
    (599, "", UpstreamFailed, True, "(HTTP 599)"),
    (302, "", RequestRefused, False, "sends us elsewhere (HTTP 302)"),
    (418, "", RequestRefused, False, "(HTTP 418)"),
    (100, "", RequestRefused, False, "(HTTP 100)"),
]


@pytest.mark.parametrize(("status", "code", "kind", "transient", "words"), ROWS)
def test_row(status: int, code: str, kind: type[ServiceError], transient: bool, words: str) -> None:
    error = refuse(status, code)
    assert type(error) is kind
    assert (error.status, error.code, error.transient) == (status, code, transient)
    assert words in str(error)
    assert str(error)[-1] == "."


@pytest.mark.parametrize(("status", "code"), [(row[0], row[1]) for row in ROWS if row[0] not in (401, 403, 429, 302)])
def test_the_service_is_quoted_as_a_sentence(status: int, code: str) -> None:
    error = refuse(status, code, "first line\nsecond\tline sk-empiriolabs-other sk-empiriolabs-secret")
    if code != "model_not_found":
        assert "The service says: first line second line [key] [key]." in str(error)
    assert error.detail == "first line second line [key] [key]."
    assert ".." not in str(error)


def test_validation_names_the_range() -> None:
    assert str(refuse(422, "", "seed: -1 is too small")).endswith(
        "The service says: seed: -1 is too small. seed must be a whole number from 0 to 2147483647."
    )
    said = "resolution must be one of 512, 1024, 1536"
    assert str(refuse(400, "", said)).endswith(f"{said}.")
    assert str(refuse(400, "", "image: unreadable")).endswith("image: unreadable.")


@pytest.mark.parametrize("raw", [b"", b"<html><body>x</body></html>", b"\xff\xfe", b"[]", b"7", b"null", b'{"a'])
@pytest.mark.parametrize("status", [400, 401, 402, 404, 429, 500, 503])
def test_any_body(status: int, raw: bytes) -> None:
    error = refusal(status, {}, raw, key=KEY)
    assert "<" not in str(error)
    assert error.status == status


def test_plain_text_is_quoted_and_cut() -> None:
    assert "The service says: no more." in str(refusal(400, {}, b"no more", key=KEY))
    assert len(str(refusal(400, {}, b"x" * 100_000, key=KEY))) < 500


def test_rate_limit_says_when() -> None:
    error = refuse(429, "rate_limit_exceeded", Retry_After="12")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 12.0
    assert str(error).endswith("try again in 12 s.")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0), ("7", 7.0), (" 2.5 ", 2.5), ("-3", 0.0), ("99999999", 3600.0), ("", None), ("soon", None),
        ("nan", None), ("inf", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0), ("Wed, 99 Oct 2015", None),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": value}) == seconds


def test_retry_after_as_a_date() -> None:
    when = datetime.now(UTC) + timedelta(seconds=100)
    seconds = retry_after({"Retry-After": format_datetime(when, usegmt=True)})
    assert seconds is not None
    assert 60 < seconds <= 100


@pytest.mark.parametrize("ahead", [-86400, 0, 86400])
def test_retry_after_as_a_date_is_by_the_servers_clock(ahead: float) -> None:
    now = datetime.now(UTC) + timedelta(seconds=ahead)
    when = now + timedelta(seconds=30)
    headers = {"Retry-After": format_datetime(when, usegmt=True), "Date": format_datetime(now, usegmt=True)}
    assert retry_after(headers) == 30.0

# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the service: every shape it may use, and none that takes us down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis_blender.core import api
from trellis_blender.core.api import Delivered, ErrorEnvelope, Status, Submitted
from trellis_blender.core.errors import AnswerError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    "job_id status progress error result poll_url data output message code detail type balance loc msg url".split()
)
ANSWERS = st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=3), max_size=6)


def raw(**body: Any) -> bytes:
    return json.dumps(body).encode()


def test_accepted_job() -> None:
    assert api.read_submitted(raw(job_id="j1", poll_url="/v1/jobs/j1", status="queued", new=[1])) == Submitted(
        "j1", "/v1/jobs/j1"
    )
    assert api.read_submitted(raw(job_id=17)) == Submitted("17", "")


@pytest.mark.parametrize("poll_url", [None, 7, {}, [], "x" * 5000, True])
def test_unreadable_poll_url_does_not_lose_an_accepted_job(poll_url: object) -> None:
    assert api.read_submitted(raw(job_id="j1", poll_url=poll_url)) == Submitted("j1", "")


AT_ONCE = ("result", "data", "output", "url", "glb_url", "model_url", "output_urls", "b64_json", "model_glb", "files")


@pytest.mark.parametrize("key", AT_ONCE)
def test_result_at_once(key: str) -> None:
    answer = api.read_submitted(raw(**{key: ["something"]}))
    assert isinstance(answer, Delivered)
    assert answer.body == {key: ["something"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "sent an empty answer"),
        (b" \n", "sent an empty answer"),
        (b"<html>", "is not JSON. Check the server address"),
        (b'{"a": ', "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "lacks job_id"),
        (b'{"job_id": ""}', "lacks job_id"),
        (b'{"job_id": {}}', "has an unreadable job_id"),
        (b'{"job_id": "' + b"x" * 300 + b'"}', "has an unreadable job_id"),
        (b'{"error": {"message": "no\\nway"}}', "with an error: no way."),
    ],
)
def test_unreadable_submission_keeps_its_body(content: bytes, words: str) -> None:
    with pytest.raises(AnswerError) as caught:
        api.read_submitted(content)
    assert words in str(caught.value)
    assert caught.value.raw == content


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", Status.COMPLETED), ("succeeded", Status.COMPLETED), ("Completed ", Status.COMPLETED),
        ("failed", Status.FAILED), ("error", Status.FAILED), ("ERROR", Status.FAILED),
        ("cancelled", Status.CANCELLED), ("canceled", Status.CANCELLED),
        ("processing", Status.PROCESSING), ("queued", Status.PROCESSING), ("pending", Status.PROCESSING),
        ("running", Status.PROCESSING), ("never heard of", Status.PROCESSING),
    ],
)  # fmt: skip
def test_status_words(word: str, status: Status) -> None:
    assert api.read_job(raw(status=word)).status is status


@pytest.mark.parametrize(
    ("word", "progress", "is_queued"),
    [("queued", 0.0, True), ("Pending", None, True), ("queued", 0.1, False), ("processing", 0.0, False),
     ("completed", None, False)],
)  # fmt: skip
def test_a_job_that_has_not_begun(word: str, progress: float | None, is_queued: bool) -> None:
    assert api.read_job(raw(status=word, progress=progress)).is_queued is is_queued


def test_failed_because_cancelled_is_cancelled() -> None:
    assert api.read_job(raw(status="failed", error={"code": "job_cancelled"})).status is Status.CANCELLED


@pytest.mark.parametrize(
    ("given_", "read"),
    [(0.5, 0.5), (0, 0.0), (1, 1.0), (7, 1.0), (-1, 0.0), ("0.25", 0.25), (None, None), ("half", None), ([], None)],
)
def test_progress_is_read_where_it_can_be(given_: object, read: float | None) -> None:
    assert api.read_job(raw(status="processing", progress=given_)).progress == read


def test_missing_status_is_an_error_that_keeps_the_body() -> None:
    with pytest.raises(AnswerError, match=r"job's state lacks status\.") as caught:
        api.read_job(b'{"progress": 1}')
    assert caught.value.raw == b'{"progress": 1}'


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"message": "m", "type": "t", "code": "c"}}, "c", "m"),
        ({"error": {"message": "m", "type": "t", "code": None}}, "t", "m"),
        ({"type": "error", "error": {"type": "authentication_error", "message": "m"}}, "authentication_error", "m"),
        ({"error": "m"}, "", "m"),
        ({"error": {"error": {"message": "m", "code": "c"}}}, "c", "m"),
        ({"message": "m", "code": "c"}, "c", "m"),
        ({"detail": "m"}, "", "m"),
        ({"detail": [{"loc": ["body", "seed"], "msg": "too small"}, {"msg": "b"}]}, "", "body.seed: too small; b"),
        ({"error": [{"msg": "m"}]}, "", "m"),
        ({"error": {"reason": "m"}}, "", "m"),
        ("  m ", "", "m"),
        ([], "", ""),
        ({}, "", ""),
        (None, "", ""),
        (7, "", ""),
        ({"error": None}, "", ""),
        ({"error": {"message": {"message": {"message": {"message": "m"}}}}}, "", ""),
    ],
)
def test_error_envelopes(body: object, code: str, message: str) -> None:
    assert api.read_envelope(body) == ErrorEnvelope(code, message)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ""),
        ("no", "no."),
        ("no.", "no."),
        ("why?", "why?"),
        (" a\n\tb\x00c ", "a b c."),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_quotations_are_sentences(text: str, sentence: str) -> None:
    assert api.sentence(text) == sentence


@pytest.mark.parametrize(
    ("body", "balance"),
    [
        ({"balance": 3}, 3.0), ({"balance": "12.50"}, 12.5), ({"credits": {"balance": 1.5}}, 1.5),
        ({"account": {"credit_balance": 2}}, 2.0), ({"data": {"balance": 0}}, 0.0), ({"balance": None}, None),
        ({"balance": {"amount": 4}}, 4.0), ({}, None), ({"balance": "much"}, None),
    ],
)  # fmt: skip
def test_balance(body: dict[str, Any], balance: float | None) -> None:
    assert api.read_usage(raw(**body)).balance_usd == balance


@given(ANSWERS)
def test_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    for read in (api.read_submitted, api.read_job, api.read_usage):
        try:
            read(content)
        except AnswerError as error:
            assert error.raw == content
    envelope = api.read_envelope(body)
    assert isinstance(envelope.message, str)
    assert isinstance(envelope.code, str)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (api.read_submitted, api.read_job, api.read_usage):
        with pytest.raises(AnswerError):
            read(b"\x00" + content)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of an upload, and where its answer says the picture is kept."""

from __future__ import annotations

import json

import pytest

from trellis_blender.core import endpoint, upload
from trellis_blender.core.errors import AnswerError

PROVIDER = endpoint.parse("")
LOOPBACK = endpoint.parse("http://127.0.0.1:1")


class TestForm:
    def test_threshold_is_of_the_data_uri(self) -> None:
        fits = (upload.UPLOAD_ABOVE_BYTES - len("data:image/png;base64,")) // 4 * 3
        assert not upload.is_large(bytes(fits), "image/png")
        assert upload.is_large(bytes(fits + 1), "image/png")

    def test_says_nothing_of_the_artist(self) -> None:
        content_type, body = upload.form(b"\x89PNG...", "image/png")
        boundary = content_type.partition("boundary=")[2].encode()
        assert body == (
            b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; filename="image.png"\r\n'
            b"Content-Type: image/png\r\n\r\n\x89PNG...\r\n--" + boundary + b"--\r\n"
        )
        assert upload.form(b"", "image/png")[0] != content_type


class TestPlace:
    @pytest.mark.parametrize("name", ["path", "storage_path", "url", "file_url", "uri", "id"])
    @pytest.mark.parametrize("around", [None, "data", "file"])
    def test_is_found_under_any_name(self, name: str, around: str | None) -> None:
        for place in ("bunny://zone/a.png", "https://cdn.example.com/a.png?token=1"):
            answer: object = {"success": True, name: place, "size": 3}
            raw = json.dumps({around: answer} if around else answer).encode()
            assert upload.read_place(raw, PROVIDER) == place

    @pytest.mark.parametrize(
        ("answer", "place"),
        [
            ({"url": "https://cdn.example.com/a", "path": "bunny://a"}, "bunny://a"),
            (
                {"id": "file_1", "path": "uploads/a.png", "url": "https://cdn.example.com/a"},
                "https://cdn.example.com/a",
            ),
            ({"file": "bunny://a"}, "bunny://a"),
            ({"files": [{"path": "bunny://a"}]}, "bunny://a"),
            ([{"data": {"file": {"uri": " bunny://a\n"}}}], "bunny://a"),
        ],
    )
    def test_is_the_one_that_can_be_sent(self, answer: object, place: str) -> None:
        assert upload.read_place(json.dumps(answer).encode(), PROVIDER) == place

    @pytest.mark.parametrize(
        "answer",
        [
            {}, [], None, "bunny://a", {"ok": True}, {"path": "uploads/a.png"}, {"id": "file_1"}, {"path": None},
            {"path": "file:///etc/passwd"}, {"path": "data://x"}, {"url": "http://cdn.example.com/a"},
            {"url": "https://"}, {"url": "https://u:p@cdn.example.com/a"}, {"url": "https://a b/"},
            {"path": "bunny://a b"}, {"path": "bunny://" + "a" * 9000}, {"path": ["bunny://a"]},
            {"files": [{"path": "bunny://a"}, {"path": "bunny://b"}]}, {"url": "http://127.0.0.1/a"},
        ],
    )  # fmt: skip
    def test_is_not_made_up(self, answer: object) -> None:
        with pytest.raises(AnswerError, match="does not say where the picture is kept"):
            upload.read_place(json.dumps(answer).encode(), PROVIDER)

    def test_of_a_server_on_this_computer_may_be_on_it(self) -> None:
        raw = b'{"url": "http://127.0.0.1:8000/a.png"}'
        assert upload.read_place(raw, LOOPBACK) == "http://127.0.0.1:8000/a.png"
        with pytest.raises(AnswerError):
            upload.read_place(b'{"url": "http://cdn.example.com/a.png"}', LOOPBACK)

    def test_is_asked_of_json_only(self) -> None:
        with pytest.raises(AnswerError, match="not JSON"):
            upload.read_place(b"<html>", PROVIDER)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads from the stand-in that go wrong on the wire."""

from __future__ import annotations

import pytest
import requests

from tests.simulator.server import Simulator
from tests.simulator.visitor import completed, fetch, parted, raw


class TestDownloads:
    def test_whole(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        headers, data = parted(raw(simulator, url)[0])
        assert int(headers["content-length"]) == len(data)

    def test_truncated(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        simulator.control.misbehave("download", "truncated", share=0.25)
        received, reset = raw(simulator, url)
        headers, data = parted(received)
        assert not reset
        assert len(data) == round(int(headers["content-length"]) * 0.25)
        simulator.control.misbehave("download", "truncated")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            fetch(url)

    def test_cut(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        simulator.control.misbehave("download", "cut_middle")
        received, reset = raw(simulator, url)
        assert reset
        assert len(received) < len(simulator.control.model(simulator.control.jobs()[0]["id"]))

    def test_wrong_length(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        simulator.control.misbehave("download", "wrong_length", missing=1000)
        headers, data = parted(raw(simulator, url)[0])
        assert int(headers["content-length"]) == len(data) - 1000

    def test_no_length(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        whole = fetch(url).content
        for kind in ("chunked", "no_length"):
            simulator.control.misbehave("download", kind)
            answer = fetch(url)
            assert "Content-Length" not in answer.headers
            assert answer.content == whole
        simulator.control.misbehave("download", "no_length_cut")
        assert len(fetch(url).content) == len(whole) // 2
        simulator.control.misbehave("download", "chunked_cut")
        with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            fetch(url)

    def test_wrong_content(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        whole = fetch(url).content
        simulator.control.misbehave("download", "garbage_file")
        simulator.control.misbehave("download", "wrong_magic")
        simulator.control.misbehave("download", "corrupt")
        garbage, magic, corrupt = (fetch(url).content for _ in range(3))
        assert len(garbage) == len(magic) == len(corrupt) == len(whole)
        assert (garbage[:4], magic[:4], corrupt[:4]) == (b"glTF", b"PK\x03\x04", b"glTF")
        assert whole not in (garbage, magic, corrupt)
        assert magic[4:] == whole[4:]
        assert fetch(url).content == whole

    def test_expired_and_html(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        simulator.control.misbehave("download", "expired")
        simulator.control.misbehave("download", "html")
        assert fetch(url).status_code == 403
        assert fetch(url).content.startswith(b"<!DOCTYPE")

    def test_redirects(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        simulator.control.misbehave("download", "redirect_same")
        assert fetch(url).content[:4] == b"glTF"
        simulator.control.misbehave("download", "redirect_elsewhere")
        assert fetch(url, allow_redirects=False).headers["Location"].startswith("http://localhost:")
        simulator.control.misbehave("download", "redirect_elsewhere", to="file:///etc/passwd")
        assert fetch(url, allow_redirects=False).headers["Location"] == "file:///etc/passwd"
        simulator.control.misbehave("download", "redirect_endless")
        with pytest.raises(requests.TooManyRedirects):
            fetch(url)

    def test_resume_of_a_cut_one(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        whole = fetch(url)
        simulator.control.misbehave("download", "truncated")
        first = parted(raw(simulator, url)[0])[1]
        rest = fetch(url, headers={"Range": f"bytes={len(first)}-", "If-Range": whole.headers["ETag"]})
        assert first + rest.content == whole.content

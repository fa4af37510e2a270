# SPDX-License-Identifier: GPL-3.0-or-later
"""Large pictures go ahead of their job, for free; where that does not work they go with it. Nothing is paid twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply, wait_for
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint, prepared, upload, workplace
from trellis_blender.core.errors import AnswerError
from trellis_blender.core.image import Pixels
from trellis_blender.core.jobs import State
from trellis_blender.core.pacing import RateLimiter, SystemClock
from trellis_blender.core.transport import Timeouts
from trellis_blender.core.uploading import SENDING

PROVIDER = endpoint.parse("")
LOOPBACK = endpoint.parse("http://127.0.0.1:1")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every picture for a large one, so that the tests need not send megabytes."""
    monkeypatch.setattr(upload, "UPLOAD_ABOVE_BYTES", 100)


def routes(simulator: Simulator) -> list[str]:
    """Give what was asked, without the question for the time and the polls."""
    return [entry["route"] for entry in simulator.control.log() if entry["route"] in ("upload", "submit")]


def sources(simulator: Simulator) -> list[str]:
    return [job["picture_from"] for job in simulator.control.jobs()]


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


def test_a_picture_of_megabytes_goes_ahead_of_its_job(
    simulator: Simulator, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "UPLOAD_ABOVE_BYTES", 2**21)  # 1024 × 1024 pixels of noise are below the usual
    job_id = bench.submit(noise(1024))
    job = bench.finish()
    assert job.state is State.DOWNLOADED
    (kept,) = simulator.control.uploads()
    assert (kept["name"], kept["content_type"], kept["digest"]) == ("image.png", "image/png", job.image_sha256)
    assert upload.is_large(bytes(kept["size"]), "image/png")
    sent = {entry["route"]: entry for entry in simulator.control.log()}
    assert sent["submit"]["body_bytes"] < 1000
    assert sent["upload"]["key_in"] == ["header:authorization"]
    assert routes(simulator) == ["upload", "submit"]
    assert SENDING in [told.note for told in bench.told if told.id == job_id and told.state is State.PREPARED]


class TestServerThatTakesLess:
    """Its limit is learnt from the refusal, which bills nothing; no paid request is sent by itself once more."""

    @pytest.fixture
    def limit_bytes(self, simulator: Simulator) -> int:
        """Below what the picture is in a job, and above what it is by itself."""
        limit = round(1.2 * len(prepared.prepare(noise()).content))
        simulator.control.settings(body_limit_bytes=limit)
        return limit

    @pytest.mark.usefixtures("limit_bytes")
    def test_the_next_picture_of_that_size_goes_ahead(self, simulator: Simulator, bench: Workbench) -> None:
        bench.submit(noise())
        job = bench.finish()
        assert (job.state, routes(simulator)) == (State.REFUSED, ["submit"])
        assert job.error == (
            "The picture is too large to be sent with its job. Generate again: it is sent ahead of the job then."
        )
        assert simulator.control.counters()["billed"] == 0
        bench.submit(noise())
        assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["submit", "upload", "submit"]
        assert sources(simulator) == ["stored"]
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert sources(simulator)[-1] == "data", "a small one still goes with its job"

    @pytest.mark.usefixtures("limit_bytes")
    def test_without_uploads_nothing_but_a_smaller_one_helps(self, simulator: Simulator, bench: Workbench) -> None:
        simulator.control.settings(offers_upload=False)
        for _job in range(3):
            bench.submit(noise())
            last = bench.finish()
        assert routes(simulator) == ["submit", "upload", "submit", "submit"]
        assert (last.state, "Send a smaller one." in last.error) == (State.REFUSED, True)


def noise(side: int = 96) -> Pixels:
    """Make a picture that no encoder makes smaller."""
    values = np.random.default_rng(1).random((side, side, 4), np.float32)
    values[..., 3] = 1.0
    return Pixels(side, side, 4, values.ravel())


def test_a_small_picture_goes_with_its_job(simulator: Simulator, bench: Workbench) -> None:
    bench.submit()
    bench.finish()
    assert routes(simulator) == ["submit"]


@pytest.mark.usefixtures("eager")
class TestStep:
    @pytest.mark.parametrize(
        "shape", ["path", "storage_path", "url", "file_url", "uri", "id", "both", "data.path", "data.url", "file.url",
                  "files[].path"],
    )  # fmt: skip
    @pytest.mark.parametrize("address", [False, True])
    def test_whatever_the_answer_calls_the_place(
        self, simulator: Simulator, bench: Workbench, shape: str, address: bool
    ) -> None:
        if shape == "both" and address:
            return
        simulator.control.settings(upload_shape=shape, upload_address=address)
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert sources(simulator) == ["stored"]

    @pytest.mark.parametrize(
        "settings",
        [{"offers_upload": False}, {"offers_upload": False, "upload_refusal": 405},
         {"offers_upload": False, "upload_refusal": 501}, {"upload_shape": "nothing"}],
    )  # fmt: skip
    def test_a_server_without_uploads_is_asked_once(
        self, simulator: Simulator, bench: Workbench, settings: dict[str, Any]
    ) -> None:
        simulator.control.settings(**settings)
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["upload", "submit", "submit"]
        assert sources(simulator) == ["data", "data"]

    @pytest.mark.parametrize("kind", ["html", "empty", "garbage", "not_object", "422", "400", "redirect_same", "418"])
    def test_an_answer_that_is_none_is_asked_for_once(self, simulator: Simulator, bench: Workbench, kind: str) -> None:
        simulator.control.misbehave("upload", kind, times=None)
        for _job in range(2):
            bench.submit()
            assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["upload", "submit", "submit"]

    @pytest.mark.parametrize("kind", ["413", "402", "403"])
    def test_a_refusal_of_this_picture_says_nothing_of_the_next(
        self, simulator: Simulator, bench: Workbench, kind: str
    ) -> None:
        simulator.control.misbehave("upload", kind)
        for _job in range(2):
            bench.submit()
            assert bench.finish().state is State.DOWNLOADED
        assert sources(simulator) == ["data", "stored"]

    @pytest.mark.parametrize(
        "kind", ["500", "502", "503", "504", "429", "cut_before", "cut_unread", "cut_after", "cut_middle", "truncated",
                 "chunked_cut"],
    )  # fmt: skip
    def test_what_may_pass_is_tried_again(self, simulator: Simulator, bench: Workbench, kind: str) -> None:
        simulator.control.misbehave("upload", kind, **({"retry_after": 0} if kind == "429" else {}))
        bench.submit()
        job = bench.finish()
        assert (job.state, job.note) == (State.DOWNLOADED, "")
        assert routes(simulator) == ["upload", "upload", "submit"]
        assert sources(simulator) == ["stored"]
        assert simulator.control.counters()["billed"] == 0.025

    @pytest.mark.parametrize("kind", ["500", "503", "cut_unread", "cut_before"])
    def test_what_does_not_pass_is_made_do_without(self, simulator: Simulator, bench: Workbench, kind: str) -> None:
        simulator.control.misbehave("upload", kind, times=None)
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["upload"] * 3 + ["submit"]
        simulator.control.behave()
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert sources(simulator) == ["data", "stored"]

    def test_a_place_that_is_refused_costs_nothing_and_is_not_tried_again(
        self, simulator: Simulator, bench: Workbench
    ) -> None:
        simulator.control.settings(upload_shape="both", upload_address=True)  # names another place than it keeps
        simulator.service.storage.clear()
        simulator.control.misbehave("submit", "422", message="image: no stored file has that path")
        bench.submit()
        job = bench.finish()
        assert job.state is State.REFUSED
        assert "no stored file" in job.error
        assert simulator.control.counters()["billed"] == 0
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert sources(simulator) == ["data"]

    def test_a_lost_answer_to_the_post_is_not_sent_again(self, simulator: Simulator, bench: Workbench) -> None:
        simulator.control.misbehave("submit", "cut_after")
        bench.submit()
        assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["upload", "submit"]

    def test_send_again_stores_the_picture_again(self, simulator: Simulator, bench: Workbench) -> None:
        simulator.control.misbehave("submit", "500")
        job = bench.finish(bench.submit())
        assert (job.state, job.suspended) == (State.UNCERTAIN, True)
        bench.engine.send_again(job.id)
        bench.until(lambda: any(told.replaces == job.id for told in bench.told))
        bench.until(lambda: any(told.replaces == job.id and told.state is State.DOWNLOADED for told in bench.told))
        assert routes(simulator) == ["upload", "submit", "upload", "submit"]

    def test_an_address_is_not_uploaded(self, simulator: Simulator, bench: Workbench) -> None:
        bench.submit(image_url="https://example.org/chair.png")
        assert bench.finish().state is State.DOWNLOADED
        assert routes(simulator) == ["submit"]

    def test_every_request_counts(self, simulator: Simulator, open_bench: OpenBench) -> None:
        """The question for the time, the upload and the POST are three: the fourth request, a poll, has to wait."""
        limiter = RateLimiter(SystemClock(), limit=3, reserve=0, window=3600.0)
        bench = open_bench(simulator.url, simulator.key, limiter=limiter)
        bench.reach(bench.submit(), State.ACCEPTED)
        assert [entry["route"] for entry in simulator.control.log()] == ["usage", "upload", "submit"]
        assert limiter.take(endpoint.account_of(simulator.url), urgent=True) > 0.0


@pytest.mark.usefixtures("eager")
def test_a_server_that_went_away_is_waited_for_long_and_then_said(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workplace, "GIVE_UP_AFTER_SILENCES", 6)

    def leaving(connection: Connection) -> None:
        if connection.request().method == "POST":
            connection.server.leave()
            connection.reset()
        else:
            connection.send(reply(200, b'{"balance": 1}'))

    with Scripted(leaving) as server:
        bench = open_bench(server.url)
        job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.PREPARED, True)
    assert job.error.endswith("Nothing was billed. Then press Send to go on.")
    assert job.failures == 6
    assert [seen.target for seen in server.seen if seen.method == "POST"] == ["/v1/files/upload"]


def stuck(routes: list[str], release: list[Connection]) -> Any:
    """A server that reads an upload, and says nothing more."""

    def script(connection: Connection) -> None:
        seen = connection.request()
        routes.append(seen.target.partition("?")[0])
        if seen.target.endswith("/upload"):
            release.append(connection)
            connection.hold()
        else:
            connection.send(reply(200, b'{"balance": 1}'))

    return script


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Give the list of what was asked of a scripted server; none of it may be a paid POST."""
    paths: list[str] = []
    yield paths
    assert "/v1/3d/generations" not in paths


UNENDING = Timeouts(5.0, 3600.0, 3600.0)
"""No answer is given up by itself before the test would be."""


@pytest.mark.usefixtures("eager")
class TestCancel:
    def test_breaks_off_the_upload(self, open_bench: OpenBench, asked: list[str]) -> None:
        held: list[Connection] = []
        with Scripted(stuck(asked, held)) as server:
            bench = open_bench(server.url, timeouts=UNENDING)
            job_id = bench.submit()
            wait_for(lambda: bool(held))
            bench.engine.cancel(job_id)
            job = bench.finish()
        assert job.state is State.CANCELLED
        assert "nothing was billed" in job.error
        assert asked.count("/v1/files/upload") == 1

    def test_breaks_off_one_upload_only(self, open_bench: OpenBench, asked: list[str]) -> None:
        held: list[Connection] = []
        with Scripted(stuck(asked, held)) as server:
            bench = open_bench(server.url, timeouts=UNENDING)
            first, second = bench.submit(), bench.submit()
            wait_for(lambda: len(held) == 2)
            bench.engine.cancel(first)
            assert bench.finish(first).state is State.CANCELLED
            assert bench.jobs[second].running
            assert asked.count("/v1/files/upload") == 2
            bench.engine.cancel(second)
            assert bench.finish(second).state is State.CANCELLED

    def test_is_not_lost_between_two_tries(self, simulator: Simulator, open_bench: OpenBench) -> None:
        simulator.control.misbehave("upload", "429", times=None, retry_after=3600)
        bench = open_bench(simulator.url, simulator.key)
        job_id = bench.submit()
        bench.until(lambda: bench.jobs[job_id].failures == 1)
        bench.engine.cancel(job_id)
        assert bench.finish().state is State.CANCELLED
        assert routes(simulator) == ["upload"]

    def test_closing_breaks_off_the_upload(self, open_bench: OpenBench, asked: list[str]) -> None:
        """The thread ends at once, and the job is as it was: nothing of it was sent."""
        held: list[Connection] = []
        with Scripted(stuck(asked, held)) as server:
            bench = open_bench(server.url, timeouts=UNENDING)
            job_id = bench.submit()
            wait_for(lambda: bool(held))
            bench.close()  # checks that no thread is left
        assert (bench.jobs[job_id].state, bench.jobs[job_id].failures) == (State.PREPARED, 0)

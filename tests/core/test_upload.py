# SPDX-License-Identifier: GPL-3.0-or-later
"""Large pictures go ahead of their job, for free; where that does not work they go with it. Nothing is paid twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint, prepared, upload, workplace
from trellis_blender.core.image import Pixels
from trellis_blender.core.jobs import SENDING, State
from trellis_blender.core.pacing import RateLimiter, SystemClock


def routes(simulator: Simulator) -> list[str]:
    """Give what was asked, without the question for the time and the polls."""
    return [entry["route"] for entry in simulator.control.log() if entry["route"] in ("upload", "submit")]


def sources(simulator: Simulator) -> list[str]:
    return [job["picture_from"] for job in simulator.control.jobs()]


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
            "The picture is too large to be sent with its job. Press Try Again: it is sent ahead of the job then."
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

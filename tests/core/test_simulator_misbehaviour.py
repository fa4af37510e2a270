# SPDX-License-Identifier: GPL-3.0-or-later
"""Every misbehaviour of the stand-in really is one on the wire."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from tests.core.scripted import wait_for
from tests.simulator.misbehaviour import MISBEHAVIOURS
from tests.simulator.server import Simulator
from tests.simulator.visitor import body, call, fetch, finished, parted, raw, submit

LIST = "/v1/jobs"


class TestStatuses:
    @pytest.mark.parametrize("status", ["400", "401", "402", "403", "404", "429", "500", "502", "503", "504"])
    def test_instead_of_the_effect(self, simulator: Simulator, status: str) -> None:
        simulator.control.misbehave("submit", status)
        answer = submit(simulator)
        assert answer.status_code == int(status)
        assert answer.json()["error"]["message"]
        assert simulator.control.counters()["accepted"] == 0
        assert submit(simulator).status_code == 200

    def test_after_the_effect(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "502", effect=True)
        assert submit(simulator).status_code == 502
        assert simulator.control.counters()["accepted"] == 1

    def test_too_many_with_and_without_a_wait(self, simulator: Simulator) -> None:
        simulator.control.misbehave("list", "429", retry_after=7)
        simulator.control.misbehave("list", "429_bare")
        assert call(simulator, "GET", LIST).headers["Retry-After"] == "7"
        assert "Retry-After" not in call(simulator, "GET", LIST).headers

    def test_in_another_shape_and_wording(self, simulator: Simulator) -> None:
        simulator.control.misbehave("list", "500", envelope="html")
        simulator.control.misbehave("list", "503", code="odd", message="come back")
        assert call(simulator, "GET", LIST).headers["Content-Type"].startswith("text/html")
        assert call(simulator, "GET", LIST).json()["error"] == {
            "message": "come back", "type": "service_unavailable_error", "code": "odd",
        }  # fmt: skip


class TestOrders:
    def test_how_often_and_after_how_many(self, simulator: Simulator) -> None:
        simulator.control.misbehave("list", "500", times=2, after=1)
        codes = [call(simulator, "GET", LIST).status_code for _ in range(4)]
        assert codes == [200, 500, 500, 200]
        simulator.control.misbehave("list", "500", times=None)
        assert {call(simulator, "GET", LIST).status_code for _ in range(5)} == {500}
        assert len(simulator.control.faults()) == 1
        simulator.control.behave("list")
        assert call(simulator, "GET", LIST).status_code == 200

    def test_one_after_the_other(self, simulator: Simulator) -> None:
        for kind in ("500", "503", "502"):
            simulator.control.misbehave("list", kind)
        assert [call(simulator, "GET", LIST).status_code for _ in range(4)] == [500, 503, 502, 200]

    def test_for_one_job_only(self, simulator: Simulator) -> None:
        first, second = (submit(simulator).json()["job_id"] for _ in range(2))
        url = finished(simulator, first)["result"]["url"]
        simulator.control.misbehave("poll", "500", times=None, job=first)
        simulator.control.misbehave("download", "503", job=first)
        assert call(simulator, "GET", f"/v1/jobs/{second}").status_code == 200
        assert call(simulator, "GET", f"/v1/jobs/{first}").status_code == 500
        assert fetch(finished(simulator, second)["result"]["url"]).status_code == 200
        assert fetch(url).status_code == 503

    def test_everywhere(self, simulator: Simulator) -> None:
        simulator.control.misbehave("*", "503", times=None)
        assert submit(simulator).status_code == 503
        assert call(simulator, "GET", LIST).status_code == 503

    @pytest.mark.parametrize(
        "order",
        [
            {"route": "nowhere", "fault": "500"},
            {"route": "list", "fault": "odd"},
            {"route": "run", "fault": "500"},
            {"route": "list", "fault": "late", "minutes": 1},
        ],
    )
    def test_refuses_an_order_it_does_not_know(self, simulator: Simulator, order: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r".+"):
            simulator.control.misbehave(**order)


class TestConnections:
    def test_cut_before_anything_happened(self, simulator: Simulator) -> None:
        for kind in ("cut_unread", "cut_before"):
            simulator.control.misbehave("submit", kind)
            with pytest.raises(requests.ConnectionError):
                submit(simulator)
            assert simulator.control.counters()["accepted"] == 0
            assert simulator.control.log()[-1]["status"] == 0
            assert simulator.control.log()[-1]["fault"] == kind

    def test_cut_unread_leaves_a_large_body_unread(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "cut_unread")
        data, reset = raw(simulator, simulator.url + "/v1/3d/generations", "POST", b" " * 20_000_000)
        assert (data, reset) == (b"", True)
        assert simulator.control.log()[-1]["body_bytes"] == 0

    def test_cut_after_leaves_a_billed_job(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "cut_after")
        content = json.dumps(body()).encode()
        assert raw(simulator, simulator.url + "/v1/3d/generations", "POST", content) == (b"", True)
        assert simulator.control.counters()["accepted"] == 1
        assert simulator.control.counters()["billed"] == 0.249
        assert len(call(simulator, "GET", LIST).json()["jobs"]) == 1

    def test_cut_in_the_middle(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "cut_middle")
        content = json.dumps(body()).encode()
        data, reset = raw(simulator, simulator.url + "/v1/3d/generations", "POST", content)
        headers, got = parted(data)
        assert reset
        assert 0 < len(got) < int(headers["content-length"])
        assert simulator.control.counters()["accepted"] == 1

    def test_late(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "late", seconds=60)
        start = time.monotonic()
        with pytest.raises(requests.ReadTimeout):
            requests.post(
                simulator.url + "/v1/3d/generations", json=body(), timeout=0.3,
                headers={"x-api-key": simulator.key}, proxies={"http": ""},
            )  # fmt: skip
        assert 0.25 < time.monotonic() - start < 59
        wait_for(lambda: simulator.control.counters()["accepted"] == 1)
        simulator.control.misbehave("list", "late", seconds=0.4)
        start = time.monotonic()
        assert call(simulator, "GET", LIST).status_code == 200
        assert time.monotonic() - start > 0.35

    def test_drip(self, simulator: Simulator) -> None:
        size = len(call(simulator, "GET", LIST).content)
        simulator.control.misbehave("list", "drip", bytes_per_second=size * 2)
        start = time.monotonic()
        assert len(call(simulator, "GET", LIST).content) == size
        assert time.monotonic() - start > 0.4


class TestAnswers:
    def test_html_empty_and_garbage(self, simulator: Simulator) -> None:
        for kind in ("html", "empty", "garbage"):
            simulator.control.misbehave("submit", kind)
        assert submit(simulator).text.startswith("<!DOCTYPE html>")
        assert submit(simulator).content == b""
        with pytest.raises(ValueError, match=r".+"):
            submit(simulator).json()
        assert simulator.control.counters()["accepted"] == 3

    def test_fields(self, simulator: Simulator) -> None:
        simulator.control.misbehave("submit", "missing_field")
        assert "job_id" not in submit(simulator).json()
        simulator.control.misbehave("submit", "wrong_type", field="job_id", value=7)
        assert submit(simulator).json()["job_id"] == 7
        simulator.control.misbehave("list", "missing_field", field="jobs")
        assert "jobs" not in call(simulator, "GET", LIST).json()
        simulator.control.misbehave("list", "not_object")
        assert call(simulator, "GET", LIST).json() == ["unexpected"]
        simulator.control.misbehave("submit", "error_in_ok")
        assert "error" in submit(simulator).json()
        assert simulator.control.counters()["accepted"] == 2

    def test_huge(self, simulator: Simulator) -> None:
        simulator.control.misbehave("list", "huge_json", megabytes=3)
        answer = call(simulator, "GET", LIST)
        assert len(answer.content) > 3 * 1024 * 1024
        assert answer.json()["jobs"] == []

    def test_redirects(self, simulator: Simulator) -> None:
        simulator.control.misbehave("list", "redirect_same")
        assert call(simulator, "GET", LIST).status_code == 200
        assert [entry["status"] for entry in simulator.control.log()] == [302, 200]
        simulator.control.misbehave("list", "redirect_elsewhere", status=307)
        answer = call(simulator, "GET", LIST, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (307, simulator.download_url + LIST)
        simulator.control.misbehave("list", "redirect_elsewhere")
        call(simulator, "GET", LIST)  # requests itself drops Authorization on the way
        assert simulator.control.violations() == []
        simulator.control.misbehave("list", "redirect_elsewhere")
        call(simulator, "GET", LIST, headers={"x-api-key": simulator.key})  # but not this one
        assert len(simulator.control.violations()) == 1
        simulator.control.misbehave("list", "redirect_endless")
        with pytest.raises(requests.TooManyRedirects):
            call(simulator, "GET", LIST)


@pytest.mark.parametrize("kind", sorted(MISBEHAVIOURS))
def test_after_each_fault_it_behaves_again(simulator: Simulator, kind: str) -> None:
    options: dict[str, dict[str, Any]] = {
        "late": {"seconds": 0.01},
        "drip": {"bytes_per_second": 1e6},
        "huge_json": {"megabytes": 1},
    }
    simulator.control.misbehave("list", kind, **options.get(kind, {}))
    raw(simulator, simulator.url + LIST)
    assert simulator.control.log()[-1]["fault"] == kind
    assert simulator.control.faults() == []
    assert call(simulator, "GET", LIST).status_code == 200

# SPDX-License-Identifier: GPL-3.0-or-later
"""The lives of jobs at the stand-in, and where their results are."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.simulator.server import Simulator
from tests.simulator.shapes import SHAPES
from tests.simulator.visitor import call, completed, fetch, finished, submit


class TestJobs:
    def test_life_with_the_clock(self, simulator: Simulator) -> None:
        simulator.control.settings(job_seconds=100, queue_seconds=10)
        job_id = submit(simulator).json()["job_id"]
        simulator.service.jobs.all()[0].order.result()  # type: ignore[union-attr]
        assert call(simulator, "GET", f"/v1/jobs/{job_id}").json()["status"] == "queued"
        simulator.control.advance(50)
        halfway = call(simulator, "GET", f"/v1/jobs/{job_id}").json()
        assert halfway["status"] == "processing"
        assert 0.5 <= halfway["progress"] < 0.9
        assert halfway["completed_at"] is None
        assert halfway["result"] is None
        simulator.control.advance(50)
        done = call(simulator, "GET", f"/v1/jobs/{job_id}").json()
        assert (done["status"], done["progress"], done["error"]) == ("completed", 1.0, None)
        assert done["completed_at"] > done["created_at"]
        simulator.control.advance(3500)
        assert call(simulator, "GET", f"/v1/jobs/{job_id}").status_code == 200
        simulator.control.advance(101)
        assert call(simulator, "GET", f"/v1/jobs/{job_id}").status_code == 404
        assert call(simulator, "GET", "/v1/jobs").json()["jobs"] == []

    def test_list_newest_first_filtered(self, simulator: Simulator) -> None:
        ids = [submit(simulator).json()["job_id"] for _ in range(3)]
        finished(simulator, ids[0])
        simulator.control.settings(job_seconds=60)
        running = submit(simulator).json()["job_id"]
        simulator.control.misbehave("run", "fail")
        simulator.control.settings(job_seconds=0)
        failed = submit(simulator).json()["job_id"]

        def ids_of(query: str) -> list[str]:
            return [job["job_id"] for job in call(simulator, "GET", f"/v1/jobs{query}").json()["jobs"]]

        assert ids_of("") == [failed, running, *reversed(ids)]
        assert ids_of("?status=processing") == [running]
        assert ids_of("?status=failed") == [failed]
        assert ids_of("?status=completed&limit=2") == [ids[2], ids[1]]
        assert call(simulator, "GET", "/v1/jobs?limit=101").status_code == 422
        assert call(simulator, "GET", "/v1/jobs?status=odd").status_code == 422

    def test_cancel_and_its_fallback(self, simulator: Simulator) -> None:
        simulator.control.settings(job_seconds=60)
        first, second = (submit(simulator).json()["job_id"] for _ in range(2))
        assert call(simulator, "POST", f"/v1/jobs/{first}/cancel").json()["status"] == "cancelled"
        simulator.control.settings(offers_cancel=False, cancel_refusal=405)
        assert call(simulator, "POST", f"/v1/jobs/{second}/cancel").status_code == 405
        assert call(simulator, "DELETE", f"/v1/jobs/{second}").json()["status"] == "cancelled"
        assert simulator.control.counters()["billed"] == 0.498

    def test_cancel_leaves_a_completed_job_as_it_is(self, simulator: Simulator) -> None:
        job = completed(simulator)
        assert call(simulator, "POST", f"/v1/jobs/{job['job_id']}/cancel").json() == job
        assert call(simulator, "POST", "/v1/jobs/job_none/cancel").status_code == 404

    def test_other_words_for_statuses(self, simulator: Simulator) -> None:
        simulator.control.settings(status_words={"completed": "succeeded"})
        job_id = submit(simulator).json()["job_id"]
        assert finished(simulator, job_id)["status"] == "succeeded"

    def test_never_finishing_and_slow(self, simulator: Simulator) -> None:
        simulator.control.misbehave("run", "never_finish")
        simulator.control.misbehave("run", "slow", seconds=50)
        stuck, slow = (submit(simulator).json()["job_id"] for _ in range(2))
        simulator.control.advance(49)
        assert finished(simulator, slow)["status"] == "processing"
        simulator.control.advance(100_000)
        assert finished(simulator, stuck)["status"] == "processing"

    @pytest.mark.parametrize("shape", ["object", "string", "nested", "detail", "list", "null"])
    def test_failed_in_several_shapes(self, simulator: Simulator, shape: str) -> None:
        simulator.control.misbehave("run", "fail", shape=shape, message="out of luck")
        job = finished(simulator, submit(simulator).json()["job_id"])
        assert job["status"] == "failed"
        assert shape == "null" or "out of luck" in str(job["error"])


class TestResult:
    @pytest.mark.parametrize("data_uri", [False, True])
    @pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"nothing"}))
    def test_every_shape_holds_the_file(self, simulator: Simulator, shape: str, data_uri: bool) -> None:
        simulator.control.settings(result_shape=shape, data_uri=data_uri)
        job = completed(simulator)
        found = [text for text in _strings(job) if text.startswith(("http", "data:")) or len(text) > 1000]
        place = found[-1]
        data = fetch(place).content if place.startswith("http") else base64.b64decode(place.rpartition(",")[2])
        assert data == simulator.control.model(job["job_id"])
        assert data[:4] == b"glTF"

    def test_response_format(self, simulator: Simulator) -> None:
        job = completed(simulator, response_format="b64_json")
        data = base64.b64decode(job["result"]["data"][0]["b64_json"])
        assert data == simulator.control.model(job["job_id"])

    def test_signed_addresses_expire(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        assert fetch(url).status_code == 200
        assert fetch(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
        assert fetch(url.replace("expires=1", "expires=2")).status_code == 403
        simulator.control.advance(7 * 86400 + 1)
        assert fetch(url).status_code == 403
        file_id = url.split("/")[4]
        fresh = call(simulator, "GET", "/v1/files/sign", params={"file_id": file_id}).json()["url"]
        assert fetch(fresh).status_code == 200
        assert call(simulator, "GET", "/v1/files/sign", params={"file_id": url}).status_code == 404
        assert call(simulator, "GET", "/v1/files/sign").status_code == 422
        simulator.control.advance(23 * 86400)
        assert call(simulator, "GET", "/v1/files/sign", params={"file_id": file_id}).status_code == 404

    @pytest.mark.parametrize(
        ("shape", "path"),
        [("url", ("url",)), ("signed_url", ("signed_url",)), ("data.url", ("data", "url"))],
    )
    def test_shapes_of_a_signing(self, simulator: Simulator, shape: str, path: tuple[str, ...]) -> None:
        simulator.control.settings(sign_shape=shape)
        answer = call(simulator, "GET", "/v1/files/sign", params={"file_id": completed(simulator)["result"]["file_id"]})
        found = answer.json()
        for name in path:
            found = found[name]
        assert fetch(found).status_code == 200

    def test_where_a_file_is_named(self, simulator: Simulator) -> None:
        simulator.control.settings(result_shape="result.files[].url", file_id_place="id")
        files = completed(simulator)["result"]["files"]
        assert [item.get("id", "")[:5] for item in files] == ["", "file_"]
        simulator.control.settings(file_id_place="nowhere")
        assert "file_" not in str({**completed(simulator)["result"]["files"][1], "url": ""})

    def test_range(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        whole = fetch(url)
        part = fetch(url, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]})
        assert part.status_code == 206
        assert part.content == whole.content[100:]
        assert part.headers["Content-Range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
        assert fetch(url, headers={"Range": "bytes=100-", "If-Range": '"other"'}).status_code == 200
        assert fetch(url, headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416
        simulator.control.settings(ranges=False, etag=False)
        plain = fetch(url, headers={"Range": "bytes=100-"})
        assert plain.status_code == 200
        assert "ETag" not in plain.headers

    def test_the_download_origin_refuses_the_key_anywhere(self, simulator: Simulator) -> None:
        url = completed(simulator)["result"]["url"]
        wrong: list[tuple[str, dict[str, str]]] = [
            (url, {"Authorization": f"Bearer {simulator.key}"}),
            (url, {"Authorization": "Basic bmV0cmM6"}),
            (url, {"x-api-key": "anything"}),
            (url, {"Referer": f"http://x/?k={simulator.key}"}),
            (url, {"Cookie": "sk-empiriolabs-another"}),
            (f"{url}&key={simulator.key}", {}),
            (f"{url}&key=sk%2Dempiriolabs%2Dx", {}),
            (f"{simulator.download_url}/{simulator.key}", {}),
        ]
        for number, (place, headers) in enumerate(wrong, start=1):
            assert fetch(place, headers=headers).status_code == 400
            assert len(simulator.control.violations()) == number
        assert fetch(url).status_code == 200
        assert len(simulator.control.violations()) == len(wrong)

    def test_the_key_in_the_address_is_a_violation_at_the_api_too(self, simulator: Simulator) -> None:
        call(simulator, "GET", "/v1/jobs", params={"api_key": simulator.key})
        assert [entry["violation"] for entry in simulator.control.violations()] == ["the key travelled in url"]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in _strings(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in _strings(entry)]
    return [value] if isinstance(value, str) else []

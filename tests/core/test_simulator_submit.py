# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in accepts, bills and refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.server import Simulator
from tests.simulator.visitor import body, call, completed, fetch, finished, png, submit, uri
from trellis_blender.core.catalogue import PRICE_BY_RESOLUTION_USD


class TestSubmit:
    def test_answers_at_once_with_a_job(self, simulator: Simulator) -> None:
        simulator.control.settings(job_seconds=30)
        answer = submit(simulator)
        assert answer.status_code == 200
        assert set(answer.json()) == {"job_id", "status", "poll_url", "created_at"}
        assert answer.json()["status"] == "processing"
        assert answer.json()["poll_url"] == f"/v1/jobs/{answer.json()['job_id']}"

    def test_bills_the_price_of_the_resolution_once(self, simulator: Simulator) -> None:
        for resolution, price in PRICE_BY_RESOLUTION_USD.items():
            simulator.control.reset()
            submit(simulator, resolution=resolution)
            assert simulator.control.counters()["billed"] == float(price)
            assert simulator.control.counters()["accepted"] == 1

    @pytest.mark.parametrize("header", [{"Authorization": ""}, {"Authorization": "Basic abc"}])
    def test_without_a_key(self, simulator: Simulator, header: dict[str, str]) -> None:
        answer = call(simulator, "POST", "/v1/3d/generations", json=body(), headers=header)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "missing_api_key")

    def test_with_a_wrong_key_and_with_the_other_header(self, simulator: Simulator) -> None:
        wrong = call(simulator, "GET", "/v1/jobs", headers={"Authorization": "Bearer sk-empiriolabs-no"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "invalid_api_key")
        other = call(simulator, "GET", "/v1/jobs", headers={"Authorization": "", "x-api-key": simulator.key})
        assert other.status_code == 200

    def test_without_credit_nothing_is_accepted(self, simulator: Simulator) -> None:
        simulator.control.settings(balance=0.1)
        answer = submit(simulator)
        assert (answer.status_code, answer.json()["error"]["code"]) == (402, "insufficient_credits")
        assert simulator.control.counters()["accepted"] == 0
        assert submit(simulator, resolution="512").status_code == 200

    @pytest.mark.parametrize(
        ("changes", "status", "word"),
        [
            ({"model": None}, 422, "model"),
            ({"model": "trellis-1"}, 404, "trellis-1"),
            ({"image": None}, 422, "image"),
            ({"image_url": "https://example.org/a.png"}, 422, "image"),
            ({"image": "data:image/png;base64,####"}, 422, "image"),
            ({"image": uri(b"not a picture")}, 422, "picture"),
            ({"image": uri(png()[:200])}, 422, "picture"),
            ({"image": "bunny://nowhere/x"}, 422, "image"),
            ({"resolution": 1024}, 422, "resolution"),
            ({"texture_size": 2048}, 422, "texture_size"),
            ({"resolution": "512", "pipeline_type": "1024_cascade"}, 422, "pipeline_type"),
            ({"decimation_target": 9999}, 422, "decimation_target"),
            ({"decimation_target": 1000001}, 422, "decimation_target"),
            ({"seed": "42"}, 422, "seed"),
            ({"ss_guidance_strength": float("nan")}, 422, "ss_guidance_strength"),
            ({"surprise": 1}, 422, "surprise"),
        ],
    )
    def test_refuses_what_the_service_would(
        self, simulator: Simulator, changes: dict[str, Any], status: int, word: str
    ) -> None:
        content = json.dumps(body(**changes))
        answer = call(simulator, "POST", "/v1/3d/generations", data=content)
        assert answer.status_code == status, answer.text
        assert word in answer.json()["error"]["message"]
        assert simulator.control.counters()["billed"] == 0

    def test_one_name_of_the_resolution_is_enough(self, simulator: Simulator) -> None:
        submit(simulator, resolution="512")
        submit(simulator, pipeline_type="1536_cascade")
        made = [job["effective"] for job in simulator.control.jobs()]
        assert [(job["resolution"], job["pipeline_type"]) for job in made] == [("512", "512"), ("1536", "1536_cascade")]

    def test_a_body_that_is_not_json_or_too_large(self, simulator: Simulator) -> None:
        assert call(simulator, "POST", "/v1/3d/generations", data=b"{").status_code == 400
        assert call(simulator, "POST", "/v1/3d/generations", data=b"[]").status_code == 422
        simulator.control.settings(body_limit_bytes=1000)
        assert call(simulator, "POST", "/v1/3d/generations", data=b"x" * 1001).status_code == 413
        assert call(simulator, "POST", "/v1/3d/generations", data=b"x" * 20_000_000).status_code == 413

    def test_a_picture_without_a_solid_pixel_fails_after_it_was_billed(self, simulator: Simulator) -> None:
        answer = submit(simulator, image=uri(png(alpha=200)))
        assert answer.status_code == 200
        job = finished(simulator, answer.json()["job_id"])
        assert job["status"] == "failed"
        assert job["error"]["code"] == "generation_failed"
        assert simulator.control.counters()["billed"] == 0.249

    def test_the_picture_can_be_had_back(self, simulator: Simulator) -> None:
        job_id = submit(simulator).json()["job_id"]
        assert simulator.control.image(job_id) == png()

    def test_an_address_instead_of_a_picture(self, simulator: Simulator) -> None:
        job = completed(simulator, image=None, image_url="https://example.org/chair.png")
        assert fetch(job["result"]["url"]).content[:4] == b"glTF"
        missing = submit(simulator, image=None, image_url=simulator.download_url + "/nothing.png").json()["job_id"]
        assert finished(simulator, missing)["error"]["code"] == "image_fetch_failed"

    @pytest.mark.parametrize("answer", ["glb", "result"])
    def test_other_servers_answer_with_the_file(self, simulator: Simulator, answer: str) -> None:
        simulator.control.settings(answer=answer)
        got = submit(simulator)
        if answer == "glb":
            assert got.headers["Content-Type"] == "model/gltf-binary"
            assert got.content[:4] == b"glTF"
        else:
            assert "job_id" not in got.json()
            assert fetch(got.json()["result"]["url"]).content[:4] == b"glTF"

    @pytest.mark.parametrize("answer", ["glb", "result"])
    def test_other_servers_fail_at_once(self, simulator: Simulator, answer: str) -> None:
        simulator.control.settings(answer=answer)
        assert submit(simulator, image=uri(png(alpha=200))).status_code == 500
        simulator.control.misbehave("run", "fail")
        assert submit(simulator).status_code == 500
        assert simulator.control.log()[-1]["fault"] == ""

    @pytest.mark.parametrize(
        ("setting", "start"), [("absolute", "http://127.0.0.1"), ("elsewhere", "http://127.0.0.1"), ("absent", None)]
    )
    def test_the_address_to_poll(self, simulator: Simulator, setting: str, start: str | None) -> None:
        simulator.control.settings(poll_url=setting)
        url = submit(simulator).json().get("poll_url")
        assert url is None if start is None else url.startswith(start)
        if setting == "elsewhere":
            assert url.startswith(simulator.download_url)

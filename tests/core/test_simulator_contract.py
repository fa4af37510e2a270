# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in keeps the contract, endpoint by endpoint, over the wire."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
import requests
from PIL import Image, ImageDraw

from tests.simulator.fixtures import simulator, standing  # noqa: F401  # fixtures
from tests.simulator.server import Simulator
from tests.simulator.shapes import SHAPES
from trellis_blender.core.catalogue import MODEL_ID, PARAMETERS, PRICE_BY_RESOLUTION_USD, Kind


def png(size: int = 96, *, alpha: int = 255, mode: str = "RGBA") -> bytes:
    picture = Image.new("RGBA", (size, size), (255, 255, 255, 255) if mode == "RGB" else (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((size // 8, size // 4, size * 7 // 8, size * 3 // 4), fill=(200, 60, 30, alpha))
    stream = io.BytesIO()
    picture.convert(mode).save(stream, "PNG")
    return stream.getvalue()


def uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def body(**changes: Any) -> dict[str, Any]:
    small = {"model": MODEL_ID, "image": uri(png()), "decimation_target": 10000, "texture_size": "1024"}
    return {name: value for name, value in {**small, **changes}.items() if value is not None}


def call(server: Simulator, method: str, path: str, **arguments: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {server.key}", **arguments.pop("headers", {})}
    with requests.Session() as session:
        session.trust_env = False
        url = path if path.startswith("http") else server.url + path
        return session.request(method, url, headers=headers, timeout=20, **arguments)


def submit(server: Simulator, **changes: Any) -> requests.Response:
    return call(server, "POST", "/v1/3d/generations", json=body(**changes))


def fetch(url: str, **arguments: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=20, **arguments)


def finished(server: Simulator, job_id: str) -> dict[str, Any]:
    for order in [job.order for job in server.service.jobs.all()]:
        if order:
            order.exception()
    return call(server, "GET", f"/v1/jobs/{job_id}").json()  # type: ignore[no-any-return]


def completed(server: Simulator, **changes: Any) -> dict[str, Any]:
    job = finished(server, submit(server, **changes).json()["job_id"])
    assert job["status"] == "completed", job
    return job


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

    @pytest.mark.parametrize(
        ("setting", "start"), [("absolute", "http://127.0.0.1"), ("elsewhere", "http://127.0.0.1"), ("absent", None)]
    )
    def test_the_address_to_poll(self, simulator: Simulator, setting: str, start: str | None) -> None:
        simulator.control.settings(poll_url=setting)
        url = submit(simulator).json().get("poll_url")
        assert url is None if start is None else url.startswith(start)
        if setting == "elsewhere":
            assert url.startswith(simulator.download_url)


class TestJobs:
    def test_life_with_the_clock(self, simulator: Simulator) -> None:
        simulator.control.settings(job_seconds=100, queue_seconds=10)
        job_id = submit(simulator).json()["job_id"]
        simulator.service.jobs.all()[0].order.result()  # type: ignore[union-attr]
        assert call(simulator, "GET", f"/v1/jobs/{job_id}").json()["status"] == "queued"
        simulator.control.advance(50)
        halfway = call(simulator, "GET", f"/v1/jobs/{job_id}").json()
        assert halfway["status"] == "processing"
        assert 0.5 <= halfway["progress"] < 0.55
        assert halfway["completed_at"] is None
        assert halfway["result"] is None
        simulator.control.advance(50)
        done = call(simulator, "GET", f"/v1/jobs/{job_id}").json()
        assert (done["status"], done["progress"], done["error"]) == ("completed", 1.0, None)
        assert done["completed_at"] > done["created_at"]
        simulator.control.advance(3599)
        assert call(simulator, "GET", f"/v1/jobs/{job_id}").status_code == 200
        simulator.control.advance(3)
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
        if place.startswith("http"):
            data = fetch(place).content
        else:
            data = base64.b64decode(place.rpartition(",")[2])
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
        fresh = call(simulator, "GET", "/v1/files/sign", params={"file_id": url.split("/")[4]}).json()["url"]
        assert fetch(fresh).status_code == 200
        assert call(simulator, "GET", "/v1/files/sign", params={"file_id": url}).status_code == 200
        simulator.control.advance(24 * 86400)
        assert call(simulator, "GET", "/v1/files/sign", params={"file_id": url}).status_code == 404

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


class TestAccount:
    def test_usage_events(self, simulator: Simulator) -> None:
        simulator.control.settings(balance=10, job_seconds=5)
        first = submit(simulator, resolution="512").json()["job_id"]
        simulator.control.advance(100)
        submit(simulator)
        finished(simulator, first)
        answer = call(simulator, "GET", "/v1/account/usage").json()
        assert answer["balance"] == pytest.approx(10 - 0.025 - 0.249)
        new, old = answer["events"]
        assert (old["cost"]["amount"], old["status"], old["endpoint"]) == (0.025, "completed", "/v1/3d/generations")
        assert fetch(old["output_urls"][0]).content == simulator.control.model(first)
        assert (new["status"], new["output_urls"]) == ("processing", [])

        def count(**query: Any) -> int:
            return len(call(simulator, "GET", "/v1/account/usage", params=query).json()["events"])

        assert count(limit=1) == 1
        assert count(**{"from": new["created_at"]}) == 1
        assert count(to=old["created_at"]) == 1
        assert count(before=new["id"]) == 1
        assert count(model="other") == 0
        assert count(status="completed") == 1
        simulator.control.advance(2 * 3600)
        assert call(simulator, "GET", f"/v1/jobs/{first}").status_code == 404
        assert count(status="completed") == 2
        assert call(simulator, "GET", "/v1/account/usage?from=yesterday").status_code == 422

    def test_late_lists_and_events(self, simulator: Simulator) -> None:
        simulator.control.settings(list_delay_seconds=10, usage_delay_seconds=20)
        submit(simulator)
        assert call(simulator, "GET", "/v1/jobs").json()["jobs"] == []
        simulator.control.advance(11)
        assert len(call(simulator, "GET", "/v1/jobs").json()["jobs"]) == 1
        assert call(simulator, "GET", "/v1/account/usage").json()["events"] == []
        simulator.control.advance(10)
        assert len(call(simulator, "GET", "/v1/account/usage").json()["events"]) == 1

    def test_model(self, simulator: Simulator) -> None:
        model = call(simulator, "GET", f"/v1/models/{MODEL_ID}").json()
        by_name = {entry["name"]: entry for entry in model["supported_parameters"]}
        assert set(by_name) == {parameter.name for parameter in PARAMETERS}
        for parameter in PARAMETERS:
            if parameter.minimum is not None:
                assert by_name[parameter.name]["minimum"] == parameter.minimum
            if parameter.kind is Kind.ENUM:
                assert by_name[parameter.name]["enum"] == list(parameter.values)
        assert model["default_params"]["resolution"] == "1024"
        assert model["pricing"]["by_resolution"] == {"512": 0.025, "1024": 0.249, "1536": 0.499}
        simulator.control.settings(schema_shape="range", schema_overrides={"seed": {"default": 7}})
        model = call(simulator, "GET", f"/v1/models/{MODEL_ID}").json()
        seed = next(entry for entry in model["supported_parameters"] if entry["name"] == "seed")
        assert (seed["range"], seed["default"]) == ([0, 2147483647], 7)
        assert call(simulator, "GET", "/v1/models/none").json()["error"]["code"] == "model_not_found"

    def test_upload(self, simulator: Simulator) -> None:
        answer = call(simulator, "POST", "/v1/files/upload", files={"file": ("a.png", png(), "image/png")}).json()
        assert answer["path"].startswith("bunny://")
        job_id = submit(simulator, image=answer["path"]).json()["job_id"]
        assert simulator.control.image(job_id) == png()
        assert simulator.control.jobs()[0]["picture_from"] == "stored"
        wrong = call(simulator, "POST", "/v1/files/upload", files={"file": ("a.png", b"no", "image/png")})
        assert wrong.status_code == 422
        assert call(simulator, "POST", "/v1/files/upload", data=b"no").status_code == 422

    @pytest.mark.parametrize(
        ("switch", "method", "path"),
        [
            ("offers_list", "GET", "/v1/jobs"),
            ("offers_model", "GET", f"/v1/models/{MODEL_ID}"),
            ("offers_usage", "GET", "/v1/account/usage"),
            ("offers_upload", "POST", "/v1/files/upload"),
            ("offers_sign", "GET", "/v1/files/sign?file_id=x"),
            ("offers_cancel", "POST", "/v1/jobs/x/cancel"),
            ("offers_delete", "DELETE", "/v1/jobs/x"),
        ],
    )
    def test_what_is_not_offered(self, simulator: Simulator, switch: str, method: str, path: str) -> None:
        simulator.control.settings(**{switch: False})
        answer = call(simulator, method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")

    def test_unknown_paths_and_methods(self, simulator: Simulator) -> None:
        assert call(simulator, "GET", "/v2/x").status_code == 404
        assert call(simulator, "PUT", "/v1/jobs").status_code == 405

    def test_strict_rate(self, simulator: Simulator) -> None:
        simulator.control.settings(rate_limit=50)
        simulator.control.advance(61)
        codes = [call(simulator, "GET", "/v1/jobs").status_code for _ in range(51)]
        assert codes == [200] * 50 + [429]
        refused = call(simulator, "GET", "/v1/jobs")
        assert refused.json()["error"]["code"] == "rate_limit_exceeded"
        assert 50 <= int(refused.headers["Retry-After"]) <= 60
        assert simulator.control.counters()["rate_limited"] == 2
        assert simulator.control.counters()["busiest_minute"] == 50
        simulator.control.advance(61)
        assert call(simulator, "GET", "/v1/jobs").status_code == 200

    @pytest.mark.parametrize(
        ("style", "start"),
        [
            ("openai", '{"error": {"message"'),
            ("anthropic", '{"type": "error"'),
            ("string", '{"error": "'),
            ("text", "The model"),
            ("html", "<!DOCTYPE"),
            ("empty", ""),
        ],
    )
    def test_shapes_of_errors(self, simulator: Simulator, style: str, start: str) -> None:
        simulator.control.settings(envelope=style)
        answer = call(simulator, "GET", "/v1/models/none")
        assert answer.status_code == 404
        assert answer.text.startswith(start)
        assert bool(answer.text) is (style != "empty")


def test_the_log_says_what_was_seen(simulator: Simulator) -> None:
    submit(simulator)
    (entry,) = simulator.control.log()
    assert (entry["origin"], entry["route"], entry["method"], entry["status"]) == ("api", "submit", "POST", 200)
    assert entry["key_in"] == ["header:authorization"]
    assert entry["body_bytes"] > 100
    assert "authorization" in entry["headers"]
    assert simulator.key not in str(simulator.control.log())
    assert simulator.control.log(since=1) == []


def test_settings_refuse_what_cannot_be(simulator: Simulator) -> None:
    for wrong in ({"colour": 1}, {"envelope": "odd"}, {"ranges": 1}, {"job_seconds": "soon"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            simulator.control.settings(**wrong)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in _strings(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in _strings(entry)]
    return [value] if isinstance(value, str) else []

# SPDX-License-Identifier: GPL-3.0-or-later
"""The account at the stand-in: usage, rate, model card, uploads, errors, and the record."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulator.server import Simulator
from tests.simulator.visitor import call, fetch, finished, png, submit
from trellis_blender.core.catalogue import MODEL_ID, PARAMETERS, Kind


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
        (kept,) = simulator.control.uploads()
        assert (kept["place"], kept["name"], kept["content_type"], kept["size"], kept["uses"]) == (
            answer["path"], "a.png", "image/png", len(png()), 1,
        )  # fmt: skip
        wrong = call(simulator, "POST", "/v1/files/upload", files={"file": ("a.png", b"no", "image/png")})
        assert wrong.status_code == 422
        assert call(simulator, "POST", "/v1/files/upload", data=b"no").status_code == 422
        other = call(simulator, "POST", "/v1/files/upload", files={"picture": ("a.png", png(), "image/png")})
        assert (other.status_code, other.json()["error"]["message"]) == (422, "file: field required")
        assert call(simulator, "POST", "/v1/files/upload", files={"file": png()}, headers={"Authorization": ""}
                    ).status_code == 401  # fmt: skip

    def test_upload_cut_short_or_too_large(self, simulator: Simulator) -> None:
        form = requests.Request("POST", "http://x", files={"file": ("a.png", png(), "image/png")}).prepare()
        assert isinstance(form.body, bytes)
        short = call(simulator, "POST", "/v1/files/upload", data=form.body[:-8], headers=dict(form.headers.items()))
        assert (short.status_code, short.json()["error"]["message"]) == (422, "the multipart body is not whole")
        simulator.control.settings(upload_limit_bytes=len(png()) - 1)
        large = call(simulator, "POST", "/v1/files/upload", files={"file": png()})
        assert (large.status_code, large.json()["error"]["code"]) == (413, "payload_too_large")
        assert simulator.control.uploads() == []

    def test_upload_that_can_be_used_once(self, simulator: Simulator) -> None:
        simulator.control.settings(upload_uses=1, upload_address=True, upload_shape="url")
        place = call(simulator, "POST", "/v1/files/upload", files={"file": png()}).json()["url"]
        assert place.startswith("https://storage.example.com/")
        assert [submit(simulator, image=place).status_code for _time in range(2)] == [200, 422]
        assert simulator.control.counters()["accepted"] == 1

    @pytest.mark.parametrize("status", [404, 405, 501])
    def test_upload_that_is_not_offered(self, simulator: Simulator, status: int) -> None:
        simulator.control.settings(offers_upload=False, upload_refusal=status)
        assert call(simulator, "POST", "/v1/files/upload", files={"file": png()}).status_code == status

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
        assert simulator.control.counters()["busiest_minute"] == 52
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


def test_the_record_never_holds_the_key(simulator: Simulator) -> None:
    call(simulator, "GET", f"/v1/jobs/{simulator.key}", params={"k": simulator.key})
    assert simulator.control.violations()[0]["key_in"] == ["url", "header:authorization"]
    assert simulator.key not in str(simulator.control.violations()) + str(simulator.control.log())


def test_the_control_port_by_hand(simulator: Simulator) -> None:
    submit(simulator)
    assert len(fetch(simulator.control_url + "/log?since=0").json()) == 1
    assert fetch(simulator.control_url + "/log?since=1").json() == []
    assert fetch(simulator.control_url + "/counters").json()["accepted"] == 1
    assert fetch(simulator.control_url + "/nothing").status_code == 404
    assert "offers_odd" in fetch(simulator.control_url + "/settings?offers_odd=true").json()["error"]


def test_a_bug_of_its_own_says_so(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator.service.jobs, "all", None)
    answer = call(simulator, "GET", "/v1/jobs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "bug")
    assert simulator.control.log()[-1]["fault"] == "bug"


def test_settings_refuse_what_cannot_be(simulator: Simulator) -> None:
    for wrong in ({"colour": 1}, {"envelope": "odd"}, {"ranges": 1}, {"job_seconds": "soon"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            simulator.control.settings(**wrong)

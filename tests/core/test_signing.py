# SPDX-License-Identifier: GPL-3.0-or-later
"""An expired link is signed anew, or found by another way; the server that does not sign stops nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Scripted, answering, reply
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint
from trellis_blender.core.client import Client
from trellis_blender.core.errors import AnswerError, NotFound
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.locate import locate
from trellis_blender.core.secrets import Key
from trellis_blender.core.signing import id_in, read_signed
from trellis_blender.core.transport import Timeouts

URL = "https://cdn.example.com/files/model.glb?sig=1"
DAY = 86400.0


def routes(simulator: Simulator) -> list[str]:
    return [entry["route"] for entry in simulator.control.log()]


def asleep_after_completion(simulator: Simulator, bench: Workbench, *, days: float) -> Job:
    """Give a job whose link has expired: its download failed once, and was not tried again for so long."""
    simulator.control.misbehave("download", "500", times=4)
    job = bench.finish(bench.submit())
    assert (job.state, job.suspended) == (State.DOWNLOADING, True)
    simulator.control.behave()
    simulator.control.advance(days * DAY)
    return job


def woken(bench: Workbench, job: Job) -> Job:
    bench.engine.resume(job.id)
    return bench.finish(job.id)


@pytest.mark.parametrize(
    ("body", "file_id"),
    [
        ({"result": {"url": URL, "file_id": "f"}}, "f"),
        ({"result": {"files": [{"url": "https://c.d/p.png", "id": "p"}, {"url": URL, "id": "f"}]}}, "f"),
        ({"result": {"model_glb": {"url": URL, "file_id": "f"}}}, "f"),
        ({"id": "job", "data": [{"url": URL, "id": "f"}]}, "f"),
        ({"result": {"output_urls": [URL], "file_id": "f"}}, "f"),
        ({"result": URL, "file_id": "f"}, "f"),
        ({"id": "job", "result": {"url": URL, "id": "who knows"}}, ""),
        ({"id": "job", "result": URL}, ""),
        ({"result": {"url": URL, "file_id": {"odd": 1}}}, ""),
        ({"result": {"url": URL, "file_id": "f" * 5000}}, ""),
    ],
)
def test_file_id_beside_the_address(body: dict[str, Any], file_id: str) -> None:
    found = locate(body, base_url="https://api.example.com")
    assert (found.url, found.file_id) == (URL, file_id)


@pytest.mark.parametrize(
    "body", [{"url": URL}, {"signed_url": URL}, {"data": {"url": URL}}, {"data": {"signed_url": URL}}]
)
def test_shapes_of_the_answer(body: dict[str, Any]) -> None:
    assert read_signed(json.dumps(body).encode()) == URL


@pytest.mark.parametrize("raw", [b"{}", b"", b"[]", b"<html>", b'{"url": 7}', b'{"data": "x"}'])
def test_answer_without_an_address(raw: bytes) -> None:
    with pytest.raises(AnswerError):
        read_signed(raw)


def test_the_question() -> None:
    script = answering(reply(200, json.dumps({"url": URL}).encode()), reply(404))
    with Scripted(script) as server:
        client = Client(endpoint.parse(server.url), Key("sk-empiriolabs-x"), timeouts=Timeouts(5.0, 5.0, 5.0))
        assert client.sign("a b/&c") == URL
        with pytest.raises(NotFound):
            client.sign("x")
        client.cut()
    assert server.seen[0].target == "/v1/files/sign?file_id=a+b%2F%26c"


@pytest.mark.parametrize("place", ["result", "file_id", "id"])
@pytest.mark.parametrize("shape", ["url", "signed_url", "data.url"])
def test_link_of_eight_days_is_signed_anew(simulator: Simulator, bench: Workbench, shape: str, place: str) -> None:
    simulator.control.settings(
        sign_shape=shape, file_id_place=place, result_shape="result.files[].url", keep_seconds=60.0
    )
    job = asleep_after_completion(simulator, bench, days=8)
    seen = len(routes(simulator))
    job = woken(bench, job)
    assert (job.state, job.error, job.importable) == (State.DOWNLOADED, "", True)
    assert routes(simulator)[seen:] == ["download", "sign", "download"]
    assert simulator.control.counters()["posts"] == 1


def test_signed_anew_after_a_restart(simulator: Simulator, open_bench: OpenBench, bench: Workbench) -> None:
    """The file's id is in the record, so the next Blender can ask with it."""
    job = asleep_after_completion(simulator, bench, days=8)
    bench.close()
    later = open_bench(simulator.url, simulator.key, store_folder=bench.storage.folder.parent / "store")
    later.engine.open()
    later.until(lambda: job.id in later.jobs)
    assert later.jobs[job.id].file_id == simulator.control.jobs()[0]["file_id"]
    assert woken(later, job).state is State.DOWNLOADED
    assert "sign" in routes(simulator)


@pytest.mark.parametrize("refusal", [404, 405, 501])
def test_server_that_does_not_sign_is_asked_for_the_job(simulator: Simulator, bench: Workbench, refusal: int) -> None:
    simulator.control.settings(offers_sign=False, sign_refusal=refusal)
    simulator.control.misbehave("download", "expired")
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert [route for route in routes(simulator) if route in ("sign", "poll", "download")] == [
        "poll", "download", "sign", "poll", "download",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", ["html", "empty", "garbage", "500", "422", "401", "not_object"])
def test_signing_that_goes_wrong_leaves_the_other_ways(simulator: Simulator, bench: Workbench, fault: str) -> None:
    simulator.control.misbehave("sign", fault, times=None)
    simulator.control.misbehave("download", "expired")
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
    assert routes(simulator).count("sign") == 1


@pytest.mark.parametrize("fault", ["cut_before", "429"])
def test_signing_that_does_not_answer_is_asked_again(simulator: Simulator, bench: Workbench, fault: str) -> None:
    simulator.control.settings(keep_seconds=60.0)
    job = asleep_after_completion(simulator, bench, days=8)
    simulator.control.misbehave("sign", fault, **({"retry_after": 0} if fault == "429" else {}))
    assert woken(bench, job).state is State.DOWNLOADED
    assert routes(simulator).count("sign") == 2


def test_file_that_is_not_named_is_signed_by_what_stands_in_its_address(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(file_id_place="nowhere", keep_seconds=60.0)
    job = asleep_after_completion(simulator, bench, days=8)
    assert job.file_id == ""
    assert woken(bench, job).state is State.DOWNLOADED
    assert routes(simulator)[-2:] == ["sign", "download"]


def test_what_was_signed_by_a_guess_must_be_the_same_file(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(file_id_place="nowhere")
    bench.finish(bench.submit())
    strange = f"{simulator.download_url}/files/{simulator.control.jobs()[0]['file_id']}/model.glb?expires=9&signature=9"
    simulator.control.misbehave("download", "expired")
    simulator.control.misbehave("sign", "wrong_type", field="url", value=strange)
    job = bench.finish(bench.submit(seed=2))
    assert job.state is State.DOWNLOADED
    assert simulator.control.jobs()[1]["file_id"] in job.result_url
    assert not [entry for entry in simulator.control.log() if entry["query"].get("signature") == "9"]


@pytest.mark.parametrize(
    ("url", "guess"),
    [
        ("https://c.d/files/file_0123456789ab/model.glb?x=1", "file_0123456789ab"),
        ("https://c.d/outputs/0f8fad5b-d9cb-469f-a165-70867728950e.glb", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("https://c.d/generated-models/model.glb", ""),
        ("https://c.d/a/b/c.glb", ""),
        ("https://c.d", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_what_looks_like_a_files_id(url: str, guess: str) -> None:
    assert id_in(url) == guess


@pytest.mark.parametrize("link", ["http://cdn.example.com/m.glb", "file:///etc/passwd", "javascript:x", "//[", ""])
def test_signed_link_is_held_to_the_same_rules(simulator: Simulator, bench: Workbench, link: str) -> None:
    simulator.control.misbehave("download", "expired")
    simulator.control.misbehave("sign", "wrong_type", field="url", value=link)
    job = bench.finish(bench.submit())
    assert job.state is State.DOWNLOADED
    assert job.result_url.startswith(simulator.download_url), "the answer to the next question was taken instead"
    assert routes(simulator).count("sign") == 1


def test_signed_link_that_holds_the_key_is_neither_used_nor_kept(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.misbehave("download", "expired")
    link = f"{simulator.download_url}/files/x/model.glb?key={simulator.key}"
    simulator.control.misbehave("sign", "wrong_type", field="url", value=link)
    assert bench.finish(bench.submit()).state is State.DOWNLOADED
    check_key_is_nowhere(simulator, bench)


def test_result_that_holds_the_key_is_kept_without_it(simulator: Simulator, bench: Workbench) -> None:
    link = f"{simulator.download_url}/files/x/model.glb?key={simulator.key}"
    value = {"url": link, "all": [link], simulator.key: 1}
    simulator.control.misbehave("poll", "wrong_type", field="result", value=value, times=None)
    assert bench.finish(bench.submit()).suspended
    check_key_is_nowhere(simulator, bench)


def check_key_is_nowhere(simulator: Simulator, bench: Workbench) -> None:
    bench.close()
    kept = [path for path in bench.storage.folder.parent.rglob("*") if path.is_file()]
    assert [path for path in kept if path.name.startswith("jobs.sqlite3")]
    for path in kept:
        assert simulator.key.encode() not in path.read_bytes(), f"{path.name} holds the key"


def test_the_key_goes_to_the_api_only(simulator: Simulator, bench: Workbench) -> None:
    job = asleep_after_completion(simulator, bench, days=8)
    woken(bench, job)
    downloads = [entry for entry in simulator.control.log() if entry["origin"] == "download"]
    assert len(downloads) > 1
    assert simulator.control.violations() == []


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"data": URL}).encode(), json.dumps({"data": {"url": URL}}).encode(), URL.encode(),
        json.dumps({"download_url": URL}).encode(), json.dumps({"signedUrl": URL}).encode(), json.dumps(URL).encode(),
    ],
)  # fmt: skip
def test_fresh_link_is_read_in_any_shape(raw: bytes) -> None:
    assert read_signed(raw) == URL


def test_redirect_to_the_file_is_the_fresh_link() -> None:
    """It is not followed: the file is not the answer, and its host gets no key."""
    with Scripted(answering(reply(302, Location=URL))) as server:
        client = Client(endpoint.parse(server.url), Key("sk-empiriolabs-x"), timeouts=Timeouts(5.0, 5.0, 5.0))
        assert client.sign("f") == URL
        client.cut()


def test_redirect_to_the_same_call_is_followed() -> None:
    moved = reply(307, Location="/v1/files/sign/?file_id=f")
    with Scripted(answering(moved, reply(200, json.dumps({"url": URL}).encode()))) as server:
        client = Client(endpoint.parse(server.url), Key("sk-empiriolabs-x"), timeouts=Timeouts(5.0, 5.0, 5.0))
        assert client.sign("f") == URL
        client.cut()

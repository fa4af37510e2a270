# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server says with the key in it: no byte of the key is kept, and the job goes on as well as it can."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, Seen, reply
from tests.simulator.server import Simulator
from trellis_blender.core import records, request
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.reconcile import WITHHELD
from trellis_blender.core.secrets import Key

KEY = "sk-empiriolabs-nobody.may-keep_this"


def textual() -> dict[str, Any]:
    """Give every field of a job that may hold a text, with the key in it."""
    made = {str: f"a {KEY} b", tuple[str, ...]: (KEY, f"https://a.b/{KEY}")}
    hints = get_type_hints(Job)
    return {item.name: made[hints[item.name]] for item in fields(Job) if hints[item.name] in made}


def test_every_field_of_a_record_that_a_server_may_fill_is_kept_without_the_key() -> None:
    told = textual()
    assert {"job_id", "poll_url", "result_url", "file_id", "error", "note", "candidates"} <= set(told)
    for name in records.OURS:  # none of these is ever read from an answer
        told.pop(name, None)
    job = Job("a", request.build({}), "https://a.b", **told)
    clean = records.without_key(job, Key(KEY).redact)
    for name in told:
        assert KEY not in repr(getattr(clean, name)), name
    assert KEY not in records.to_text(clean)
    assert clean.candidates == ()
    kept = Job("a", request.build({}), "https://a.b", candidates=("j1", "https://a.b/c"), job_id="j1")
    assert records.without_key(kept, Key(KEY).redact) == kept


def test_bodies_are_redacted_at_every_depth() -> None:
    body = {"a": [{KEY: {"b": f"x{KEY}"}}], "n": 1}
    assert records.redacted(body, Key(KEY).redact) == {"a": [{"[key]": {"b": "x[key]"}}], "n": 1}


def told(body: object) -> bytes:
    return reply(200, json.dumps(body).encode(), Content_Type="application/json")


def unkept(folder: Path) -> None:
    """Hold every file that there is to having no key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "jobs.sqlite3" for path in files)
    for path in files:
        assert KEY.encode() not in path.read_bytes(), path.name


def serving(answer: Callable[[Seen, Connection], bytes | None]) -> Callable[[Connection], None]:
    def script(connection: Connection) -> None:
        seen = connection.request()
        said = answer(seen, connection)
        connection.send(said) if said is not None else connection.reset()

    return script


def test_job_id_that_is_the_key_is_not_used(open_bench: OpenBench, tmp_path: Path) -> None:
    def answer(seen: Seen, _connection: Connection) -> bytes:
        return told({"job_id": f"job-{KEY}"}) if seen.method == "POST" else reply(404)

    with Scripted(serving(answer)) as server:
        bench = open_bench(server.url, KEY, store_folder=tmp_path / "store")
        job = bench.finish(bench.submit())
        assert (job.state, job.job_id, job.suspended) == (State.UNCERTAIN, "", True)
        assert "holds an API key in place of the job's id" in job.error
        assert sum(seen.method == "POST" for seen in server.seen) == 1
        assert not [seen.target for seen in server.seen if KEY in seen.target]
        bench.engine.close()
    unkept(tmp_path)


def test_files_named_with_the_key_are_not_offered_and_it_is_said(open_bench: OpenBench, tmp_path: Path) -> None:
    def answer(seen: Seen, _connection: Connection) -> bytes | None:
        if seen.method == "POST":
            return None
        if "/usage" not in seen.target:
            return reply(404)
        now = datetime.now(UTC).isoformat()
        urls = [f"https://cdn.b/{name}.glb?api_key={KEY}" for name in "ab"]
        events = [
            {"model": "trellis-2-4b", "cost": {"amount": 0.025}, "created_at": now, "output_urls": [url]}
            for url in urls
        ]  # fmt: skip
        return told({"balance": 5, "events": events})

    with Scripted(serving(answer)) as server:
        bench = open_bench(server.url, KEY, store_folder=tmp_path / "store")
        job = bench.finish(bench.submit())
        assert (job.state, job.suspended, job.candidates) == (State.UNCERTAIN, True, ())
        assert job.error.endswith(WITHHELD.other)
        bench.engine.close()
    unkept(tmp_path)


@pytest.mark.parametrize("field", ["file_id", "more"])
def test_result_that_quotes_the_key_is_kept_without(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path, field: str
) -> None:
    other = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "other")
    path = other.finish(other.submit()).path
    assert path is not None
    glb = path.read_bytes()

    def answer(seen: Seen, _connection: Connection) -> bytes:
        if seen.method == "POST":
            return told({"job_id": "j1", "poll_url": f"/v1/jobs/j1?key={KEY}"})
        if seen.target.startswith("/v1/jobs/"):
            url = f"http://{seen.headers['host']}/out.glb"
            return told({"job_id": "j1", "status": "completed", "result": {"url": url, field: KEY}})
        return reply(200, glb) if seen.target == "/out.glb" else reply(404)

    with Scripted(serving(answer)) as server:
        bench = open_bench(server.url, KEY, store_folder=tmp_path / "store")
        job = bench.finish(bench.submit())
        assert job.state is State.DOWNLOADED, job
        bench.engine.close()
    unkept(tmp_path)

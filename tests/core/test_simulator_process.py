# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in in this process, as its own, and what it leaves behind when it ends: nothing."""

from __future__ import annotations

import ast
import inspect
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.simulator import remote
from tests.simulator.clock import ManualClock
from tests.simulator.control import METHODS, Control
from tests.simulator.server import Simulator
from tests.simulator.visitor import body, call, completed, submit

ROOT = Path(__file__).resolve().parents[2]


def test_no_thread_or_socket_is_left() -> None:
    before = set(threading.enumerate())
    with Simulator(job_seconds=0) as server:
        completed(server)
        idle = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
        server.control.misbehave("list", "late", seconds=60)
        waiting = threading.Thread(target=_ignore, args=(server,))
        waiting.start()
        while not server.control.log()[-1]["fault"]:
            time.sleep(0.01)
        port = int(server.url.rpartition(":")[2])
    waiting.join(120)
    idle.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def _ignore(server: Simulator) -> None:
    with pytest.raises(requests.ConnectionError):
        call(server, "GET", "/v1/jobs")


def test_two_at_once_are_strangers() -> None:
    with Simulator() as first, Simulator() as second:
        assert first.key != second.key
        assert call(first, "GET", second.url + "/v1/jobs").status_code == 401


def test_a_shared_clock_stands_still() -> None:
    clock = ManualClock(1000.0)
    with Simulator(clock=clock, job_seconds=10) as server:
        submit(server)
        assert server.control.jobs()[0]["created_at"] == "1970-01-01T00:16:40.000Z"
        server.service.jobs.all()[0].order.result()  # type: ignore[union-attr]
        assert server.control.jobs()[0]["state"] == "processing"
        clock.advance(10)
        assert server.control.jobs()[0]["state"] == "completed"


def test_as_its_own_process() -> None:
    with remote.Process(
        sys.executable, ROOT, "--job-seconds", "0", "--key", "sk-empiriolabs-mine", "--set", "balance=5"
    ) as server:
        assert server.key == "sk-empiriolabs-mine"
        assert server.control.settings(result_shape="result.glb_url")["balance"] == 5
        with requests.Session() as session:
            session.headers["x-api-key"] = server.key
            session.trust_env = False
            job_id = session.post(server.url + "/v1/3d/generations", json=body()).json()["job_id"]
            server.control.misbehave("poll", "500", times=1)
            assert session.get(f"{server.url}/v1/jobs/{job_id}").status_code == 500
        assert server.control.counters()["accepted"] == 1
        assert server.control.jobs()[0]["id"] == job_id
        assert server.control.image(job_id).startswith(b"\x89PNG")
        assert [entry["route"] for entry in server.control.log()] == ["submit", "poll"]
        assert server.control.advance(100) == pytest.approx(server.control.now(), abs=5)
        server.control.steer(job_id, seconds=1)
        with pytest.raises(ValueError, match="no route"):
            server.control.misbehave("nowhere", "500")
        with pytest.raises(ValueError, match="colour"):
            server.control.settings(colour=1)
        server.control.reset()
        assert server.control.jobs() == server.control.violations() == server.control.faults() == []


@pytest.mark.parametrize("how", ["stdin", "SIGTERM"])
def test_its_process_ends(how: str) -> None:
    command = [sys.executable, "-m", "tests.simulator"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().startswith('{"url"')
        if how == "stdin":
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
        assert process.stdout.read() == ""


def test_the_remote_has_the_same_methods_and_needs_nothing() -> None:
    public = {name for name, _ in inspect.getmembers(Control, inspect.isfunction) if not name.startswith("_")}
    assert public == set(METHODS)
    assert {name for name in vars(remote.Remote) if not name.startswith("_")} == set(METHODS)
    for node in ast.walk(ast.parse(Path(remote.__file__).read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names)

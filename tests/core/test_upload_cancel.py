# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancelling and closing break off an upload on its way; nothing of it is billed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.scripted import Connection, Scripted, reply, wait_for
from tests.core.test_upload import routes
from tests.simulator.server import Simulator
from trellis_blender.core.jobs import State
from trellis_blender.core.transport import Timeouts


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

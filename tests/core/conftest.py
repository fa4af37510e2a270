# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of every test in here: the stand-in for the service, and an engine at work against it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.core.inquirer import Blender, OpenBlender
from tests.core.workbench import Workbench
from tests.simulator.fixtures import simulator, standing
from tests.simulator.server import Simulator
from trellis_blender.core import upload

__all__ = ["simulator", "standing"]

# The same examples everywhere, whatever the machine's speed, and no folder of examples left behind.
settings.register_profile(
    "tests", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")

PROXY_VARIABLES = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "requests_ca_bundle",
    "curl_ca_bundle",
    "netrc",
)


def turned_away(entry: dict[str, Any]) -> bool:
    """Whether the service plainly did not take a job on for the moment, so that it may be sent by itself once more."""
    return entry["status"] == 429 or (entry["status"] == 503 and entry["fault"] == "503")


OpenBench = Callable[..., Workbench]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every picture for a large one, so that the tests need not send megabytes."""
    monkeypatch.setattr(upload, "UPLOAD_ABOVE_BYTES", 100)


@pytest.fixture(autouse=True)
def plain_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this computer's own proxies, certificates and passwords out."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def open_bench(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[OpenBench]:
    """Give what opens a workbench against any server; all are closed and searched at the end."""
    caplog.set_level("DEBUG")
    benches: list[Workbench] = []

    def open_one(url: str, key: str = "", **engine: Any) -> Workbench:
        benches.append(Workbench(url, key, tmp_path / f"bench{len(benches)}", **engine))
        return benches[-1]

    yield open_one
    for bench in benches:
        bench.close()
        assert not bench.key or bench.key not in caplog.text, "the log holds the key"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("trellis-worker")]


@pytest.fixture
def bench(simulator: Simulator, open_bench: OpenBench) -> Iterator[Workbench]:
    """Give a workbench against the stand-in; at the end each job has sent one POST at most, and no key went astray."""
    opened = open_bench(simulator.url, simulator.key)
    yield opened
    opened.close()
    posts = [entry for entry in simulator.control.log() if entry["route"] == "submit" and not turned_away(entry)]
    assert len(posts) <= len(opened.jobs)
    assert simulator.control.violations() == []


@pytest.fixture
def start(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> OpenBlender:
    """Give what opens a Blender of one user, whose Blenders share their store; it works in one errand at a time."""

    def open_one(**engine: Any) -> Blender:
        engine = {"store_folder": tmp_path / "store", "workers": 1, **engine}
        return Blender(open_bench(simulator.url, simulator.key, **engine))

    return open_one

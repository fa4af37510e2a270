# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of scripts/chaos is not blind: each thing that must never be is done by hand, and it says so."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from havoc.evidence import Evidence, gather
from havoc.judge import Terms, Verdict, judge
from havoc.scenarios import CYCLE, KINDS, draw

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator

Verdicts = Callable[[Terms], Verdict]


@pytest.fixture
def bench(simulator: Simulator, open_bench: OpenBench) -> Workbench:
    """Two objects, ordered, paid, and on disk."""
    bench = open_bench(simulator.url, simulator.key)
    for seed in (1, 2):
        bench.submit(seed=seed)
    bench.until(lambda: not any(job.running for job in bench.jobs.values()))
    return bench


@pytest.fixture
def home(bench: Workbench) -> Path:
    bench.engine.close()
    return bench.storage.folder.parent


def seen(simulator: Simulator, home: Path) -> Evidence:
    return gather(simulator.control, home, simulator.key)


def change(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "store" / "jobs.sqlite3")
    with connection:
        connection.execute(statement)
    connection.close()


def again(simulator: Simulator) -> None:
    """Send the first paid POST once more, to the letter."""
    job = simulator.control.jobs()[0]
    picture = base64.b64encode(simulator.control.image(job["id"])).decode()
    body = {**job["sent"], "image": f"data:image/png;base64,{picture}"}
    headers = {"Authorization": f"Bearer {simulator.key}"}
    requests.post(f"{simulator.url}/v1/3d/generations", json=body, headers=headers, timeout=10).raise_for_status()
    simulator.control.jobs()


def test_nothing_is_said_of_a_good_run(simulator: Simulator, home: Path) -> None:
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.faults == []
    assert (verdict.accepted, verdict.stored, verdict.recovered) == (2, 2, 2)
    assert (verdict.posts, verdict.intents, verdict.most_posts) == (2, 2, 1)


def test_a_lost_object_is_seen(simulator: Simulator, home: Path) -> None:
    next((home / "objects").glob("*.glb")).unlink()
    verdict = judge(seen(simulator, home), Terms())
    assert (verdict.lost, verdict.recovered) == (1, 1)
    assert verdict.faults


def test_a_damaged_object_is_a_lost_one(simulator: Simulator, home: Path) -> None:
    path = next((home / "objects").glob("*.glb"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert judge(seen(simulator, home), Terms()).lost == 1


def test_a_lost_record_is_a_lost_object_and_an_orphan(simulator: Simulator, home: Path) -> None:
    change(home, "DELETE FROM jobs WHERE rowid=1")
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.lost == 1
    assert verdict.orphans >= 2  # the job at the server, and the file
    assert any("ledger" in fault for fault in verdict.faults)
    assert any("POSTs" in fault for fault in verdict.faults)


def test_a_doubled_post_is_seen(simulator: Simulator, home: Path) -> None:
    again(simulator)
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.most_posts == 2
    assert any("billed more often" in fault for fault in verdict.faults)


def test_a_doubled_post_that_was_refused_is_seen_too(simulator: Simulator, home: Path) -> None:
    simulator.control.misbehave("submit", "500")
    with pytest.raises(requests.HTTPError):
        again(simulator)
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.most_posts == 2
    assert verdict.faults


@pytest.mark.parametrize("name", ["objects/12.glb.partial", "objects/a.glb", "pictures/12.png", "receipts/12.part"])
def test_a_stray_file_is_seen(simulator: Simulator, home: Path, name: str) -> None:
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_bytes(b"glTF")
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.orphans == 1
    assert name in verdict.faults[0]


@pytest.mark.parametrize("form", ["plain", "base64", "base64 of more"])
def test_the_key_is_found_wherever_it_is(simulator: Simulator, home: Path, form: str) -> None:
    key = simulator.key.encode()
    forms = {"plain": key, "base64": base64.b64encode(key), "base64 of more": base64.b64encode(b"ab" + key + b"cd")}
    (home / "store" / "note.txt").write_bytes(b"... " + forms[form] + b" ...")
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.key_bytes == 1
    assert "note.txt" in verdict.faults[0]


def test_a_key_at_the_download_origin_is_seen(simulator: Simulator, home: Path) -> None:
    requests.get(f"{simulator.download_url}/x", headers={"X-Api-Key": simulator.key}, timeout=10)
    verdict = judge(seen(simulator, home), Terms())
    assert verdict.violations == 1
    assert verdict.faults


def test_money_without_a_record_is_seen(simulator: Simulator, home: Path) -> None:
    evidence = seen(simulator, home)
    evidence.billed += Decimal("0.025")
    assert any("the server billed" in fault for fault in judge(evidence, Terms()).faults)


def test_money_that_was_never_billed_is_seen(simulator: Simulator, home: Path) -> None:
    evidence = seen(simulator, home)
    evidence.billed -= Decimal("0.025")
    assert any("billed only" in fault for fault in judge(evidence, Terms()).faults)


def test_a_record_that_is_left_half_done_is_seen(simulator: Simulator, home: Path) -> None:
    change(home, "UPDATE jobs SET state='downloading' WHERE rowid=1")
    assert any("left downloading" in fault for fault in judge(seen(simulator, home), Terms()).faults)


def test_a_doubt_is_no_excuse_where_the_server_can_be_asked(simulator: Simulator, home: Path) -> None:
    next((home / "objects").glob("*.glb")).unlink()
    evidence = seen(simulator, home)
    row = next(row for row in evidence.rows if str(row["path"]).rsplit("/", 1)[-1] not in str(evidence.files))
    row.update(state="uncertain", error="It is unknown.", suspended=True, path=None)
    assert judge(evidence, Terms()).lost == 1
    told = judge(evidence, Terms(answerable=False))
    assert (told.lost, told.said) == (0, 1)


def test_more_requests_than_allowed_are_seen(simulator: Simulator, home: Path) -> None:
    evidence = seen(simulator, home)
    evidence.requests = [10.0, 10.2, 10.4, 12.0]
    assert judge(evidence, Terms(strict=3, strict_seconds=1.5)).faults == []
    assert any("requests within" in fault for fault in judge(evidence, Terms(strict=2, strict_seconds=1.5)).faults)


def test_a_row_of_numbers_covers_every_kind_and_its_cells_evenly() -> None:
    drawn = [draw(number) for number in range(3000, 3500)]
    for kind, (weight, _draw, cells) in KINDS.items():
        times = [sum(each.kind == kind and each.cell == cell for each in drawn) for cell in cells]
        assert max(times) - min(times) <= 1, kind
        assert abs(sum(times) - 500 * weight / len(CYCLE)) <= weight, kind
    assert drawn == [draw(number) for number in range(3000, 3500)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The balance is the least of all requests; what was billed is on record; the ledger leaves as CSV."""

from __future__ import annotations

import csv
import dataclasses
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.accounts import answer, balance, ledger, questions
from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import bodies
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.ledger import COLUMNS, write_csv
from trellis_blender.core.lineage import Asker
from trellis_blender.core.messages import BalanceTold, LedgerExported, LedgerTold
from trellis_blender.core.pacing import RateLimiter, SystemClock
from trellis_blender.core.records import from_text, to_text
from trellis_blender.core.transport import Timeouts

# --- the balance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_balance_is_told(simulator: Simulator, bench: Workbench, shape: str) -> None:
    simulator.control.settings(balance=12.34, usage_shape=shape)
    told = balance(bench)
    assert (told.answered, told.balance, told.server) == (True, Decimal("12.34"), bench.endpoint.base_url)
    assert told.at > 0.0


@pytest.mark.parametrize("status", [404, 405, 501])
def test_server_without_account_is_asked_once(open_bench: OpenBench, status: int) -> None:
    from tests.core.scripted import Scripted, reply

    asked: list[int] = []

    def script(connection: Any, *_rest: Any) -> None:
        asked.append(status)
        connection.send(reply(status))

    with Scripted(script) as server:
        bench = open_bench(server.url, "a-key")
        for _ in range(3):
            told = balance(bench)
            assert (told.answered, told.balance) == (True, None)
        assert len(asked) == 1


@pytest.mark.parametrize("fault", ["401", "429", "500", "cut_after", "html", "garbage"])
def test_failed_question_disturbs_no_job(simulator: Simulator, bench: Workbench, fault: str) -> None:
    bench.submit()
    bench.finish()  # so that the server's clock is known
    simulator.control.misbehave("usage", fault, times=None)
    told = balance(bench)
    assert (told.answered, told.balance) == (False, None)
    assert bench.finish(bench.submit(seed=1)).state is State.DOWNLOADED


def test_not_asked_without_key_nor_offline(simulator: Simulator, bench: Workbench, open_bench: OpenBench) -> None:
    bench.engine.online = False
    assert not balance(bench).answered
    without = open_bench(simulator.url, "")
    assert not balance(without).answered
    assert simulator.control.counters()["requests"] == 0


def test_skipped_where_the_limit_leaves_no_room(simulator: Simulator, open_bench: OpenBench) -> None:
    limiter = RateLimiter(SystemClock(), limit=8, reserve=6)
    bench = open_bench(simulator.url, simulator.key, limiter=limiter)
    assert [balance(bench).answered for _ in range(4)] == [True, True, False, False]
    assert questions(simulator) == 2, "the reserve is for jobs"


def test_skipped_where_another_blender_has_used_the_limit(
    simulator: Simulator, open_bench: OpenBench, tmp_path: Path
) -> None:
    benches = [
        open_bench(
            simulator.url, simulator.key, limiter=RateLimiter(SystemClock(), limit=2, reserve=0),
            store_folder=tmp_path / "shared",
        )
        for _ in range(2)
    ]  # fmt: skip
    for bench in benches:
        bench.engine.open()
    assert [balance(bench).answered for bench in (benches[0], benches[1], benches[0], benches[1])] == [
        True, True, False, False
    ]  # fmt: skip
    assert questions(simulator) == 2


def test_connection_check_counts_for_the_limit(simulator: Simulator, open_bench: OpenBench) -> None:
    """The artist waits for its answer, so it is sent in any case."""
    bench = open_bench(simulator.url, simulator.key, limiter=RateLimiter(SystemClock(), limit=1, reserve=0))
    for _ in range(2):
        bench.engine.money.check_connection(bench.endpoint)
    bench.until(lambda: len(bench.checked) == 2)
    assert [checked.ok for checked in bench.checked] == [True, True]
    assert not balance(bench).answered


def test_connection_check_tells_the_balance_too(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(balance=3)
    told = answer(bench, lambda: bench.engine.money.check_connection(bench.endpoint), BalanceTold)
    assert told.balance == Decimal(3)


def test_connection_check_ends_soon_at_a_server_that_does_not_answer(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a job's own requests may take."""
    monkeypatch.setattr(bodies, "AWAITED_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        bench = open_bench(url, timeouts=Timeouts(3600.0, 3600.0, 3600.0))
        bench.engine.money.check_connection(bench.endpoint, 7)
        bench.until(lambda: bool(bench.checked))
    assert (bench.checked[0].ok, bench.checked[0].number) == (False, 7)


# --- what was billed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False])
def test_billed_amount_is_on_record_and_in_the_ledger(simulator: Simulator, bench: Workbench, named: bool) -> None:
    """Whether the event names the job, or only the file that its record has claimed."""
    simulator.control.settings(usage_job_id=named, usage_cost_factor=0.8)
    job = bench.finish(bench.submit())
    assert (job.quoted_usd, job.billed_usd) == (Decimal("0.025"), None)
    assert ledger(bench).total == Decimal("0.025")
    asked = questions(simulator)
    told = balance(bench)
    assert told.billed == {job.id: Decimal("0.02")}
    assert questions(simulator) == asked + 1, "no request beyond that for the balance"
    assert answer(bench, lambda: bench.engine.money.bill(told.billed), LedgerTold).total == Decimal("0.02")
    assert (bench.jobs[job.id].price_usd, bench.jobs[job.id].cost_usd) == (Decimal("0.025"), Decimal("0.02"))
    assert balance(bench).billed == {}, "it is known by now"


def test_negative_amount_never_lowers_the_ledger(simulator: Simulator, bench: Workbench) -> None:
    """Some write what was taken from the balance as a negative amount: it was spent all the same."""
    simulator.control.settings(usage_job_id=True, usage_cost_factor=-0.8)
    job = bench.finish(bench.submit())
    told = balance(bench)
    assert told.billed == {job.id: Decimal("0.02")}
    summed = answer(bench, lambda: bench.engine.money.bill(told.billed), LedgerTold)
    assert (summed.total, summed.today) == (Decimal("0.02"), Decimal("0.02"))


def test_job_that_runs_is_not_billed_yet(simulator: Simulator, bench: Workbench) -> None:
    simulator.control.settings(usage_job_id=True, job_seconds=600.0)
    job_id = bench.submit()
    job = bench.reach(job_id, State.PROCESSING)
    assert balance(bench).billed == {}
    bench.engine.money.bill({job.id: Decimal(1)})
    bench.engine.cancel(job_id)
    job = bench.finish(job_id)
    assert (job.state, job.billed_usd) == (State.CANCELLED, None)


def test_records_without_the_amounts_are_read(simulator: Simulator, bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    old = to_text(dataclasses.replace(job, quoted_usd=None, billed_usd=None))
    for name in ("quoted_usd", "billed_usd"):
        assert f'"{name}": null, ' in old
        old = old.replace(f'"{name}": null, ', "")
    read: Job = from_text(old)
    assert (read.quoted_usd, read.billed_usd, read.cost_usd) == (None, None, Decimal("0.025"))
    billed = dataclasses.replace(job, billed_usd=Decimal("0.0201"))
    assert from_text(to_text(billed)) == billed


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_ledger_by_file_day_and_doubt(simulator: Simulator, bench: Workbench) -> None:
    bench.finish(bench.submit())
    simulator.control.settings(offers_list=False, offers_usage=False)
    simulator.control.misbehave("submit", "cut_after")
    assert bench.finish(bench.submit(seed=1)).state is State.UNCERTAIN
    told = ledger(bench)
    assert (told.today, told.total, told.uncertain) == (Decimal("0.050"), Decimal("0.050"), Decimal("0.025"))
    assert told.by_day == {told.day: Decimal("0.050")}
    assert told.by_file == {Asker(): Decimal("0.050")}
    assert told.uncertain_today == Decimal("0.025")


def test_export(simulator: Simulator, bench: Workbench, tmp_path: Path) -> None:
    simulator.control.settings(usage_job_id=True, usage_cost_factor=0.8)
    job = bench.finish(bench.submit())
    billed = balance(bench).billed
    answer(bench, lambda: bench.engine.money.bill(billed), LedgerTold)
    simulator.control.misbehave("submit", "422")
    bench.finish(bench.submit(seed=1))
    bench.engine.removal.forget(job.id)  # what is out of the list is still paid for
    path = tmp_path / "ledger.csv"
    path.write_text("an older one")
    told = answer(bench, lambda: bench.engine.money.export(path), LedgerExported)
    assert (told.ok, told.sentence) == (True, f"The ledger was written to {path}: 1 job.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert tuple(head) == COLUMNS
    [line] = [dict(zip(head, values, strict=True)) for values in lines]
    assert (line["name"], line["price"], line["billed"], line["state"]) == ("a thing", "0.025", "0.02", "downloaded")
    assert (line["job id"], line["server"], line["file"]) == (job.job_id, bench.endpoint.base_url, "")
    assert line["date"][:4].isdigit()
    assert "T" in line["date"]
    assert simulator.key.encode() not in path.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir() if "ledger" in each.name) == ["ledger.csv"]


def test_export_says_what_is_imported_before_its_scene_is_saved(bench: Workbench, tmp_path: Path) -> None:
    """On disk it is not yet, so that a crash leaves an object to import; the file said that, and the list did not."""
    imported, loaded = (bench.finish(bench.submit(seed=seed)) for seed in (1, 2))
    bench.engine.imported(imported.id, is_saved=False)
    path = tmp_path / "ledger.csv"
    answer(bench, lambda: bench.engine.money.export(path), LedgerExported)
    with path.open(encoding="utf-8-sig", newline="") as file:
        states = {row["job id"]: row["state"] for row in csv.DictReader(file)}
    assert states == {imported.job_id: "imported", loaded.job_id: "downloaded"}


def test_export_where_nothing_can_be_written(simulator: Simulator, bench: Workbench, tmp_path: Path) -> None:
    bench.finish(bench.submit())
    path = tmp_path / "nowhere" / "ledger.csv"
    told = answer(bench, lambda: bench.engine.money.export(path), LedgerExported)
    assert not told.ok
    assert told.sentence == (
        f"The ledger cannot be written to {path} (No such file or directory). Choose another folder or name."
    )
    folder = tmp_path / "taken.csv"
    folder.mkdir()
    told = answer(bench, lambda: bench.engine.money.export(folder), LedgerExported)
    assert not told.ok
    assert not list(tmp_path.glob("*.part"))


def test_export_without_a_list_of_jobs(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    bench = open_bench(simulator.url, simulator.key, store_folder=tmp_path / "store")
    bench.engine.open()
    told = answer(bench, lambda: bench.engine.money.export(tmp_path / "ledger.csv"), LedgerExported)
    assert not told.ok
    assert "list of jobs" in told.sentence
    assert not (tmp_path / "ledger.csv").exists()


@pytest.mark.parametrize("text", ["=cmd|calc!A1.png", "+1 mushroom", "-house", "@home", "\tindented"])
def test_no_spreadsheet_works_out_what_is_a_name(tmp_path: Path, text: str) -> None:
    """The file is made for spreadsheets, and a picture's name may come with a picture from anywhere."""
    path = tmp_path / "ledger.csv"
    write_csv([("2026-11-23", text, "0.025", "-0.5", "imported", "job-1", "http://127.0.0.1:1", "")], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        _head, line = csv.reader(file)
    assert line[1:5] == [f"'{text}", "0.025", "-0.5", "imported"]

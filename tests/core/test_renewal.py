# SPDX-License-Identifier: GPL-3.0-or-later
"""What was refused is ordered once more as it was: one POST a press, on disk before it, in place of the old job."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.inquirer import OpenBlender
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint, request
from trellis_blender.core.archive import Archive
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.progress import stage_text
from trellis_blender.core.remedies import Trouble, may_be_ordered_again, trouble_in
from trellis_blender.core.route import Route
from trellis_blender.core.secrets import Key
from trellis_blender.core.store import Store

ORIGIN = {"scene": "Scene", "placeholder": "1"}


def press(bench: Workbench, job: Job) -> Job:
    """Order a job again at the server in force, as its button does."""
    fresh = bench.engine.renewal.order_again(job.id, job.request, bench.endpoint.base_url)
    assert fresh is not None
    bench.jobs[fresh.id] = fresh
    return fresh


def again(bench: Workbench, job: Job) -> Job:
    """Order a job again, and wait until it has come to rest."""
    return bench.finish(press(bench, job).id)


def refused(bench: Workbench, **settings: Any) -> Job:
    job = bench.finish(bench.submit(**settings))
    assert job.state is State.REFUSED and may_be_ordered_again(job), job.error
    return job


def listed(bench: Workbench) -> set[str]:
    """Give the jobs that a Blender which is opened next finds in the list."""
    bench.engine.close()
    store = Store(bench.engine._archive.folder or Path())
    found = {job.id for job in store.load()}
    store.close()
    return found


def sent(simulator: Simulator) -> list[bytes]:
    return [simulator.control.image(job["id"]) for job in simulator.control.jobs()]


def opened(open_bench: OpenBench, url: str, key: str, folder: Path) -> Workbench:
    """Open a bench on what another has left, and wait until it has read it."""
    bench = open_bench(url, key, store_folder=folder)
    bench.open()
    return bench


@contextmanager
def nobody() -> Iterator[int]:
    """Give a port of which it is certain that nobody answers there: it is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


def test_network_that_was_gone(open_bench: OpenBench) -> None:
    with nobody() as port:
        bench = open_bench(f"http://127.0.0.1:{port}", "sk-empiriolabs-standin-1")
        old = refused(bench)
    assert (trouble_in(old), stage_text(old, False)) == (Trouble.NETWORK, "Not sent")
    with Simulator(job_seconds=0.0, key=bench.key, port=port) as server:
        new = again(bench, old)
        assert (new.state, new.replaces, new.name) == (State.DOWNLOADED, old.id, old.name), new.error
        assert server.control.counters()["posts"] == len(sent(server)) == 1
        assert new.image_sha256 == old.image_sha256 and new.preparation == old.preparation
        assert new.request.parameters == old.request.parameters
        assert old.id not in bench.engine._jobs and listed(bench) == {new.id}


def test_server_whose_address_was_wrong(open_bench: OpenBench, simulator: Simulator) -> None:
    """It goes to the server of now, as every other order does."""
    with nobody() as port:
        bench = open_bench(f"http://127.0.0.1:{port}", simulator.key)
        old = refused(bench)
    bench.endpoint = endpoint.parse(simulator.url, Route())
    bench.engine.configure(bench.endpoint, Key(simulator.key), bench.storage)
    new = again(bench, old)
    assert (new.state, new.server) == (State.DOWNLOADED, simulator.url)
    assert simulator.control.counters()["accepted"] == 1


def test_key_that_was_mistyped(open_bench: OpenBench, simulator: Simulator) -> None:
    bench = open_bench(simulator.url, f"{simulator.key}-mistyped")
    old = refused(bench)
    assert (trouble_in(old), stage_text(old, False)) == (Trouble.KEY, "Not accepted")
    bench.engine.configure(bench.endpoint, Key(simulator.key), bench.storage)
    assert again(bench, old).state is State.DOWNLOADED
    assert simulator.control.counters()["accepted"] == 1


def test_balance_that_was_empty(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.settings(balance=0.01)
    old = refused(bench)
    assert (trouble_in(old), stage_text(old, False)) == (Trouble.CREDITS, "Not accepted")
    still = again(bench, old)
    assert still.state is State.REFUSED and may_be_ordered_again(still), "it may be tried as often as one likes"
    simulator.control.settings(balance=10.0)
    assert again(bench, still).state is State.DOWNLOADED
    assert simulator.control.counters()["accepted"] == 1
    assert simulator.control.counters()["billed"] == pytest.approx(0.025)


def test_cap_is_asked_anew(bench: Workbench, simulator: Simulator) -> None:
    def cap(amount: str) -> None:
        storage = Storage(bench.storage.folder, 2**29, Decimal(amount))
        bench.engine.configure(bench.endpoint, Key(bench.key), storage)

    cap("0.01")
    old = refused(bench)
    assert (trouble_in(old), stage_text(old, False)) == (Trouble.CAP, "Not sent")
    still = again(bench, old)
    assert (still.state, trouble_in(still)) == (State.REFUSED, Trouble.CAP)
    assert simulator.control.counters()["posts"] == 0
    cap("0.03")
    assert again(bench, still).state is State.DOWNLOADED
    assert simulator.control.counters()["posts"] == 1


def test_second_click_does_nothing_more(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("submit", "402")
    old = refused(bench)
    new = press(bench, old)
    for _ in range(3):
        assert bench.engine.renewal.order_again(old.id, old.request, simulator.url) is None
        assert bench.engine.renewal.order_again(new.id, old.request, simulator.url) is None, "it runs"
    assert bench.finish(new.id).state is State.DOWNLOADED
    assert bench.engine.renewal.order_again(new.id, old.request, simulator.url) is None, "there is an object"
    assert simulator.control.counters()["accepted"] == 1


def test_it_is_on_disk_with_its_picture_before_it_is_sent(
    bench: Workbench, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.control.misbehave("submit", "402")
    old = refused(bench)
    kept: list[tuple[State, bytes | None]] = []
    begin = Store.begin

    def beginning(self: Store, job: Job, **named: Any) -> object:
        kept.append((self.readable_states()[job.id], bench.engine._archive.picture(job)))
        assert old.id not in {other.id for other in self.load()}
        return begin(self, job, **named)

    monkeypatch.setattr(Store, "begin", beginning)
    assert again(bench, old).state is State.DOWNLOADED
    assert kept == [(State.PREPARED, sent(simulator)[0])]


def test_restart_lies_between(open_bench: OpenBench, simulator: Simulator, tmp_path: Path) -> None:
    first = opened(open_bench, simulator.url, simulator.key, tmp_path / "store")
    simulator.control.misbehave("submit", "402")
    old = refused(first)
    first.close()
    second = opened(open_bench, simulator.url, simulator.key, tmp_path / "store")
    found = second.jobs[old.id]
    assert may_be_ordered_again(found) and stage_text(found, False) == "Not accepted"
    new = again(second, found)
    assert (new.state, new.image_sha256) == (State.DOWNLOADED, old.image_sha256)
    assert simulator.control.counters()["accepted"] == 1 and listed(second) == {new.id}


def test_blender_that_dies_on_the_way_leaves_one_of_them(tmp_path: Path) -> None:
    """The new one was on disk already, the old one still in the list."""
    asked = request.build({}, image_url="https://example.com/a.png")
    old = Job("a", asked, "https://a.b", ORIGIN, state=State.REFUSED, trouble=Trouble.CREDITS.value)
    new = Job("a", asked, "https://a.b", ORIGIN, replaces=old.id)
    given_up = Job("b", asked, "https://a.b", state=State.REFUSED, given_up=True)
    sent_again = Job("b", asked, "https://a.b", replaces=given_up.id)
    dead = Archive(tmp_path)
    dead.open()
    for job in (old, new, given_up, sent_again):
        dead.record(job)
    dead.close()
    for _ in range(2):
        archive = Archive(tmp_path)
        ours, _others, _warning = archive.open()
        assert {job.id for job in ours} == {new.id, given_up.id, sent_again.id}
        archive.close()


def test_picture_that_was_cleaned_up_is_noticed_when_it_is_wanted(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("submit", "402")
    old = refused(bench)
    for picture in (bench.storage.folder.parent / "store" / "sent").iterdir():
        picture.unlink()
    new = again(bench, old)
    assert (new.state, trouble_in(new)) == (State.REFUSED, Trouble.PICTURE)
    assert "no longer kept" in new.error and not may_be_ordered_again(new)
    assert simulator.control.counters()["accepted"] == 0 and listed(bench) == {new.id}


def test_picture_that_was_cleaned_up_is_noticed_at_the_next_start(
    open_bench: OpenBench, simulator: Simulator, tmp_path: Path
) -> None:
    first = opened(open_bench, simulator.url, simulator.key, tmp_path / "store")
    simulator.control.misbehave("submit", "402")
    old = refused(first)
    first.close()
    for picture in (tmp_path / "store" / "sent").iterdir():
        picture.unlink()
    second = opened(open_bench, simulator.url, simulator.key, tmp_path / "store")
    assert not may_be_ordered_again(second.jobs[old.id])
    assert second.engine.renewal.order_again(old.id, old.request, simulator.url) is None
    assert second.jobs[old.id].error == old.error, "why it was refused is told as before"


def test_one_that_was_given_up_is_not_ordered_again(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.settings(offers_list=False, offers_usage=False)
    simulator.control.misbehave("submit", "cut_before")
    old = bench.finish(bench.submit())
    assert old.state is State.UNCERTAIN
    bench.engine.send_again(old.id)
    bench.until(lambda: bench.jobs[old.id].state is State.REFUSED)
    given_up = bench.jobs[old.id]
    assert (given_up.given_up, stage_text(given_up, False)) == (True, "Sent again")
    assert bench.engine.renewal.order_again(old.id, old.request, simulator.url) is None
    bench.until(lambda: any(job.replaces == old.id and job.state is State.DOWNLOADED for job in bench.jobs.values()))
    assert simulator.control.counters()["accepted"] == 1


def test_address_of_a_picture_is_sent_again_without_one(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("submit", "402")
    old = refused(bench, image_url="https://example.com/a.png")
    assert not old.picture_kept
    new = again(bench, old)
    assert (new.state, new.request.image_url) == (State.DOWNLOADED, "https://example.com/a.png")
    assert [job["picture_from"] for job in simulator.control.jobs()] == ["made up"]


def test_price_that_rose_since_the_button_was_drawn(simulator: Simulator, start: OpenBlender) -> None:
    blender = start()
    simulator.control.misbehave("submit", "402")
    old = refused(blender.bench)
    simulator.control.settings(prices={"512": 0.05})
    blender.look()
    new = again(blender.bench, old)
    assert (new.state, new.suspended) == (State.PREPARED, True) and "rose from $0.025 to $0.05" in new.error
    assert simulator.control.counters()["accepted"] == 0


def test_disk_that_was_full(open_bench: OpenBench, simulator: Simulator, tmp_path: Path) -> None:
    """The picture is on no disk then, and is in memory until the job leaves the list."""
    bench = opened(open_bench, simulator.url, simulator.key, tmp_path / "store")
    pictures = tmp_path / "store" / "pictures"
    pictures.write_text("in the way")
    old = refused(bench)
    assert (trouble_in(old), stage_text(old, False)) == (Trouble.DISK, "Not sent")
    still = again(bench, old)
    assert (still.state, trouble_in(still)) == (State.REFUSED, Trouble.DISK) and may_be_ordered_again(still)
    pictures.unlink()
    assert again(bench, still).state is State.DOWNLOADED
    assert simulator.control.counters()["accepted"] == 1
    assert not bench.engine._place.pictures, "nothing of it stays in memory"


def test_a_picture_too_large_for_the_request_is_sent_ahead_when_tried_again(
    bench: Workbench, simulator: Simulator
) -> None:
    """There was no button, though the same picture goes through by another way."""
    simulator.control.misbehave("submit", "413")
    old = refused(bench)
    assert trouble_in(old) is Trouble.BODY and "Press Try Again" in old.error
    assert again(bench, old).state is State.DOWNLOADED
    assert simulator.control.counters()["accepted"] == 1
    assert [entry["route"] for entry in simulator.control.log() if entry["route"] in ("upload", "submit")] == [
        "submit", "upload", "submit",
    ]  # fmt: skip


def test_what_the_service_does_not_take_is_not_offered(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("submit", "400")
    old = bench.finish(bench.submit())
    assert (old.state, stage_text(old, False)) == (State.REFUSED, "Not accepted")
    assert not may_be_ordered_again(old) and not old.picture_kept
    assert bench.engine.renewal.order_again(old.id, old.request, simulator.url) is None

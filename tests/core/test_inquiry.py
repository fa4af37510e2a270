# SPDX-License-Identifier: GPL-3.0-or-later
"""A server is asked once a day what it offers, by one of several Blenders; the answer holds offline, and for orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import OpenBench
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import inquiry, request
from trellis_blender.core.catalogue import MODEL_ID
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.messages import ConnectionChecked, OfferTold
from trellis_blender.core.offer import BUILT_IN, Offer
from trellis_blender.core.pacing import RateLimiter, SystemClock
from trellis_blender.core.purse import Purse
from trellis_blender.core.records import from_text, to_text

DAY = 86400.0
CHANGED: dict[str, Any] = {
    "schema_overrides": {"ss_sampling_steps": {"maximum": 100}},
    "schema_added": {"edge": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}},
    "schema_removed": ["remesh_band"],
    "prices": {"512": 0.03},
}


class Calendar(SystemClock):
    """The real clock, some days ahead."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Blender:
    """A bench with a session's eye on what is offered."""

    def __init__(self, bench: Workbench) -> None:
        self.bench, self.told, self.checked = bench, list[OfferTold](), list[ConnectionChecked]()
        self.purse = Purse()
        self._done: list[object] = []
        take = bench.take

        def both(message: object) -> None:
            take(message)
            if isinstance(message, OfferTold):
                self.purse.take(message)
                self.told.append(message)
            elif isinstance(message, ConnectionChecked):
                self.checked.append(message)
            elif message in self._done:
                self._done.remove(message)

        bench.take = both  # type: ignore[method-assign]
        bench.engine.open()

    @property
    def offer(self) -> Offer:
        return self.purse.offer(self.bench.endpoint.base_url)

    def look(self) -> None:
        """Do what the timer does now and then, and have all errands done that come of it."""
        self.bench.engine.refresh()
        self.settle()

    def settle(self) -> None:
        """Have every errand done that was given before; its one worker does them in order."""
        mark = object()
        self._done.append(mark)
        self.bench.engine._crew.errand(lambda: self.bench.engine.messages.put(mark))  # type: ignore[arg-type]
        self.bench.until(lambda: mark not in self._done)

    def until_told(self, true: Callable[[OfferTold], bool]) -> OfferTold:
        self.bench.engine.refresh()
        self.bench.until(lambda: any(true(told) for told in self.told))
        return next(told for told in self.told if true(told))

    def test_connection(self) -> ConnectionChecked:
        self.checked.clear()
        self.bench.engine.money.check_connection(self.bench.endpoint)
        self.bench.until(lambda: bool(self.checked))
        return self.checked[0]

    def fault(self) -> str:
        return self.purse.offer_fault(self.bench.endpoint.base_url)


OpenBlender = Callable[..., Blender]


@pytest.fixture
def start(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> OpenBlender:
    """Give what opens a Blender of one user, whose Blenders share their store; it works in one errand at a time."""

    def open_one(**engine: Any) -> Blender:
        engine = {"store_folder": tmp_path / "store", "workers": 1, **engine}
        return Blender(open_bench(simulator.url, simulator.key, **engine))

    return open_one


def asked(simulator: Simulator) -> int:
    return sum(entry["route"] == "model" for entry in simulator.control.log())


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "store" / "offers").glob("*.json"))


# --- when it is asked ------------------------------------------------------------------------------------------------


def test_once_a_day_by_one_of_several_blenders(simulator: Simulator, start: OpenBlender, tmp_path: Path) -> None:
    simulator.control.settings(**CHANGED)
    clock = Calendar()
    one, other = start(clock=clock), start(clock=clock)
    assert one.until_told(lambda told: bool(told.offer.new)).sentence == ""
    for blender in (one, other, one, other):
        blender.look()
    assert asked(simulator) == 1
    assert other.offer == one.offer != BUILT_IN and len(other.told) == 1, "from the disk"
    third = start(clock=clock)
    third.look()
    assert third.offer == one.offer and asked(simulator) == 1
    assert [path.suffix for path in (tmp_path / "store" / "offers").iterdir()].count(".asked") == 1

    simulator.control.settings(prices={"512": 0.05})
    clock.ahead = DAY
    other.until_told(lambda told: told.offer.price_of("512") == Decimal("0.05"))
    assert asked(simulator) == 2
    one.look()
    clock.ahead += inquiry.LOOK_SECONDS
    one.look()
    assert asked(simulator) == 2 and one.offer.price_of("512") == Decimal("0.05"), "what the other one was told"
    assert [path.suffix for path in (tmp_path / "store" / "offers").iterdir()].count(".asked") == 1


def test_on_test_connection_at_once(simulator: Simulator, start: OpenBlender) -> None:
    blender = start()
    blender.look()
    assert asked(simulator) == 1
    simulator.control.settings(**CHANGED)
    assert blender.test_connection().ok
    assert asked(simulator) == 2
    assert blender.offer.price_of("512") == Decimal("0.03"), "before the answer, so that both are shown at once"
    assert blender.offer.told_at > 0.0


def test_failed_check_asks_nothing_more(simulator: Simulator, start: OpenBlender) -> None:
    simulator.control.misbehave("usage", "401", times=None)
    blender = start()
    assert not blender.test_connection().ok
    assert asked(simulator) == 0 and blender.fault() == ""


def test_offline_what_was_told_before_holds(simulator: Simulator, start: OpenBlender) -> None:
    simulator.control.settings(**CHANGED)
    first = start()
    first.look()
    clock = Calendar()
    clock.ahead = 30 * DAY
    later = start(clock=clock)
    later.bench.engine.online = False
    later.look()
    assert later.offer == first.offer and later.offer.told_at == first.offer.told_at
    assert asked(simulator) == 1
    later.bench.engine.online = True
    clock.ahead += inquiry.SOON_SECONDS
    later.look()
    assert asked(simulator) == 2


def test_not_without_key_but_of_a_server_on_this_computer(simulator: Simulator, open_bench: OpenBench) -> None:
    bare = Blender(open_bench(simulator.url, "", workers=1))
    bare.look()
    assert asked(simulator) == 1 and bare.offer == BUILT_IN, "it was asked, and wants a key"


def test_left_out_where_the_limit_leaves_no_room(simulator: Simulator, start: OpenBlender, tmp_path: Path) -> None:
    clock = Calendar()
    blender = start(clock=clock, limiter=RateLimiter(clock, limit=8, reserve=6))
    blender.test_connection()
    clock.ahead = inquiry.LOOK_SECONDS
    blender.test_connection()
    assert asked(simulator) == 2, "what the artist wants to know is asked in any case"
    for path in (tmp_path / "store" / "offers").glob("*.asked"):
        path.unlink()
    blender.look()
    assert asked(simulator) == 2
    clock.ahead += inquiry.SOON_SECONDS
    blender.look()
    assert asked(simulator) == 3


@pytest.mark.parametrize("fault", ["500", "429", "cut_after", "503"])
def test_failure_is_tried_again_in_an_hour(simulator: Simulator, start: OpenBlender, fault: str) -> None:
    simulator.control.settings(**CHANGED)
    simulator.control.misbehave("model", fault)
    clock = Calendar()
    blender = start(clock=clock, limiter=RateLimiter(clock))
    blender.look()
    blender.look()
    assert asked(simulator) == 1 and blender.offer == BUILT_IN and blender.fault() == ""
    clock.ahead = inquiry.LOOK_SECONDS
    blender.look()
    assert asked(simulator) == 2 and blender.offer != BUILT_IN


def test_server_without_such_a_call_leaves_the_catalogue(simulator: Simulator, start: OpenBlender) -> None:
    simulator.control.settings(offers_model=False, offers_usage=False)
    blender = start()
    blender.look()
    assert blender.offer == BUILT_IN and blender.fault() == ""
    assert blender.test_connection().ok
    assert blender.offer == BUILT_IN and blender.fault() == ""


def test_slow_answer_holds_up_no_job(simulator: Simulator, open_bench: OpenBench) -> None:
    simulator.control.misbehave("model", "late", seconds=3600.0)
    blender = Blender(open_bench(simulator.url, simulator.key))
    blender.bench.engine.refresh()
    assert blender.bench.finish(blender.bench.submit()).state is State.DOWNLOADED
    assert blender.offer == BUILT_IN


# --- what is kept ----------------------------------------------------------------------------------------------------

WRONG = {
    "schema_raw": json.dumps({"id": MODEL_ID, "supported_parameters": [{"name": "seed", "minimum": 2, "maximum": 1}]})
}


def test_malformed_description_changes_nothing_and_is_said(
    simulator: Simulator, start: OpenBlender, tmp_path: Path
) -> None:
    simulator.control.settings(**CHANGED)
    blender = start()
    blender.look()
    before, on_disk = blender.offer, [path.read_bytes() for path in kept(tmp_path)]
    simulator.control.settings(**WRONG)
    assert blender.test_connection().sentence == "Connected. The balance is $100.00."
    assert blender.fault() == "The server's description of seed has a minimum above its maximum."
    assert blender.offer == before and [path.read_bytes() for path in kept(tmp_path)] == on_disk
    simulator.control.settings(schema_raw="")
    blender.test_connection()
    assert blender.fault() == "" and blender.offer == before


@pytest.mark.parametrize("fault", ["html", "empty", "garbage", "not_object", "huge_json"])
def test_answer_that_is_none_is_said(simulator: Simulator, start: OpenBlender, fault: str) -> None:
    simulator.control.misbehave("model", fault)
    blender = start()
    blender.look()
    assert blender.offer == BUILT_IN and blender.fault().endswith((".", "proxy"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"", lambda raw: raw[: len(raw) // 2], lambda _raw: b"[]", lambda _raw: b"\xff\xfe\x00",
        lambda raw: raw.replace(b'"version": 1', b'"version": 2'), lambda raw: raw + b" " * (2 * 2**20),
        lambda raw: raw.replace(b'"minimum": 1,', b'"minimum": 999999,'), lambda raw: b"[" * 100_000,
        lambda raw: raw.replace(b"127.0.0.1", b"10.0.0.1"),
    ],
)  # fmt: skip
def test_damaged_file_is_as_good_as_none_and_logged_once(
    simulator: Simulator, start: OpenBlender, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
) -> None:  # fmt: skip
    simulator.control.settings(**CHANGED)
    start().look()
    (path,) = kept(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    clock = Calendar()
    other = start(clock=clock)
    caplog.clear()
    other.look()
    clock.ahead = inquiry.LOOK_SECONDS / 2
    other.look()
    assert other.offer == BUILT_IN
    assert [record.message for record in caplog.records if "damaged file" in record.message] == [caplog.text and next(
        record.message for record in caplog.records if "damaged file" in record.message
    )]  # fmt: skip
    assert other.test_connection().ok
    assert other.offer != BUILT_IN, "a fresh answer takes its place"
    third = start()
    third.look()
    assert third.offer == other.offer


def test_what_is_kept_has_no_key(simulator: Simulator, start: OpenBlender, tmp_path: Path) -> None:
    """Not even when the server says it, and hides it behind JSON's escapes."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in simulator.key)
    row = f'{{"name": "edge", "type": "boolean", "description": "{simulator.key} {escaped}"}}'
    simulator.control.settings(
        schema_raw=f'{{"{escaped}": 1, "supported_parameters": [{row}, "resolution", "seed"]}}'
    )  # fmt: skip
    blender = start()
    blender.look()
    (new,) = blender.offer.new
    assert new.description == "[key] [key]"
    (path,) = kept(tmp_path)
    assert simulator.key not in json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)
    for path in (tmp_path / "store" / "offers").iterdir():
        assert simulator.key.encode() not in path.read_bytes() and simulator.key not in path.name


def test_folder_that_cannot_be_written_is_no_harm(simulator: Simulator, start: OpenBlender, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "offers").write_bytes(b"in the way")
    simulator.control.settings(**CHANGED)
    blender = start()
    blender.look()
    assert blender.offer.price_of("512") == Decimal("0.03") and asked(simulator) == 1


# --- what it means for orders ----------------------------------------------------------------------------------------


def order(blender: Blender, offer: Offer, **settings: object) -> str:
    """Order as the button does, which shows the price of an offer."""
    bench = blender.bench
    small = {"decimation_target": 10000, "texture_size": "1024", "resolution": "512"}
    wanted = request.build({**small, **settings}, image_url="https://example.com/a.png", offer=offer)
    job = bench.engine.submit(wanted, None, name="a thing", endpoint=bench.endpoint)
    bench.jobs[job.id] = job
    return job.id


def test_price_ranges_and_new_parameters_reach_the_server_and_the_record(
    simulator: Simulator, start: OpenBlender
) -> None:
    simulator.control.settings(**CHANGED)
    blender = start()
    blender.look()
    job = blender.bench.finish(order(blender, blender.offer, ss_sampling_steps=100, edge=1.0))
    assert job.state is State.DOWNLOADED, job.error
    (there,) = simulator.control.jobs()
    assert (there["price"], there["sent"]["edge"], there["sent"]["ss_sampling_steps"]) == (0.03, 1.0, 100)
    assert (job.price_usd, job.quoted_usd) == (Decimal("0.03"), Decimal("0.03"))
    assert from_text(to_text(job)) == job, "also where the catalogue would allow no such request"


def test_order_is_read_again_by_a_blender_that_knows_only_the_catalogue(
    simulator: Simulator, start: OpenBlender, tmp_path: Path
) -> None:
    simulator.control.settings(**CHANGED)
    blender = start()
    blender.look()
    job_id = order(blender, blender.offer, ss_sampling_steps=100, edge=1.0)
    blender.bench.finish(job_id)
    blender.bench.close()
    for path in kept(tmp_path):
        path.unlink()
    simulator.control.settings(offers_model=False)
    later = start()
    later.look()
    found = later.bench.jobs[job_id]
    assert found.request.value("edge") == 1.0 and found.price_usd == Decimal("0.03")


def test_price_that_rose_meanwhile_is_asked_about_before_it_is_paid(simulator: Simulator, start: OpenBlender) -> None:
    blender = start()
    shown = blender.offer
    simulator.control.settings(prices={"512": 0.05})
    blender.look()
    job_id = order(blender, shown)
    job = blender.bench.finish(job_id)
    assert (job.state, job.suspended, job.unsent) == (State.PREPARED, True, True)
    assert "rose from $0.025 to $0.05" in job.error
    assert job.price_usd == Decimal("0.05"), "what the button says now"
    assert simulator.control.counters()["accepted"] == 0
    blender.bench.engine.resume(job_id)
    blender.bench.reach(job_id, State.DOWNLOADED)
    assert simulator.control.counters()["billed"] == pytest.approx(0.05)
    assert blender.bench.jobs[job_id].quoted_usd == Decimal("0.05")


def test_price_that_fell_meanwhile_is_paid_and_recorded(simulator: Simulator, start: OpenBlender) -> None:
    blender = start()
    shown = blender.offer
    simulator.control.settings(prices={"512": 0.01})
    blender.look()
    job = blender.bench.finish(order(blender, shown))
    assert (job.state, job.quoted_usd) == (State.DOWNLOADED, Decimal("0.01"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"remesh_band": 2.0}, "no longer has Remesh Band"), ({"ss_sampling_steps": 60}, "a whole number from 1 to 50")],
)
def test_what_the_server_no_longer_takes_is_not_sent(
    simulator: Simulator, start: OpenBlender, settings: dict[str, object], said: str
) -> None:
    blender = start()
    shown = blender.offer
    simulator.control.settings(
        schema_removed=["remesh_band"], schema_overrides={"ss_sampling_steps": {"maximum": 50}}
    )  # fmt: skip
    blender.look()
    job = blender.bench.finish(order(blender, shown, **settings))
    assert job.state is State.REFUSED and said in job.error and job.error.endswith("nothing was billed.")
    assert simulator.control.counters()["posts"] == 0


def test_unknown_price_blocks_nothing_but_counts_as_the_dearest(simulator: Simulator, start: OpenBlender) -> None:
    simulator.control.settings(unpriced=["512"], prices={"1536": 0.9})
    blender = start()
    blender.look()
    job = blender.bench.finish(order(blender, blender.offer))
    assert job.state is State.DOWNLOADED and not job.request.is_priced
    assert job.price_usd == Decimal("0.9")
    bench = blender.bench
    capped = Storage(bench.storage.folder, bench.storage.limit_bytes, Decimal("1.70"))
    bench.engine.configure(bench.endpoint, bench.engine._clients[bench.endpoint.base_url].key, capped)
    refused = bench.finish(order(blender, blender.offer))
    assert refused.state is State.REFUSED and "$0.90 are spent" in refused.error


def test_old_record_without_a_price_has_that_of_the_list() -> None:
    made = Job("a", request.build({"resolution": "512"}, image_url="https://example.com/a.png"), "https://a.example")
    written = json.loads(to_text(made))
    del written["request"]["price"], written["request"]["is_priced"]
    assert from_text(json.dumps(written)).price_usd == Decimal("0.025")

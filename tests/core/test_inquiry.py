# SPDX-License-Identifier: GPL-3.0-or-later
"""A server is asked once a day what it offers, by one of several Blenders; the answer holds offline, and for orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.accounts import balance
from tests.core.conftest import OpenBench
from tests.core.inquirer import CHANGED, DAY, Blender, Calendar, OpenBlender, kept
from tests.core.workbench import SMALL, subject
from tests.simulator.server import Simulator
from trellis_blender.core import inquiry, request
from trellis_blender.core.catalogue import MODEL_ID
from trellis_blender.core.jobs import State
from trellis_blender.core.offer import BUILT_IN
from trellis_blender.core.pacing import RateLimiter


def asked(simulator: Simulator) -> int:
    return sum(entry["route"] == "model" for entry in simulator.control.log())


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


def test_anew_where_a_bill_names_another_price(simulator: Simulator, start: OpenBlender) -> None:
    """It went on ordering at the price of the morning; the daily cap counted with it, too."""
    simulator.control.settings(job_seconds=0.0, usage_job_id=True)
    blender = start(clock=Calendar())
    blender.look()
    assert order(blender) == Decimal("0.025") and asked(simulator) == 1
    for count, price in enumerate((Decimal("0.9"), Decimal("1.5")), 2):
        simulator.control.settings(prices={"512": float(price)})
        assert order(blender) == price
        assert asked(simulator) == count and blender.offer.price_of("512") == price
        assert order(blender) == price and asked(simulator) == count


def test_same_prices_are_not_asked_for_anew_at_every_bill(simulator: Simulator, start: OpenBlender) -> None:
    """Where an account has a discount, for one; offline it is asked later."""
    simulator.control.settings(job_seconds=0.0, usage_job_id=True, usage_cost_factor=0.8)
    clock = Calendar()
    blender = start(clock=clock)
    blender.look()
    for _ in range(2):
        assert order(blender) == Decimal("0.02") and asked(simulator) == 2
    clock.ahead = inquiry.LOOK_SECONDS
    assert order(blender) == Decimal("0.02") and asked(simulator) == 3
    assert blender.offer.price_of("512") == Decimal("0.025")


def order(blender: Blender) -> Decimal | None:
    """Order an object, have its bill told, and all done that comes of it; give what was billed."""
    bench = blender.bench
    wanted = request.priced(request.build(SMALL), blender.offer)
    job = bench.engine.submit(wanted, subject(), name="a thing", endpoint=bench.endpoint)
    bench.jobs[job.id] = job
    job = bench.finish(job.id)
    told = balance(bench).billed
    bench.engine.money.bill(told)
    blender.settle()
    blender.settle()  # what was begun by the first errand
    return told.get(job.id, job.price_usd)


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist is told of the money, and what the button does when there is not enough."""

import csv
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import bpy
import buttons
import pictures
import pytest
from artist import PATIENCE_SECONDS, Artist, module

pytestmark = pytest.mark.any_blender


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.settings.resolution = "512"
    return artist


@pytest.fixture(autouse=True)
def no_cap(artist: Artist, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(module("core.purse"), "ASK_SECONDS", 0.3)
    yield
    artist.preferences.property_unset("daily_cap")


def opened(artist: Artist) -> Artist:
    """Have the list of jobs read as Blender does on its start, and what follows from that come about."""
    module("blender.watch")._open()
    return settled(artist)


def settled(artist: Artist) -> Artist:
    """Tick until nothing is expected any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    artist.tick()
    while artist.session.watched:
        assert time.monotonic() < deadline
        artist.tick()
        time.sleep(0.01)
    artist.tick()
    return artist


def line() -> str:
    return str(module("blender.readiness").money_line())


def outlook(count: int = 1) -> Any:
    return module("blender.readiness").outlook(bpy.context, count)


def questions(artist: Artist) -> int:
    return sum(entry["route"] == "usage" for entry in artist.simulator.control.log())


def test_balance_is_known_soon_after_the_start_and_after_a_job(ready: Artist) -> None:
    ready.simulator.control.settings(balance=12.345)
    assert line() == ""
    opened(ready)
    assert line() == "Balance $12.34"
    assert questions(ready) == 1
    ready.wait(ready.order())
    assert line().startswith("Balance $12.32"), "what was accepted since is taken off at once"
    settled(ready)
    assert line() == "Balance $12.32 · Today $0.025"
    ready.preferences.daily_cap = 5.0
    assert line() == "Balance $12.32 · Today $0.025 of $5.00"
    assert outlook().cover.value == "covered" and not outlook().warns


def test_many_jobs_ask_few_times(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(ready)
    monkeypatch.setattr(module("core.purse"), "ASK_SECONDS", 1e9)
    for seed in range(6):
        ready.settings.seed = seed
        ready.order()
    ready.wait()
    assert ready.simulator.accepted() == 6
    assert questions(ready) == 1, "that of the opening; the next is not due yet"
    monkeypatch.setattr(module("core.purse"), "ASK_SECONDS", 0.0)
    settled(ready)
    assert questions(ready) == 2, "one for all six"
    assert line() == "Balance $99.85 · Today $0.15"


def test_what_the_balance_does_not_cover_is_warned_of_and_refused_unbilled(ready: Artist) -> None:
    ready.simulator.control.settings(balance=0.06)
    opened(ready)
    ready.settings.resolution = "1024"
    assert outlook().sentence == ("The balance of $0.06 does not cover $0.249. Top up at the provider's dashboard.")
    assert outlook().warns and buttons.generate(), "a warning does not stop the button"
    job = ready.wait(ready.order())[0]
    assert job.state.value == "refused" and ready.simulator.accepted() == 0
    assert module("core.endpoint").DASHBOARD_URL in job.error and "$0.249" in job.error
    ready.settings.resolution = "512"
    assert not outlook().warns
    assert outlook(5).sentence == (
        "The balance of $0.06 covers 2 of 5 objects at $0.025. Top up at the provider's dashboard."
    )


def test_the_cap_stops_the_button_and_says_why(ready: Artist) -> None:
    opened(ready)
    ready.preferences.daily_cap = 0.04
    assert buttons.generate()
    ready.wait(ready.order())
    settled(ready)
    reason = module("blender.readiness").generate_reason(bpy.context)
    assert reason == (
        "Today's cap of $0.04 does not allow $0.025 more: $0.025 are spent. Raise it in the preferences, or wait "
        "until tomorrow"
    )
    assert not buttons.generate()
    with pytest.raises(RuntimeError, match="Today's cap"):
        bpy.ops.trellis.generate()
    assert ready.simulator.accepted() == 1
    ready.preferences.daily_cap = 0.05
    assert buttons.generate()
    ready.settings.seed = 3
    assert ready.wait(ready.order())[0].state.value == "imported"


def test_a_server_without_accounts_is_asked_once(ready: Artist) -> None:
    ready.simulator.control.settings(offers_usage=False)
    opened(ready)
    assert line() == "" and outlook().cover.value == "unknown" and not outlook().warns
    asked = questions(ready)
    assert ready.wait(ready.order())[0].state.value == "imported"
    settled(ready)
    assert questions(ready) == asked == 1
    assert line() == "Today $0.025"


def test_an_error_leaves_the_last_balance(ready: Artist) -> None:
    opened(ready)
    ready.simulator.control.misbehave("usage", "500", times=None)
    assert ready.wait(ready.order())[0].state.value == "imported"
    settled(ready)
    assert line() == "Balance $99.97 · Today $0.025"


def test_the_connection_test_brings_the_balance(ready: Artist) -> None:
    opened(ready)
    ready.simulator.control.settings(balance=7)
    assert line() == "Balance $100.00"
    bpy.ops.trellis.test_connection()
    settled(ready)
    assert line() == "Balance $7.00"


def test_what_was_billed_is_taken_for_the_price(ready: Artist) -> None:
    ready.simulator.control.settings(usage_cost_factor=0.8)
    ready.wait(ready.order())
    settled(ready)
    (job,) = ready.session.jobs.values()
    assert (str(job.price_usd), str(job.billed_usd)) == ("0.025", "0.02")
    assert job.state.value == "imported"
    assert str(ready.session.money.ledger.total) == "0.02"


def test_ledger_is_exported(ready: Artist, tmp_path: Path) -> None:
    path = tmp_path / "spent.csv"
    ready.wait(ready.order())
    settled(ready)
    assert bpy.ops.trellis.export_ledger(filepath=str(path)) == {"FINISHED"}
    told = ready.session.money.exported
    assert told.ok and str(path) in told.sentence
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["price"], row["state"]) == ("mushroom", "0.025", "imported"), "its scene is not saved yet"


def test_a_place_where_no_ledger_can_be(ready: Artist, tmp_path: Path) -> None:
    ready.wait(ready.order())
    for path in (tmp_path / "no" / "spent.csv", tmp_path):
        with pytest.raises(RuntimeError, match="Choose another folder or name"):
            bpy.ops.trellis.export_ledger(filepath=str(path))
        assert not ready.session.money.exported.ok
    for path in ("", ".", "/"):
        with pytest.raises(RuntimeError, match="No file is named for the ledger"):
            bpy.ops.trellis.export_ledger(filepath=path)


def test_a_cap_finer_than_cents_is_kept_and_the_smallest_lets_nothing_through(ready: Artist) -> None:
    """Below half a cent it was taken for no cap, and 0.025 for 0.03: prices are in tenths of cents."""
    daily_cap = module("blender.preferences").daily_cap
    for typed in ("0.025", "0.0249", "0.125", "0.0049", "0.001", "0.0001"):
        ready.preferences.daily_cap = float(typed)
        assert daily_cap() == Decimal(typed)
    assert not buttons.generate()
    with pytest.raises(RuntimeError, match=r"cap of \$0\.0001 does not allow"):
        bpy.ops.trellis.generate()
    assert ready.simulator.accepted() == 0
    ready.preferences.daily_cap = 0.0
    assert daily_cap() == 0 and buttons.generate()

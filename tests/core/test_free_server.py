# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that its owner calls free: nothing is counted, and nothing that has a price slips through for that."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.conftest import OpenBench
from tests.core.descriptions import offered
from tests.core.workbench import Workbench, subject
from tests.simulator.server import Simulator
from trellis_blender.core import endpoint, request
from trellis_blender.core.endpoint import DEFAULT_BASE_URL
from trellis_blender.core.jobs import UNKNOWN, Job, State
from trellis_blender.core.money import Cover, outlook, priced
from trellis_blender.core.offer import BUILT_IN
from trellis_blender.core.offers import for_nothing
from trellis_blender.core.reconcile import BLIND, UNTOLD, cause
from trellis_blender.core.records import from_text, to_text
from trellis_blender.core.secrets import Key

NOTHING = Decimal(0)


@pytest.fixture
def own(simulator: Simulator) -> Simulator:
    """A server that tells neither prices nor jobs nor an account."""
    simulator.control.settings(offers_model=False, offers_usage=False, offers_list=False)
    return simulator


def declare(bench: Workbench, *, is_free: bool) -> None:
    bench.endpoint = endpoint.parse(bench.endpoint.base_url, free=bench.endpoint.base_url if is_free else "")
    bench.engine.configure(bench.endpoint, Key(bench.key), bench.storage)


def order(bench: Workbench, *, is_free: bool = True) -> Job:
    """Order as the panel does, at the price that it shows, and wait."""
    asked = request.build({"resolution": "512"}, offer=for_nothing(BUILT_IN) if is_free else BUILT_IN)
    job = bench.engine.submit(asked, subject(), name="a thing", endpoint=bench.endpoint)
    bench.jobs[job.id] = job
    return bench.finish(job.id)


def test_it_is_one_address_and_never_the_provider() -> None:
    mine = "http://127.0.0.1:8000"
    assert endpoint.parse(f"{mine}/v1/", free=mine).is_free
    assert not endpoint.parse(mine).is_free, "no address is taken for free by itself: it may lead to a paid service"
    assert not endpoint.parse("http://127.0.0.1:8001", free=mine).is_free
    assert not endpoint.parse("", free=DEFAULT_BASE_URL).is_free


@pytest.mark.parametrize("end", ["", ":443", ".", "/x", ".:443/v1"])
def test_the_provider_is_never_free_however_it_is_written(end: str) -> None:
    found = endpoint.parse(f"{DEFAULT_BASE_URL}{end}")
    assert found.is_default and not endpoint.parse(found.base_url, free=found.base_url).is_free
    assert not endpoint.parse(f"{DEFAULT_BASE_URL}:8443").is_default


def test_what_the_server_tells_of_prices_stays() -> None:
    told = offered(pricing={"512": 0.03, "1024": 0.3, "1536": 0.6})
    assert for_nothing(told) is told
    assert set(for_nothing(offered()).prices.values()) == {NOTHING} == set(for_nothing(BUILT_IN).prices.values())
    assert for_nothing(BUILT_IN) is for_nothing(BUILT_IN), "it is asked for at every draw"


def test_nothing_counts_and_no_cap_stops_it(own: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(own.url, own.key)
    declare(bench, is_free=False)
    assert order(bench, is_free=False).price_usd == Decimal("0.025")
    bench.storage = replace(bench.storage, daily_cap_usd=Decimal("0.02"))
    declare(bench, is_free=True)
    job = order(bench)
    assert job.state is State.DOWNLOADED and job.is_free and job.cost_usd == NOTHING, job.error
    assert from_text(to_text(job)).is_free, "what was true then stays with it"
    assert bench.engine._archive.payments()[-1].price == NOTHING
    declare(bench, is_free=False)
    assert bench.jobs[job.id].is_free
    assert "Today's cap" in order(bench, is_free=False).error


def test_switched_off_before_it_is_sent_it_waits_and_asks(own: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(own.url, own.key)
    declare(bench, is_free=False)
    job = order(bench)
    assert job.unsent and "The price rose from $0.00 to $0.025" in job.error
    assert own.control.counters()["posts"] == 0


def test_a_lost_answer_is_never_sent_again_by_itself(own: Simulator, open_bench: OpenBench) -> None:
    own.control.misbehave("submit", "500", message="CUDA out of memory")
    bench = open_bench(own.url, own.key)
    declare(bench, is_free=True)
    job = order(bench)
    assert job.state is State.UNCERTAIN and job.suspended and job.is_free
    assert own.control.counters()["posts"] == 1
    assert job.error == (
        "The server failed (HTTP 500). The service says: CUDA out of memory. This server does not tell of its jobs, so "
        "it stays unknown whether it took this one on. Look whether it still works on it; Send Again starts it anew."
    )
    assert "billed" not in " ".join(one.error + one.note for one in bench.told)
    (payment,) = bench.engine._archive.payments()
    assert (payment.price, payment.certain) == (NOTHING, False)


def test_where_it_is_not_called_free_no_dashboard_is_made_up(own: Simulator, open_bench: OpenBench) -> None:
    own.control.misbehave("submit", "500", message="CUDA out of memory")
    job = order(open_bench(own.url, own.key), is_free=False)
    assert job.error.endswith("Look at the server's log or dashboard before you press Send Again.")
    assert "provider" not in job.error and "accepted and billed" in job.error


def test_each_says_what_is_true_of_its_server() -> None:
    free = for_nothing(BUILT_IN)
    at = {
        server: Job("a", request.build({}, offer=free), server) for server in (DEFAULT_BASE_URL, "http://127.0.0.1:1")
    }
    assert UNKNOWN.of(at[DEFAULT_BASE_URL]) == UNKNOWN.provider, "whatever it costs there: it has a dashboard"
    assert UNKNOWN.of(at["http://127.0.0.1:1"]) == UNKNOWN.free
    assert UNKNOWN.of(Job("a", request.build({}), "https://example.com")) == UNKNOWN.other
    assert [said for said in UNKNOWN.every if "provider" in said] == [UNKNOWN.provider]
    assert all(cause(f"It broke. {said}") == "It broke." for said in (*UNKNOWN.every, *BLIND.every, *UNTOLD.every))


def test_a_bill_says_otherwise() -> None:
    job = Job("a thing", request.build({}, offer=for_nothing(BUILT_IN)), "http://127.0.0.1:1")
    assert job.is_free and not replace(job, billed_usd=Decimal("0.249")).is_free
    assert not replace(job, request=replace(job.request, is_priced=False)).is_free


def test_there_is_nothing_to_say_of_its_money() -> None:
    seen = outlook(NOTHING, NOTHING, NOTHING, 5, Decimal(1), Decimal(2))
    assert (seen.cover, seen.allowed, seen.sentence, seen.stops) == (Cover.COVERED, 5, "", False)
    assert (priced(NOTHING), priced(Decimal("0.249"))) == ("Free", "$0.249")

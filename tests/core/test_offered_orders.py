# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server offers holds for what is ordered there: prices, ranges, new parameters, and those that vanished."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.inquirer import CHANGED, Blender, OpenBlender, kept
from tests.simulator.server import Simulator
from trellis_blender.core import request
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.lifecycle import Storage
from trellis_blender.core.offer import Offer
from trellis_blender.core.records import from_text, to_text


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

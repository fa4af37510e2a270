# SPDX-License-Identifier: GPL-3.0-or-later
"""What has a job go on waits for its object when a script calls it, and comes back at once when it is pressed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import buttons
import layouts
import leafing
import pytest
from artist import Artist, module
from mathutils import Vector

pytestmark = pytest.mark.any_blender


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    return leafing.prepare(artist, tmp_path)


def boxes() -> list[bpy.types.Object]:
    return [item for item in bpy.data.objects if item.get("trellis_placeholder")]


def unanswered(artist: Artist, fault: str, *seeds: int, **named: Any) -> list[Any]:
    """Order with answers that are lost, and wait until the jobs are looked for no longer."""
    artist.simulator.control.misbehave("submit", fault, times=len(seeds))
    jobs = []
    for seed in seeds:
        artist.settings.seed = seed
        jobs.append(module("blender.operators.generate").order(bpy.context, **named))
    return artist.wait(*jobs)


def states(artist: Artist) -> list[str]:
    return sorted(job.state.value for job in artist.session.jobs.values())


def test_try_again(ready: Artist) -> None:
    ready.simulator.control.misbehave("download", "500", times=None)
    with pytest.raises(RuntimeError):
        bpy.ops.trellis.generate()
    (job,) = ready.session.jobs.values()
    with pytest.raises(RuntimeError):
        bpy.ops.trellis.resume(job=job.id)  # it fails still, and a script hears of it
    ready.simulator.control.behave()
    assert bpy.ops.trellis.resume(job=job.id) == {"FINISHED"}
    assert states(ready) == ["imported"] and "mushroom" in bpy.context.scene.objects
    assert bpy.ops.trellis.resume(job=job.id) == {"CANCELLED"}, "and there is nothing more to come"
    assert len(bpy.context.scene.objects) == 1 and ready.simulator.accepted() == 1


def test_try_again_of_what_was_refused(ready: Artist) -> None:
    ready.simulator.control.misbehave("submit", "402")
    with pytest.raises(RuntimeError, match="Top up"):
        bpy.ops.trellis.generate()
    (job,) = ready.session.jobs.values()
    assert bpy.ops.trellis.order_again(job=job.id) == {"FINISHED"}
    assert states(ready) == ["imported"] and ready.simulator.accepted() == 1


def test_what_is_sent_once_more_costs_no_more_than_is_allowed(ready: Artist) -> None:
    ready.simulator.control.misbehave("submit", "402")
    with pytest.raises(RuntimeError, match="Top up"):
        bpy.ops.trellis.generate()
    (old,) = ready.session.jobs.values()
    for allowed in ({"max_price_usd": 0.024}, {"price": "0.024"}):
        with pytest.raises(RuntimeError, match=r"costs \$0\.025, more than \$0\.024"):
            bpy.ops.trellis.order_again(job=old.id, **allowed)
    assert list(ready.session.jobs) == [old.id] and ready.simulator.accepted() == 0
    (job,) = unanswered(ready, "cut_before", 1)
    with pytest.raises(RuntimeError, match=r"more than \$0\.024"):
        bpy.ops.trellis.send_again(job=job.id, max_price_usd=0.024)
    assert states(ready) == ["refused", "uncertain"] and ready.simulator.accepted() == 0
    assert bpy.ops.trellis.send_again(job=job.id, max_price_usd=0.025) == {"FINISHED"}
    assert bpy.ops.trellis.order_again(job=old.id, max_price_usd=0.025) == {"FINISHED"}
    assert ready.simulator.accepted() == 2


def test_what_was_never_sent_costs_no_more_than_is_allowed(ready: Artist) -> None:
    tag = ready.session.orders.tag("512", "0.01")
    (job,) = ready.wait(module("blender.operators.generate").order(bpy.context, price=tag))
    assert job.state.value == "prepared" and "The price rose from $0.01 to $0.025" in job.error
    with pytest.raises(RuntimeError, match=r"costs \$0\.025, more than \$0\.02"):
        bpy.ops.trellis.resume(job=job.id, max_price_usd=0.02)
    assert states(ready) == ["prepared"] and ready.simulator.accepted() == 0
    told = bpy.types.TRELLIS_OT_resume.description(bpy.context, SimpleNamespace(job=job.id))
    assert told.endswith("spends money") and not bpy.types.TRELLIS_OT_resume.description(
        bpy.context, SimpleNamespace(job="")
    )
    assert bpy.ops.trellis.resume(job=job.id, max_price_usd=0.025) == {"FINISHED"}
    assert ready.simulator.accepted() == 1


def test_a_closed_heading_tells_of_what_stopped_below_it(ready: Artist) -> None:
    def heading() -> list[str]:
        return layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_jobs_view3d, "draw_header_preset"))[1:]

    assert heading() == []
    ready.simulator.control.misbehave("submit", "401")
    ready.wait(ready.order())
    assert heading() == ["1"]
    ready.simulator.control.settings(job_seconds=600.0)
    for seed in (1, 2):
        ready.settings.seed = seed
        ready.wait_for_state(ready.order(), "processing", "accepted")
    assert heading() == ["2", "1"], "running, stopped"


def test_this_one(ready: Artist) -> None:
    jobs = unanswered(ready, "cut_after", 1, 2)
    asked = next(job for job in jobs if job.candidates)
    assert bpy.ops.trellis.choose_job(job=asked.id, candidate=asked.candidates[0]) == {"FINISHED"}
    assert ready.session.jobs[asked.id].state.value == "imported"
    assert ready.simulator.accepted() == 2


def test_send_again(ready: Artist) -> None:
    (job,) = unanswered(ready, "cut_before", 1)
    assert job.state.value == "uncertain" and job.suspended
    assert bpy.ops.trellis.send_again(job=job.id) == {"FINISHED"}
    assert states(ready) == ["imported", "refused"] and ready.simulator.accepted() == 1
    assert bpy.ops.trellis.send_again(job=job.id) == {"CANCELLED"}
    assert ready.simulator.accepted() == 1


def test_sent_again_it_keeps_its_place_in_the_scene(ready: Artist) -> None:
    (job,) = unanswered(ready, "cut_before", 1, with_placeholder=True)
    (box,) = boxes()
    box.location = (4.0, 1.0, 0.0)
    ready.simulator.control.settings(job_seconds=600)
    with buttons.pressed():
        assert bpy.ops.trellis.send_again(job=job.id) == {"FINISHED"}
    ready.wait_until(lambda: any(one.replaces == job.id for one in ready.session.jobs.values()))
    (fresh,) = [one for one in ready.session.jobs.values() if one.replaces == job.id]
    ready.wait_for_state(fresh, "processing", "accepted")
    ready.tick()
    assert boxes() == [box] and box["trellis_placeholder"] == fresh.id
    ready.simulator.control.advance(600)
    assert ready.wait(fresh)[0].state.value == "imported"
    assert not boxes() and bpy.data.objects["mushroom"] == box and box.location == Vector((4.0, 1.0, 0.0))


def test_nothing_is_paid_for_what_could_not_come(ready: Artist) -> None:
    """A script cannot leave Edit Mode while it waits."""
    ready.simulator.control.misbehave("submit", "402")
    with pytest.raises(RuntimeError, match="Top up"):
        bpy.ops.trellis.generate()
    (job,) = ready.session.jobs.values()
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="Nothing was sent"):
        bpy.ops.trellis.order_again(job=job.id)
    assert ready.simulator.accepted() == 0
    bpy.ops.object.mode_set(mode="OBJECT")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Variants are ordered and come: with fresh seeds, within the cap, to their object, wherever that is by then."""

import time
from decimal import Decimal
from pathlib import Path

import bpy
import layouts
import pytest
from artist import Artist, module
from leafing import begin, counted, more, reroll, seed_shown, seeds, variants


def test_the_seeds_are_fresh(ready: Artist, made: bpy.types.Object) -> None:
    more(ready, 2, order="COUNTED", start=99)
    more(ready, 1, order="COUNTED", start=99)
    more(ready, 2)
    seeds = [module("blender.provenance").recipe_of(mesh).seed for mesh in variants().meshes(made)]
    assert seeds[:4] == [100, 99, 101, 102] and len(set(seeds)) == 6
    sent = [{**job["sent"], "image": job["picture"], "seed": 0} for job in ready.simulator.control.jobs()]
    assert sent == [sent[0]] * 6


def test_seeds_on_their_way_are_not_ordered_again(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.settings(job_seconds=3600.0)
    for _press in range(2):
        begin(101)
    assert sorted(job.request.value("seed") for job in ready.session.jobs.values()) == [100, 101, 102]


def wait_until_spent(artist: Artist, dollars: str) -> None:
    artist.wait_until(lambda: artist.session.money.spent_today(time.time()) == Decimal(dollars))


def test_the_cap_allows_some(ready: Artist, made: bpy.types.Object) -> None:
    wait_until_spent(ready, "0.025")
    ready.preferences.daily_cap = 0.10
    bill = module("blender.reordering").bill(Decimal("0.025"), 8)
    assert bill.allowed == 3 and bill.total == Decimal("0.075") and "allows 3 of 8 objects" in bill.sentence
    more(ready, 8)
    assert ready.simulator.accepted() == 4 and len(variants().meshes(made)) == 4
    wait_until_spent(ready, "0.10")
    with pytest.raises(RuntimeError, match="Nothing was sent"):
        bpy.ops.trellis.more_seeds(count=1)
    assert ready.simulator.accepted() == 4


def test_the_work_in_hand_is_not_interrupted(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.settings(job_seconds=0.5)
    begin(101)
    bpy.ops.object.mode_set(mode="EDIT")
    ready.wait()
    assert ready.session.waiting and len(variants().meshes(made)) == 1
    assert not bpy.ops.trellis.step_variant.poll()
    bpy.ops.object.mode_set(mode="OBJECT")
    ready.wait()
    assert len(variants().meshes(made)) == 2


def test_deleted_meanwhile_it_waits_to_be_imported(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.settings(job_seconds=0.5)
    begin(101)
    bpy.ops.object.delete()
    job = ready.wait()[-1]
    assert job.state.value == "downloaded" and "Press Import" in job.error and not bpy.data.objects
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    new = bpy.context.view_layer.objects.active
    assert seed_shown(new) == 101 and not variants().meshes(new)


def test_it_finds_its_object_renamed_and_reopened(ready: Artist, made: bpy.types.Object, tmp_path: Path) -> None:
    path = str(tmp_path / "set.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    ready.simulator.control.settings(job_seconds=0.5)
    begin(101)
    made.name = "house"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=path)
    ready.wait()
    assert len(variants().meshes(bpy.data.objects["house"])) == 2


def test_a_variant_stands_where_the_shown_one_stands(ready: Artist, made: bpy.types.Object) -> None:
    made.data.transform(__import__("mathutils").Matrix.Translation((0.0, 0.0, 5.0)))
    (job,) = counted(ready, 1)
    extent, stance = module("blender.extent"), module("core.stance")
    first, second = [extent.box_of_mesh(mesh) for mesh in variants().meshes(made)]
    assert job.state.value == "imported"
    assert stance.foot(second) == pytest.approx(stance.foot(first), abs=1e-3)
    assert stance.sides(second).max() == pytest.approx(stance.sides(first).max(), rel=1e-3)


def test_the_panel_says_what_differs(ready: Artist, made: bpy.types.Object) -> None:
    panel, provenance = module("blender.panels.active"), module("blender.provenance")
    assert [label for label, _value in panel.facts(made, provenance.recipe_of(made))] == ["Seed", "Price", "Date"]
    counted(ready, 1)
    ready.settings.seed, ready.settings.ss_guidance_strength, ready.settings.resolution = 5, 9.0, "1024"
    assert bpy.ops.trellis.vary_by_panel() == {"FINISHED"}
    ready.wait()
    bodies = [{**job["sent"], "image": job["picture"]} for job in ready.simulator.control.jobs()]
    changed = {"seed": 5, "ss_guidance_strength": 9.0}
    kept = {name: value for name, value in bodies[0].items() if name not in ("resolution", "pipeline_type")}
    assert bodies[2] == {**kept, **changed}
    said = dict(panel.facts(made, provenance.recipe_of(made)))
    assert (said["Seed"], said["Resolution"]) == ("5", "1024")
    assert said["Sparse Structure · Guidance Strength"] == "9.0" and "Texture Size" not in said
    assert panel.position(made) == "3 / 3"


def test_what_is_paid_for_says_its_price_and_nothing_else_does(ready: Artist, made: bpy.types.Object) -> None:
    ready.settings.resolution = "1024"
    with layouts.editor():
        buttons = [text for text in layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_active_view3d)) if "$" in text]
    assert buttons == ["$0.025", "Re-roll Seed · $0.025", "Vary by Panel · $0.249", "Repeat Exactly · $0.025"]


def test_a_reroll_is_shown_when_it_comes(ready: Artist, made: bpy.types.Object) -> None:
    first = made.data
    ready.wait(reroll())
    assert made.data != first and variants().meshes(made) == [first, made.data]
    assert seed_shown(made) != 100


def test_a_script_has_what_it_ordered_when_the_call_comes_back(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.settings(job_seconds=0.3)
    assert bpy.ops.trellis.more_seeds(count=2, order="COUNTED", start=101) == {"FINISHED"}
    assert seeds(made) == [100, 101, 102] and seed_shown(made) == 100
    assert bpy.ops.trellis.reroll_seed() == {"FINISHED"}
    assert len(seeds(made)) == 4 and seed_shown(made) == seeds(made)[3] not in (100, 101, 102)
    assert bpy.ops.trellis.repeat_exactly() == {"FINISHED"}
    assert seed_shown(made) == seeds(made)[4] == seeds(made)[3]
    ready.settings.seed = 77
    assert bpy.ops.trellis.vary_by_panel() == {"FINISHED"}
    assert seed_shown(made) == seeds(made)[5] == 77 and list(bpy.context.scene.objects) == [made]
    assert {job.state.value for job in ready.session.jobs.values()} == {
        "imported"
    } and not ready.session.intake.arrivals


@pytest.mark.parametrize("name", ["more_seeds", "reroll_seed", "repeat_exactly", "vary_by_panel"])
def test_a_script_pays_for_nothing_that_could_not_come(ready: Artist, made: bpy.types.Object, name: str) -> None:
    call = getattr(bpy.ops.trellis, name)
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="Switch to Object Mode first, so that the object can be imported"):
        call()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert len(ready.session.jobs) == 1
    ready.simulator.control.misbehave("run", "fail", message="no luck")
    with pytest.raises(RuntimeError, match="no luck"):
        call(**({"count": 1} if name == "more_seeds" else {}))
    assert seeds(made) == [100] and ready.simulator.accepted() == 2


@pytest.mark.parametrize("name", ["more_seeds", "reroll_seed", "repeat_exactly", "vary_by_panel"])
def test_a_script_pays_no_more_than_it_allows(ready: Artist, made: bpy.types.Object, name: str) -> None:
    call, ordered = getattr(bpy.ops.trellis, name), len(ready.session.jobs)
    count = 3 if name == "more_seeds" else 1
    named = {"count": count} if count > 1 else {}
    with pytest.raises(
        RuntimeError, match=rf"{count if count > 1 else 'The'} objects? costs? \$0\.0.5, more than \$0\.0.4"
    ):
        call(max_price_usd=0.025 * count - 0.001, **named)
    assert len(ready.session.jobs) == ordered == ready.simulator.accepted()
    assert call(max_price_usd=0.025 * count, **named) == {"FINISHED"}
    assert ready.simulator.accepted() == ordered + count


def test_one_of_several_fails_and_the_others_come(ready: Artist, made: bpy.types.Object) -> None:
    ready.simulator.control.misbehave("run", "fail", message="no luck")
    with pytest.raises(RuntimeError, match="no luck"):
        bpy.ops.trellis.more_seeds(count=3)
    assert len(seeds(made)) == 3 and ready.simulator.accepted() == 4

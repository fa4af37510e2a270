# SPDX-License-Identifier: GPL-3.0-or-later
"""Import brings a variant that was discarded, or undone, back to its object; else it says why it stands alone."""

import bpy
import pytest
from artist import Artist, module
from leafing import counted, seed_shown, seeds, variants


def test_discarded_ones_come_back_to_their_places(ready: Artist, made: bpy.types.Object) -> None:
    counted(ready, 2)
    jobs = {job.request.value("seed"): job.id for job in ready.session.jobs.values()}
    variants().step(made, 1)
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert not variants().meshes(made)
    made.location.x = 3.0
    for seed, now in ((102, [101, 102]), (100, [100, 101, 102])):  # the first one was nobody's variant when it came
        assert bpy.ops.trellis.import_job(job=jobs[seed]) == {"FINISHED"}
        assert seeds(made) == now and seed_shown(made) == seed and made.location.x == 3.0
    assert len([item for item in bpy.data.objects if item.type == "MESH"]) == 1
    assert not any(ready.session.intake.remarks.values())


@pytest.mark.any_blender
@pytest.mark.parametrize("kept", [100, 101, 102])
def test_one_comes_back_before_or_behind_the_only_one_left(ready: Artist, made: bpy.types.Object, kept: int) -> None:
    jobs = {job.request.value("seed"): job.id for job in [*ready.session.jobs.values(), *counted(ready, 2)]}
    while seed_shown(made) != kept:
        assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    assert not variants().meshes(made)
    for seed in {100, 101, 102} - {kept}:
        assert bpy.ops.trellis.import_job(job=jobs[seed]) == {"FINISHED"}
    assert seeds(made) == [100, 101, 102]


def test_an_undone_one_comes_back_by_the_button(ready: Artist, made: bpy.types.Object) -> None:
    name = made.name
    (job,) = counted(ready, 1)
    bpy.ops.ed.undo()
    made = bpy.data.objects[name]
    assert seed_shown(made) == 100 and not variants().meshes(made)
    ready.session.want(job.id, module("blender.placement").mark(bpy.context))
    ready.wait()
    assert seeds(made) == [100, 101] and seed_shown(made) == 101
    assert bpy.context.view_layer.objects.active == made


def test_one_that_is_there_comes_as_an_object_of_its_own(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    (job,) = counted(ready, 1)
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert seeds(made) == [100, 101] and seed_shown(bpy.context.view_layer.objects.active) == 101
    assert bpy.context.view_layer.objects.active != made
    assert "mushroom has this variant already, so it came once more, as an object" in capfd.readouterr().out


def test_without_its_object_it_says_so(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    (job,) = counted(ready, 1)
    bpy.data.objects.remove(made)
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert seed_shown(bpy.context.view_layer.objects.active) == 101
    assert "no longer in the file, so it came as an object of its own" in capfd.readouterr().out


def test_a_script_that_names_the_place_has_an_object_there(ready: Artist, made: bpy.types.Object) -> None:
    (job,) = counted(ready, 1)
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    item = module("blender.handles").Job(job.id).import_((5.0, 0.0, 0.0))
    assert item != made and item.location.x == 5.0 and not variants().meshes(made)

# SPDX-License-Identifier: GPL-3.0-or-later
"""In a scene of many objects: none of them is asked for all the others, and all is evaluated once for what comes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist, module
from leafing import begin, make, prepare

MANY = 300


@pytest.fixture
def crowd(artist: Artist, tmp_path: Path) -> Artist:
    prepare(artist, tmp_path)
    mesh = bpy.data.meshes.new("brick")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    for number in range(MANY):
        bpy.context.scene.collection.objects.link(bpy.data.objects.new(f"brick.{number}", mesh))
    bpy.context.view_layer.update()
    return artist


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The objects of which Blender was asked in which scenes they are: each time it lists all objects of each."""
    asked: list[str] = []
    plain = bpy.types.Object.users_scene

    def counted(item: bpy.types.Object) -> Any:
        asked.append(item.name)
        return plain.fget(item)

    monkeypatch.setattr(bpy.types.Object, "users_scene", property(counted))
    return asked


@pytest.fixture
def evaluations() -> Iterator[list[bool]]:
    """One entry for each time that Blender evaluates what has changed, and whether that was the whole scene."""
    times: list[bool] = []

    def heard(_scene: Any, depsgraph: Any) -> None:
        times.append(len(depsgraph.updates) > MANY)

    bpy.app.handlers.depsgraph_update_post.append(heard)
    yield times
    bpy.app.handlers.depsgraph_update_post.remove(heard)


def test_nobody_lists_the_scene_for_each_object(crowd: Artist, listings: list[str]) -> None:
    make()
    job = begin(101)
    (came,) = crowd.wait(job)
    assert came.state.value == "imported" and not came.note
    assert len(listings) < MANY / 10


def test_placeholders_list_no_scene_at_each_beat(crowd: Artist, listings: list[str]) -> None:
    crowd.simulator.control.settings(job_seconds=3600.0)
    job = module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    crowd.wait_for_state(job, "processing")
    listings.clear()
    assert [item.get("trellis_placeholder") for item in module("blender.placeholder").standing(job.id)] == [job.id]
    assert listings == []


def test_a_placeholder_becomes_the_object_with_one_evaluation(crowd: Artist, evaluations: list[bool]) -> None:
    crowd.simulator.control.settings(job_seconds=3600.0)
    job = module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    crowd.wait_for_state(job, "processing")
    crowd.tick()
    bpy.context.view_layer.update()
    crowd.simulator.control.advance(3601.0)
    crowd.wait_for_state(job, "downloaded")
    evaluations.clear()
    crowd.wait(job)
    assert sum(evaluations) == 1

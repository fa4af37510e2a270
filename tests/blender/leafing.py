# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of variants do: order more seeds of the active object, and look which it shows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import forge
import numpy as np
import pictures
from artist import Artist, module

SEEDS = [*range(101, 108)]


def prepare(artist: Artist, folder: Path) -> Artist:
    """Have a picture, a small resolution and the seed 100 chosen, and jobs kept in a folder."""
    artist.store_folder = folder / "store"
    artist.choose(pictures.put("mushroom", pictures.mushroom(32, 24)))
    artist.settings.resolution, artist.settings.seed = "512", 100
    return artist


def make() -> bpy.types.Object:
    """Generate an object as a script does; it is active."""
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    return bpy.context.view_layer.objects.active


def variants() -> Any:
    """Give the module of the installed extension."""
    return module("blender.variants")


def more(artist: Artist, count: int, **named: Any) -> list[Any]:
    """Order more seeds of the active object, and wait until they have come."""
    known = set(artist.session.jobs)
    assert bpy.ops.trellis.more_seeds(count=count, **named) == {"FINISHED"}
    return artist.wait(*[job for name, job in artist.session.jobs.items() if name not in known])


def pressed(press: Callable[..., set[str]], **named: Any) -> list[Any]:
    """Order as a button does whose question was answered, and give the jobs; comes back at once.

    Without a window nobody can be asked, and what a script calls waits.
    """
    paying, live = module("blender.operators.on_object").Paying, module("blender.session").current()
    known = set(live.jobs)
    paying.is_asked = True
    try:
        assert press(**named) == {"FINISHED"}
    finally:
        paying.is_asked = False
    return [job for name, job in live.jobs.items() if name not in known]


def begin(seed: int) -> Any:
    """Order one more seed of the active object, and give the job; comes back at once."""
    (job,) = pressed(bpy.ops.trellis.more_seeds, count=1, order="COUNTED", start=seed)
    return job


def reroll() -> Any:
    """Order the active object with another seed, and give the job; comes back at once."""
    (job,) = pressed(bpy.ops.trellis.reroll_seed)
    return job


def counted(artist: Artist, count: int) -> list[Any]:
    """Order the seeds from 101 on, and wait until they have come."""
    return more(artist, count, order="COUNTED", start=101)


def seed_shown(item: bpy.types.ID) -> int:
    """Give the seed that an object or a mesh was made with."""
    return module("blender.provenance").recipe_of(item).seed


def undoable(press: Callable[..., set[str]], **named: Any) -> None:
    """Press as the interface does, which notes a step for undo."""
    assert press("EXEC_DEFAULT", True, **named) == {"FINISHED"}


def seeds(item: bpy.types.Object) -> list[int]:
    """Give the seeds of an object's variants, in their order."""
    return [seed_shown(mesh) for mesh in variants().meshes(item)]


def choose(*items: bpy.types.Object) -> None:
    """Select these objects alone; the first one is active."""
    bpy.context.view_layer.update()
    for other in bpy.context.view_layer.objects:
        other.select_set(other in items)
    bpy.context.view_layer.objects.active = items[0]


def points(item: bpy.types.Object) -> Any:
    """Give where an object's vertices are in the world, without modifiers."""
    bpy.context.view_layer.update()
    flat = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", flat)
    grid = np.array(item.matrix_world)
    return flat.reshape(-1, 3) @ grid[:3, :3].T + grid[:3, 3]


def deliver(artist: Artist, job: Any, width: float, depth: float, height: float) -> Any:
    """Have a job's object arrive as an ellipsoid of these sides."""
    arrived = artist.wait_for_state(job, "downloaded")
    globe = forge.globe()
    globe.points = globe.points * np.float32([width, height, depth])
    globe.normals = None
    artist.sent(arrived, forge.glb(globe))
    return artist.wait(arrived)[0]

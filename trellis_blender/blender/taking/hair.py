# SPDX-License-Identifier: GPL-3.0-or-later
"""How far hair of particle systems reaches: the box around an object does not know of it. Changes nothing."""

from collections.abc import Iterator

import bpy
from mathutils import Matrix, Vector

SAMPLES = 1000
"""Hairs that are looked at, evenly chosen: fur has a million."""


def points(item: bpy.types.Object, matrix: Matrix) -> Iterator[Vector]:
    """Give points in the scene along the hair of an evaluated object that stands at ``matrix``."""
    for modifier in item.modifiers:
        if modifier.type != "PARTICLE_SYSTEM" or not modifier.show_render:
            continue
        system = modifier.particle_system  # type: ignore[attr-defined]
        if system.settings.type == "HAIR" and system.settings.render_type == "PATH":
            # Where there is none, Blender says the scene's origin: of hair that viewports do not show, too.
            along = [point for point in _along(item, system) if point.length_squared]
            yield from along or _around(item, matrix, system.settings.hair_length)


def _along(item: bpy.types.Object, system: bpy.types.ParticleSystem) -> Iterator[Vector]:
    count = len(system.particles) + len(system.child_particles)
    settings = system.settings
    # As a viewport draws it or as a render does, by what evaluated it; what the other has more of is at the origin.
    steps = 2 ** max(settings.display_step, settings.render_step) + 1
    if settings.kink == "SPIRAL":
        steps += settings.kink_extra_steps
    for number in range(0, count, max(count // SAMPLES, 1)):
        for step in range(steps):
            yield system.co_hair(item, particle_no=number, step=step)


def _around(item: bpy.types.Object, matrix: Matrix, length: float) -> Iterator[Vector]:
    for corner in item.bound_box:
        for direction in (Vector((x, y, z)) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)):
            yield matrix @ (Vector(corner) + direction * length)

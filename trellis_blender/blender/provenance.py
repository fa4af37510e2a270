# SPDX-License-Identifier: GPL-3.0-or-later
"""How an object was made, as custom properties on it and on its mesh: they go wherever those go. Knows no engine."""

from typing import Final

import bpy

from ..core import recipe
from ..core.recipe import Recipe

JOB: Final = "trellis_job"
RECIPE: Final = "trellis_recipe"


def mark(item: bpy.types.Object, made: Recipe) -> None:
    """Write onto an object and its mesh how they were made."""
    for owner in (item, item.data):
        if owner is not None:
            owner[JOB], owner[RECIPE] = made.job, made.to_text()


def carry(item: bpy.types.Object) -> None:
    """Have an object say of itself what the mesh that it shows now says."""
    for name in (JOB, RECIPE):
        said = item.data.get(name) if item.data is not None else None
        if said is not None:
            item[name] = said
        elif item.get(name) is not None:
            del item[name]


def stands(job_id: str) -> bool:
    """Whether the file that is open holds an object of a job, shown or among the variants of one."""
    used = (mesh for mesh in bpy.data.meshes if mesh.users)
    return any(item.get(JOB) == job_id for kind in (bpy.data.objects, used) for item in kind)


def job_of(item: bpy.types.ID | None) -> str:
    """Give our id of the job that an object or a mesh came from; empty when it came from none."""
    found = item.get(JOB) if item is not None else None
    return found if isinstance(found, str) else ""


def recipe_of(item: bpy.types.ID | None) -> Recipe | None:
    """Give how an object was made: what its mesh says, else what it says itself. Cheap enough for drawing."""
    data = item.data if isinstance(item, bpy.types.Object) else None
    for owner in (data, item):
        text = owner.get(RECIPE) if owner is not None else None
        found = recipe.read(text) if isinstance(text, str) else None
        if found is not None:
            return found
    return None

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object belongs: the file and scene that asked for it, the cursor as it stood. Creates nothing."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import bpy
from mathutils import Vector

from ..core.jobs import Job, State

_generation = uuid.uuid4().hex
"""What is open, as long as it is unsaved; never the same in another run of Blender, whose jobs come back here."""


def opened_another_file() -> None:
    """Note that what was unsaved until now is gone."""
    global _generation
    _generation = uuid.uuid4().hex


@dataclass(frozen=True)
class Place:
    """The scene that an object goes into, and the point in it. Holds a datablock: for one call, never kept."""

    scene: bpy.types.Scene
    location: Vector


def mark(context: bpy.types.Context) -> Mapping[str, str]:
    """Give what is needed to find the way back, as plain text that can go through the engine."""
    return {
        "file": bpy.data.filepath,
        "generation": _generation,
        "scene": context.scene.name_full,
        "scene_uid": str(context.scene.session_uid),
        "cursor": json.dumps(context.scene.cursor.location.to_tuple()),
    }


def find(origin: Mapping[str, str]) -> Place | None:
    """Give the place that asked, or None while another file is open or its scene is gone."""
    if origin.get("generation") == _generation:
        # By its number in this session, which renaming and undo leave alone.
        fits, wanted = "session_uid", origin.get("scene_uid", "")
    elif bpy.data.filepath and origin.get("file") == bpy.data.filepath:
        fits, wanted = "name_full", origin.get("scene", "")
    else:
        return None
    scene = next((item for item in bpy.data.scenes if str(getattr(item, fits)) == wanted), None)
    return Place(scene, Vector(json.loads(origin["cursor"]))) if scene is not None else None


def wants(job: Job) -> bool:
    """Whether the file that is open asked for a job's object, and has not got it yet."""
    fresh = job.state is State.DOWNLOADED and job.importable and not job.error
    return fresh and find(job.origin) is not None


def here(context: bpy.types.Context) -> Place:
    """Give the 3D cursor of the scene at hand."""
    return Place(context.scene, context.scene.cursor.location.copy())

# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that changed what it offers, and what becomes of that: asked for, drawn, sent. No tests."""

from pathlib import Path
from typing import Any

import bpy
import layouts
import pictures
from artist import FEW_FACES, Artist, module

CHANGED: dict[str, Any] = {
    "schema_overrides": {
        "ss_sampling_steps": {"maximum": 100}, "seed": {"default": 7}, "tex_slat_sampling_steps": {"maximum": 20},
        "texture_size": {"enum": ["1024", "2048", "4096", "8192"]}, "remesh": {"default": False},
    },
    "schema_added": {
        "edge_sharpness": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "description": "How sharp."},
        "passes": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        "mood": {"type": "enum", "enum": ["calm", "wild"], "default": "calm"},
        "watertight": {"type": "boolean", "default": False},
        "note": {"type": "text"},
    },
    "schema_removed": ["remesh_band"],
    "prices": {"512": 0.03},
}  # fmt: skip


def prepare(artist: Artist, tmp_path: Path) -> Artist:
    """Give an artist whose server has told that it changed."""
    artist.store_folder = tmp_path / "store"
    for name in ("texture_size", "decimation_target"):
        artist.preferences.property_unset(name)
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.settings.resolution, artist.settings.decimation_target = "512", FEW_FACES
    artist.simulator.control.settings(**CHANGED)
    return checked(artist)


def checked(artist: Artist) -> Artist:
    """Press Test Connection, and wait for the answer."""
    assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    artist.wait_until(lambda: not artist.session.checking)
    return artist


def sent(artist: Artist) -> dict[str, Any]:
    values = dict(artist.simulator.newest()["sent"])
    return {name: value for name, value in values.items() if name not in ("model", "image")}


def wanted(artist: Artist) -> Any:
    return module("blender.properties").build_request(artist.settings)


def shown(panel: str) -> str:
    """Give what a panel says; lines are broken by the width that there is."""
    with layouts.editor():
        return " ".join(layouts.texts(layouts.drawn(getattr(bpy.types, f"TRELLIS_PT_{panel}_view3d"))))


def reason() -> str:
    return str(module("blender.readiness").generate_reason(bpy.context))

# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of an earlier Blender: what is left of our properties keeps nothing from being applied or purged."""

from pathlib import Path

import bpy
import pytest
from artist import Artist, module

APART = bpy.app.version >= (5, 0, 0)


@pytest.fixture
def old(artist: Artist, tmp_path: Path) -> Path:
    """A file as Blender 5 has one of Blender 4 in memory: ours copied, the first still there as custom properties."""
    mesh, other = bpy.data.meshes.new("shown"), bpy.data.meshes.new("other")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    item = bpy.data.objects.new("Crown", mesh)
    bpy.context.scene.collection.objects.link(item)
    entry = item.trellis.variants.add()
    entry.mesh = other
    if APART:
        item["trellis"] = {"set_id": "a", "compared": mesh, "filling": other}
        bpy.context.scene["trellis"] = {"seed": 7, "source_image": bpy.data.images.new("old", 4, 4)}
    item["mine"], artist_own = 3, bpy.data.objects.new("own", None)
    bpy.context.scene.collection.objects.link(artist_own)
    artist_own["rose"] = {"trellis": 1}
    if APART:
        artist_own["trellis"] = {"height": 2.0}
    path = tmp_path / "old.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    return path


def check(item: bpy.types.Object) -> None:
    assert (item.data.users, item.trellis.variants[0].mesh.users) == (1, 1)
    if APART:
        assert item.get("trellis") is None
    assert item["mine"] == 3


def test_opened(old: Path) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(old))
    item = bpy.data.objects["Crown"]
    check(item)
    bpy.context.view_layer.objects.active = item
    item.select_set(True)
    item.scale = (2, 2, 2)
    assert bpy.ops.object.transform_apply(location=False, rotation=False) == {"FINISHED"}
    own = bpy.data.objects["own"]
    assert own["rose"].to_dict() == {"trellis": 1}
    if APART:
        assert bpy.context.scene.get("trellis") is None and bpy.data.images["old"].users == 0
        assert own["trellis"].to_dict() == {"height": 2.0}, "an artist's own of that name stays"


def test_appended(artist: Artist, old: Path) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.append(filename="Crown", directory=str(old / "Object"))
    if not module("blender.appending")._TELLS:  # there what Blender puts into the scene besides goes a moment later
        module("blender.appending").tidy()
    check(bpy.data.objects["Crown"])


def test_registered_where_it_is_wanted(artist: Artist) -> None:
    handlers = bpy.app.handlers.load_post
    assert (module("blender.earlier")._read in handlers) is APART

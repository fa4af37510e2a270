# SPDX-License-Identifier: GPL-3.0-or-later
"""An object of another file, made local: its variants become local with it as the artist leafs."""

from pathlib import Path

import bpy
import pytest
from artist import Artist
from leafing import choose, counted, make, prepare, seed_shown, seeds, variants

pytestmark = pytest.mark.any_blender


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    return prepare(artist, tmp_path)


def linked(path: Path) -> bpy.types.Object:
    """Have a new file with the object of another one linked into it, selected."""
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(path), link=True) as (_source, target):
        target.objects = ["mushroom"]
    item = target.objects[0]
    bpy.context.scene.collection.objects.link(item)
    choose(item)
    return item


@pytest.fixture
def library(ready: Artist, tmp_path: Path) -> Path:
    """Give a file with an object of three variants."""
    make()
    counted(ready, 2)
    path = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.mark.parametrize("kind", ["SELECT_OBJECT", "SELECT_OBDATA", "SELECT_OBDATA_MATERIAL"])
def test_leafing_makes_variants_local(ready: Artist, library: Path, kind: str) -> None:
    linked(library)
    assert not bpy.ops.trellis.step_variant.poll()
    assert bpy.ops.object.make_local(type=kind) == {"FINISHED"}
    item = bpy.context.view_layer.objects.active
    assert item.library is None and seeds(item) == [100, 101, 102]
    for seed in (101, 102, 100):
        assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
        assert seed_shown(item) == seed and len(item.data.materials) == 1
        assert item.data.library is None and item.data.users == 1
        assert (item.data.materials[0].library is None) == (kind == "SELECT_OBDATA_MATERIAL")
        item.scale = (2.0, 2.0, 2.0)
        assert bpy.ops.object.transform_apply(location=False, rotation=False) == {"FINISHED"}
        assert tuple(item.scale) == (1.0, 1.0, 1.0)
    assert seeds(item) == [100, 101, 102] and not variants().fault(item)
    assert max(item.dimensions) == pytest.approx(8.0, abs=0.1), "what was done to all of one, the others follow"


def test_the_rest_of_one_made_local_is_discarded_and_more_come(
    ready: Artist, library: Path, tmp_path: Path
) -> None:  # fmt: skip
    linked(library)
    bpy.ops.object.make_local(type="SELECT_OBDATA")
    item = bpy.context.view_layer.objects.active
    counted(ready, 2)
    assert seeds(item) == [100, 101, 102, 103, 104]
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    assert len(bpy.data.objects) == 5
    assert bpy.ops.trellis.compare_variants() == {"FINISHED"}
    bpy.ops.trellis.step_variant(by=2)
    assert bpy.ops.trellis.discard_rest() == {"FINISHED"}
    path = tmp_path / "mine.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    (item,) = bpy.data.objects
    assert seed_shown(item) == 102 and item.data.library is None
    assert [mesh.name for mesh in bpy.data.meshes] == [item.data.name]

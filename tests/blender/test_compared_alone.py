# SPDX-License-Identifier: GPL-3.0-or-later
"""A row whose object was deleted does not hold it, with all its variants, in the file for good."""

from pathlib import Path

import bpy
import pytest
from artist import Artist, module
from leafing import choose, counted, make, prepare, seed_shown, undoable, variants


@pytest.fixture
def made(artist: Artist, tmp_path: Path) -> bpy.types.Object:
    item = make_ready(artist, tmp_path)
    choose(item)
    undoable(bpy.ops.trellis.compare_variants)
    return bpy.data.objects["mushroom"]


def make_ready(artist: Artist, tmp_path: Path) -> bpy.types.Object:
    ready = prepare(artist, tmp_path)
    item = make()
    counted(ready, 2)
    return item


def row() -> list[bpy.types.Object]:
    return [bpy.data.objects[f"mushroom \N{MIDDLE DOT} {seed}"] for seed in (101, 102)]


def delete(item: bpy.types.Object) -> None:
    """Press X, and have Blender draw."""
    choose(item)
    undoable(bpy.ops.object.delete)
    bpy.context.view_layer.update()


def test_purge_takes_the_object_that_was_deleted(made: bpy.types.Object) -> None:
    meshes = len(bpy.data.meshes)
    delete(made)
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    assert sorted(item.name for item in bpy.data.objects) == [item.name for item in row()]
    assert [seed_shown(item) for item in row()] == [101, 102] and len(bpy.data.meshes) == meshes - 1
    for item in row():  # objects of their own, with all that such one has
        assert item.trellis.compared is None and "trellis_compared" not in item
        choose(item)
        assert bpy.ops.trellis.more_seeds.poll()


def test_the_file_does_not_keep_it(made: bpy.types.Object, tmp_path: Path) -> None:
    unlink(made)
    path = str(tmp_path / "set.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert sorted(item.name for item in bpy.data.objects) == [item.name for item in row()]


def unlink(item: bpy.types.Object) -> None:
    """Take an object out of all collections, as a script does that tells nobody."""
    for holder in list(item.users_collection):
        holder.objects.unlink(item)


def test_undo_brings_the_row_back_as_it_was(made: bpy.types.Object) -> None:
    delete(made)
    bpy.ops.ed.undo()
    bpy.context.view_layer.update()
    made = bpy.data.objects["mushroom"]
    assert [item.trellis.compared for item in row()] == [made, made]
    assert set(module("blender.comparing").standing(made)) == set(row()) and len(variants().meshes(made)) == 3
    delete(made)
    assert [item.trellis.compared for item in row()] == [None, None], "seen once more"


def test_one_in_a_collection_of_no_scene_was_not_deleted(made: bpy.types.Object) -> None:
    aside = bpy.data.collections.new("aside")
    unlink(made)
    aside.objects.link(made)
    bpy.context.view_layer.update()
    assert [item.trellis.compared for item in row()] == [made, made]

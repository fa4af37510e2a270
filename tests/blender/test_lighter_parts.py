# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of an object in several parts are no parts of it, go into no asset, and take no other levels' place."""

from pathlib import Path

import bpy
import pictures
import pytest
import several
from artist import Artist, module
from blocks import choose


@pytest.fixture
def root(artist: Artist) -> bpy.types.Object:
    artist.choose(pictures.put("Crown", pictures.mushroom(16, 16)))
    bpy.ops.trellis.generate()
    return several.whole(bpy.context.active_object)


@pytest.fixture
def asset(root: bpy.types.Object) -> bpy.types.Collection:
    """The collection of it, marked, and written on by the artist."""
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    asset = bpy.data.collections["house"]
    asset.asset_data.author, asset.asset_data.description = "Ann", "Mine"
    return asset


def make(item: bpy.types.Object) -> None:
    choose(item)
    assert bpy.ops.trellis.make_lods(levels=2, ratio=0.5) == {"FINISHED"}


def levels_of(holder: str) -> set[bpy.types.Object]:
    return set(bpy.data.collections[holder].objects)


def test_levels_of_a_part_are_no_parts(root: bpy.types.Object) -> None:
    """An asset held them, and Reduce had them count."""
    own, part = set(root.children), bpy.data.objects["house.001"]
    faces = module("blender.lighter").faces_of(root)
    make(part)
    assert set(module("blender.parts").of(root)) == own
    assert module("blender.lighter").faces_of(root) == faces
    level = bpy.data.objects["house.001_LOD1"]
    assert level.parent == root and level.matrix_world == part.matrix_world
    make(level)
    assert set(module("blender.parts").of(root)) == own and "house.001_LOD1_LOD2" in bpy.data.objects
    assert "came in several parts" in module("blender.variants").fault(level), "said before it is paid for"
    choose(root)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert set(bpy.data.collections["house"].all_objects) == {root, *own}
    bpy.ops.trellis.reduce(faces=1000)
    assert not level.modifiers and all(part.modifiers for part in own)


@pytest.mark.parametrize("is_whole_first", [True, False])
def test_levels_of_a_part_and_of_the_whole_leave_each_other_alone(root: bpy.types.Object, is_whole_first: bool) -> None:
    part = bpy.data.objects["house.001"]
    for item in (root, part) if is_whole_first else (part, root):
        make(item)
    whole, alone = levels_of("house LODs"), levels_of("house.001 LODs")
    assert len(whole) == 8 and len(alone) == 2 and len(bpy.data.objects) == 14
    make(part)
    assert levels_of("house LODs") == whole and len(levels_of("house.001 LODs")) == 2
    alone = levels_of("house.001 LODs")
    make(root)
    assert levels_of("house.001 LODs") == alone and len(levels_of("house LODs")) == 8
    assert len(bpy.data.objects) == 14
    for level in (1, 2):
        copy = bpy.data.objects[f"house_LOD{level}"]
        assert len(module("blender.parts").of(copy)) == 3 and not alone & set(copy.children)


def test_a_part_of_a_level_that_was_taken_off_it_is_replaced_with_it(root: bpy.types.Object) -> None:
    make(root)
    loose, own = bpy.data.objects["house.002_LOD1"], bpy.data.objects["house.002_LOD2"]
    loose.parent, own.name = None, "Notes"
    gone = loose.session_uid
    make(bpy.data.objects["house.002"])
    alone = levels_of("house.002 LODs")
    make(root)
    assert levels_of("house.002 LODs") == alone and len(alone) == 2
    assert own in levels_of("house LODs") and len(levels_of("house LODs")) == 9, "the artist's own stays"
    assert gone not in {item.session_uid for item in bpy.data.objects}
    assert all(len(bpy.data.objects[f"house_LOD{level}"].children) == 3 for level in (1, 2))


@pytest.mark.parametrize("name", ["house", "house.001"])
def test_levels_go_into_no_asset(asset: bpy.types.Collection, root: bpy.types.Object, name: str) -> None:
    """Dropped from the Asset Browser it would bring them all, and the artist's words were lost."""
    whole = set(asset.objects)
    outer = bpy.data.collections["TRELLIS"]
    for _time in range(2):
        make(bpy.data.objects[name])
        assert set(asset.all_objects) == whole and sorted(c.name for c in outer.children) == ["house", f"{name} LODs"]
        assert not any(level.asset_data for level in levels_of(f"{name} LODs"))
    choose(root)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert [c.name for c in bpy.data.collections if c.asset_data] == ["house"] and set(asset.all_objects) == whole
    assert asset.asset_data.author == "Ann" and asset.asset_data.description == "Mine"


def test_levels_that_were_in_the_asset_leave_it(asset: bpy.types.Collection, root: bpy.types.Object) -> None:
    """An earlier version put them there."""
    whole = set(asset.objects)
    make(root)
    bpy.data.collections["TRELLIS"].children.unlink(bpy.data.collections["house LODs"])
    asset.children.link(bpy.data.collections["house LODs"])
    del asset.asset_data["trellis_job"]
    assert module("blender.asset_collections").of(root) == asset
    make(root)
    assert set(asset.all_objects) == whole and len(levels_of("house LODs")) == 8
    assert [child.name for child in bpy.data.collections["TRELLIS"].children] == ["house", "house LODs"]


def test_levels_of_a_single_object_in_the_artists_asset(root: bpy.types.Object) -> None:
    outer, inner = bpy.data.collections.new("set"), bpy.data.collections.new("inner")
    bpy.context.scene.collection.children.link(outer)
    outer.children.link(inner)
    outer.asset_mark()
    item = root.children[0].copy()
    item.parent, item.name = None, "Crown"
    inner.objects.link(item)
    make(item)
    assert list(outer.all_objects) == [item] and len(levels_of("Crown LODs")) == 2
    assert "Crown LODs" in bpy.context.scene.collection.children


def test_an_asset_with_something_else_in_it_is_known_still(
    asset: bpy.types.Collection, root: bpy.types.Object, tmp_path: Path
) -> None:
    """A second asset was made in the first, and what the artist wrote did not go into the library."""
    lamp = bpy.data.objects.new("Lamp", None)
    asset.objects.link(lamp)
    asset.objects.unlink(bpy.data.objects["house.003"])
    bpy.context.scene.collection.objects.link(bpy.data.objects["house.003"])
    choose(root)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert [c.name for c in bpy.data.collections if c.asset_data] == ["house"]
    assert set(asset.objects) == {root, *root.children, lamp}
    libraries = bpy.context.preferences.filepaths.asset_libraries
    library = libraries.new(name="Parts", directory=str(tmp_path))
    try:
        assert bpy.ops.trellis.save_asset(library="Parts") == {"FINISHED"}
    finally:
        libraries.remove(library)
    with bpy.data.libraries.load(str(tmp_path / "house.blend"), assets_only=True) as (_source, target):
        target.collections = ["house"]
    (saved,) = target.collections
    assert (saved.asset_data.author, saved.asset_data.description) == ("Ann", "Mine") and len(saved.objects) == 4


def test_a_copy_in_the_asset_becomes_one_beside_it(asset: bpy.types.Collection, root: bpy.types.Object) -> None:
    whole = {root, *root.children}
    copy, *twins = module("blender.parts").copy(root, root.children)
    for item in (copy, *twins):
        asset.objects.link(item)
    copy.location.x += 10.0
    offset = tuple(asset.instance_offset)
    choose(copy)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert set(asset.all_objects) == whole and tuple(asset.instance_offset) == offset
    (other,) = (c for c in bpy.data.collections if c.asset_data and c != asset)
    assert set(other.objects) == {copy, *twins} and other.name in bpy.data.collections["TRELLIS"].children

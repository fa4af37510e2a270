# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist wrote on an asset and painted on its texture goes into the library; it follows what is shown."""

import threading
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
import several
from artist import Artist, module
from blocks import choose
from datablocks import all_names

CATALOG = "5ae9b3d4-0b3c-4c1e-9d5f-2f1f6f6a7b01"


@pytest.fixture
def made(artist: Artist, tmp_path: Path) -> bpy.types.Object:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom.png", pictures.mushroom(32, 24)))
    artist.settings.resolution, artist.settings.seed = "512", 77
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    return bpy.context.view_layer.objects.active


@pytest.fixture
def library(tmp_path: Path) -> Any:
    """An asset library in the preferences; taken out again."""
    folder = tmp_path / "assets"
    folder.mkdir()
    libraries = bpy.context.preferences.filepaths.asset_libraries
    added = libraries.new(name="Mine", directory=str(folder))
    yield folder
    libraries.remove(added)


def write_on(asset: bpy.types.ID) -> None:
    data = asset.asset_data
    data.author, data.description, data.license, data.copyright = "Ann", "A house", "CC0", "Ann 2026"
    data.catalog_id = CATALOG
    data.tags.new("street")


def check_written(asset: bpy.types.ID) -> None:
    data = asset.asset_data
    assert (data.author, data.description, data.license, data.copyright) == ("Ann", "A house", "CC0", "Ann 2026")
    assert data.catalog_id == CATALOG and {tag.name for tag in data.tags} == {"TRELLIS", "generated", "street"}


def picture(asset: bpy.types.ID) -> Any:
    values = np.empty(256 * 256 * 4, np.float32)
    asset.preview.image_pixels_float.foreach_get(values)
    return values


def save() -> None:
    assert bpy.ops.trellis.save_asset(library="Mine") == {"FINISHED"}


def test_what_the_artist_wrote_goes_into_the_library(made: bpy.types.Object, library: Path, tmp_path: Path) -> None:
    bpy.ops.trellis.mark_asset()
    write_on(made)
    own = np.tile(np.array([1.0, 0.0, 0.0, 1.0], np.float32), 256 * 256)
    made.preview.image_pixels_float.foreach_set(own)
    known = "VERSION 1\n\n0000-a:Trees:Trees\n"
    (library / "blender_assets.cats.txt").write_text(known)
    (tmp_path / "blender_assets.cats.txt").write_text(f"VERSION 1\n\n{CATALOG}:Props/Street:Props-Street\n")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "mine.blend"))
    save()
    save()
    check_written(made)
    told = (library / "blender_assets.cats.txt").read_text()
    assert told == f"{known}{CATALOG}:Props/Street:Props-Street\n", "once"
    bpy.ops.wm.open_mainfile(filepath=str(library / "mushroom.blend"))
    saved = bpy.data.objects["mushroom"]
    check_written(saved)
    assert (picture(saved) == own).all(), "a picture of the artist's own, too"


def colour_of(item: bpy.types.Object) -> bpy.types.Image:
    shader = next(node for node in item.data.materials[0].node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    return shader.inputs["Base Color"].links[0].from_node.image


def test_what_was_painted_goes_into_the_library(made: bpy.types.Object, library: Path) -> None:
    image = colour_of(made)
    size, kinds = tuple(image.size), (image.colorspace_settings.name, image.alpha_mode)
    blue = np.tile(np.array([0.0, 0.0, 1.0, 1.0], np.float32), size[0] * size[1])
    blue[: 4 * size[0]] = 0.5  # the lowest row, half transparent
    image.pixels.foreach_set(blue)
    image.update()
    packed, names = bytes(image.packed_file.data), all_names()
    users = image.users
    save()
    assert image.is_dirty and bytes(image.packed_file.data) == packed, "it is as unsaved as it was"
    assert all_names() == names and image.users == users and colour_of(made) == image
    bpy.ops.wm.open_mainfile(filepath=str(library / "mushroom.blend"))
    saved = colour_of(bpy.data.objects["mushroom"])
    assert saved.packed_file and (saved.colorspace_settings.name, saved.alpha_mode) == kinds
    values = np.empty(size[0] * size[1] * 4, np.float32)
    saved.pixels.foreach_get(values)
    assert np.abs(values - blue).max() < 0.01 and saved.name == image_name(names, saved)
    assert len(bpy.data.images) == len([name for name in names["images"] if name != "mushroom.png"])


def noise(image: bpy.types.Image, seed: int) -> Any:
    """Paint on an image, and give what was."""
    values = np.random.default_rng(seed).integers(0, 256, image.size[0] * image.size[1] * 4).astype(np.float32)
    image.pixels.foreach_set(values / 255.0)
    image.update()
    return values


@pytest.mark.parametrize("painted_again", [False, True])
def test_what_was_painted_is_encoded_while_the_artist_is_asked(
    made: bpy.types.Object, library: Path, monkeypatch: pytest.MonkeyPatch, painted_again: bool
) -> None:
    png, threads = module("core.png"), list[str]()
    encode = png.encode

    def noted(rgba: Any) -> bytes:
        threads.append(threading.current_thread().name)
        return encode(rgba)

    monkeypatch.setattr(png, "encode", noted)
    image = colour_of(made)
    wanted = noise(image, 1)
    module("blender.asset_files").begin(made)
    if painted_again:
        wanted = noise(image, 2)
    save()
    assert len(threads) == 1 + painted_again and threads[0].startswith("trellis-painted")
    assert not module("blender.painted")._begun and image.is_dirty
    bpy.ops.wm.open_mainfile(filepath=str(library / "mushroom.blend"))
    saved = colour_of(bpy.data.objects["mushroom"])
    values = np.empty(len(wanted), np.float32)
    saved.pixels.foreach_get(values)
    assert np.abs(values * 255.0 - wanted).max() < 0.01


def image_name(names: Any, image: bpy.types.Image) -> str:
    return next(name for name in names["images"] if name == image.name)


def test_an_image_that_cannot_be_copied_is_said(made: bpy.types.Object, library: Path) -> None:
    tiled = bpy.data.images.new("tiles", 8, 8, tiled=True)
    node = made.data.materials[0].node_tree.nodes.new("ShaderNodeTexImage")
    node.image = tiled
    tiled.pixels.foreach_set(np.zeros(8 * 8 * 4, np.float32))
    assert tiled.is_dirty
    names = all_names()
    with pytest.raises(RuntimeError, match="The image tiles is painted on and not saved"):
        bpy.ops.trellis.save_asset(library="Mine")
    assert all_names() == names and node.image == tiled and not list(library.iterdir())


def test_an_asset_follows_what_is_shown(artist: Artist, made: bpy.types.Object) -> None:
    bpy.ops.trellis.mark_asset()
    assert bpy.ops.trellis.more_seeds(count=1) == {"FINISHED"}
    artist.wait()
    choose(made)
    seeds = []
    for _step in range(2):
        made.data.transform(made.matrix_world.Scale(0.3, 4, (1.0, 0.0, 0.0)))
        before = picture(made)
        assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
        seed = module("blender.provenance").recipe_of(made).seed
        assert f"Seed {seed}," in made.asset_data.description
        assert (picture(made) != before).any()
        seeds.append(seed)
    assert len(set(seeds)) == 2
    made.asset_data.description = "A house"
    own = np.full(256 * 256 * 4, 0.5, np.float32)
    made.preview.image_pixels_float.foreach_set(own)
    kept = picture(made)
    bpy.ops.trellis.step_variant(by=1)
    assert made.asset_data.description == "A house" and (picture(made) == kept).all(), "the artist's own stay"


def test_marked_again_it_says_what_is_shown(made: bpy.types.Object) -> None:
    bpy.ops.trellis.mark_asset()
    made.data["trellis_recipe"] = made.data["trellis_recipe"].replace('"seed":77', '"seed":78').replace(
        '"seed": 77', '"seed": 78'
    )  # fmt: skip
    bpy.ops.trellis.mark_asset()
    assert "Seed 78," in made.asset_data.description


def test_an_object_of_several_parts_is_an_asset_as_a_whole(
    made: bpy.types.Object, library: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An empty alone, as Blender marks it, brings none of its parts into another file."""
    root = several.whole(made)
    root.rotation_euler.z = 1.0
    names = all_names()
    capfd.readouterr()
    save()
    assert all_names() == names
    without = bpy.app.version[:2] == (5, 0)  # copies collections without their pictures, also when it writes them
    assert ("without its picture: Blender 5.0" in capfd.readouterr().out) == without
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    asset = bpy.data.collections["house"]
    assert set(asset.objects) == {root, *root.children} and asset.asset_data is not None
    assert tuple(asset.instance_offset) == tuple(root.location) and root.asset_data is None
    assert all(list(item.users_collection) == [asset] for item in asset.objects)
    assert asset.name in bpy.data.collections["TRELLIS"].children
    write_on(asset)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"} and len(bpy.data.collections) == 2
    names = all_names()
    save()
    assert all_names() == names and asset.asset_data is not None and root.rotation_euler.z == 1.0
    places = relative(root)
    for name, is_written in (("house", False), ("house-2", True)):
        bpy.ops.wm.open_mainfile(filepath=str(library / f"{name}.blend"))
        (collection,) = bpy.data.collections
        saved = bpy.data.objects["house"]
        assert collection.name == "house" and len(collection.objects) == 4
        assert sorted(item.name for item in saved.children) == ["house.001", "house.002", "house.003"]
        assert relative(saved) == pytest.approx(places, abs=1e-5) and not any(saved.location)
        assert not any(saved.rotation_euler), "that is the scene's"
        assert collection.asset_data.catalog_id == CATALOG if is_written else "Seed 77" in told(collection)
        if without:
            assert collection.preview is None
        else:
            assert 0.02 < (picture(collection)[3::4] > 0).mean() < 0.9


def told(asset: bpy.types.ID) -> str:
    return asset.asset_data.description


def relative(root: bpy.types.Object) -> Any:
    items = sorted(root.children, key=lambda item: item.name)
    return np.array([np.array(item.matrix_parent_inverse @ item.matrix_basis) for item in items])


def test_dropped_from_the_library_it_comes_whole(made: bpy.types.Object, library: Path) -> None:
    root = several.whole(made)
    root.scale = (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()
    heights = sorted(round(part.matrix_world.translation.x - root.location.x, 4) for part in root.children)
    save()
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(library / "house.blend"), assets_only=True) as (source, target):
        assert source.collections == ["house"] and not source.objects
        target.collections = ["house"]
    bpy.ops.object.collection_instance_add(collection="house", location=(3.0, 0.0, 0.0))
    depsgraph = bpy.context.evaluated_depsgraph_get()
    seen = [copy.matrix_world.translation.x for copy in depsgraph.object_instances if copy.object.type == "MESH"]
    assert sorted(round(x - 3.0, 4) for x in seen) == pytest.approx(heights, abs=1e-3)


def instanced(asset: bpy.types.Collection) -> Any:
    """Give where the parts of an instance of a collection are seen, from where that is put down."""
    bpy.ops.object.collection_instance_add(collection=asset.name, location=(30.0, 0.0, 0.0))
    empty = bpy.context.view_layer.objects.active
    copies = bpy.context.evaluated_depsgraph_get().object_instances
    seen = sorted(
        tuple(copy.matrix_world.translation) for copy in copies if copy.object.type == "MESH" and copy.is_instance
    )
    bpy.data.objects.remove(empty)
    return np.array(seen) - (30.0, 0.0, 0.0)


def test_an_asset_of_parts_that_was_moved_is_put_down_where_it_is_dropped(made: bpy.types.Object) -> None:
    root = several.whole(made)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    (asset,) = root.users_collection
    before = instanced(asset)
    root.location = (100.0, 0.0, 3.0)
    bpy.context.view_layer.update()
    assert instanced(asset) == pytest.approx(before, abs=1e-4), "it stood as far off as it was moved"
    asset.instance_offset = (99.0, 0.0, 3.0)
    root.location.x = 50.0
    bpy.context.view_layer.update()
    assert tuple(asset.instance_offset) == (99.0, 0.0, 3.0), "the artist's own"
    choose(root)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"} and asset.instance_offset.x == 50.0
    root.keyframe_insert("location", frame=1)
    root.location.x = 60.0
    bpy.context.view_layer.update()
    assert asset.instance_offset.x == 50.0, "what is animated moves in an instance, too"

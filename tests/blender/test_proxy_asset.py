# SPDX-License-Identifier: GPL-3.0-or-later
"""A block that is an asset: what takes its place is the asset from then on, with all that the artist wrote there."""

from typing import Any

import bpy
import numpy as np
import several
from artist import Artist, module
from blocks import block, choose, fit

CATALOG = "5ae9b3d4-0b3c-4c1e-9d5f-2f1f6f6a7b01"


def write_on(asset: bpy.types.ID) -> None:
    data = asset.asset_data
    data.author, data.license, data.copyright, data.catalog_id = "Ann", "CC0", "Ann 2026", CATALOG
    data.tags.new("street")


def check_written(asset: bpy.types.ID) -> None:
    data = asset.asset_data
    assert (data.author, data.license, data.copyright, data.catalog_id) == ("Ann", "CC0", "Ann 2026", CATALOG)
    assert {tag.name for tag in data.tags} == {"TRELLIS", "generated", "street"}


def picture(asset: bpy.types.ID) -> Any:
    values = np.empty(len(asset.preview.image_pixels_float), np.float32)
    asset.preview.image_pixels_float.foreach_get(values)
    return values


def assets() -> list[str]:
    return sorted(item.name for kind in (bpy.data.objects, bpy.data.collections) for item in kind if item.asset_data)


def test_it_is_the_asset_from_then_on(fitting: Artist) -> None:
    old = block()
    old.asset_mark()
    write_on(old)
    bpy.ops.ed.undo_push(message="before")
    item = fit(fitting)
    assert (item.name, assets()) == ("Tower", ["Tower"])
    check_written(item)
    assert "Seed 42," in item.asset_data.description
    assert tuple(item.preview.image_size) == (256, 256) and 0.1 < (picture(item)[3::4] > 0).mean() < 0.9
    bpy.ops.ed.undo()
    assert assets() == ["Tower"] and bpy.data.objects["Tower"].data.name == "Tower"
    assert bpy.data.objects["Tower"].asset_data.author == "Ann"


def test_what_the_artist_wrote_and_drew_stays(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    old = fit(fitting)
    choose(old)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    write_on(old)
    old.asset_data.description = "A house"
    own = np.tile(np.array([1.0, 0.0, 0.0, 1.0], np.float32), 256 * 256)
    old.preview.image_pixels_float.foreach_set(own)
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    item = fit(fitting)
    assert assets() == ["crown"] and item.asset_data.description == "A house" and (picture(item) == own).all()
    check_written(item)


def test_an_asset_of_ours_says_and_shows_the_new_one(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    old = fit(fitting)
    old.data.transform(old.matrix_world.Scale(0.3, 4, (1.0, 0.0, 0.0)))
    choose(old)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    before = picture(old)
    fitting.settings.fit_to_selection, fitting.settings.seed, fitting.settings.fit = True, 43, "INSIDE"
    old.data.transform(old.matrix_world.Scale(3.0, 4, (1.0, 0.0, 0.0)))
    item = fit(fitting)
    assert "Seed 43," in item.asset_data.description and (picture(item) != before).any()


def test_of_a_linked_asset_nothing_is_taken(fitting: Artist, tmp_path: Any) -> None:
    path = str(tmp_path / "library.blend")
    own = block("Gate")
    own.asset_mark()
    bpy.data.libraries.write(path, {own})
    bpy.data.batch_remove([own, own.data])
    with bpy.data.libraries.load(path, link=True) as (_source, target):
        target.objects = ["Gate"]
    linked = target.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    choose(linked)
    item = fit(fitting)
    assert item.asset_data is None and linked.asset_data is not None


def test_one_of_several_parts_is_it_as_their_collection(fitting: Artist) -> None:
    old = block()
    old.asset_mark()
    write_on(old)
    fitting.settings.fit_to_selection = False
    item = fit(fitting)
    root = several.whole(item, "Tower.001")
    module("blender.assets").succeed(old, root)
    (asset,) = (held for held in bpy.data.collections if held.asset_data is not None)
    assert assets() == [asset.name] and set(asset.objects) == {root, *root.children}
    check_written(asset)


def test_of_several_parts_one_takes_it_over(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    root = several.whole(fit(fitting))
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    write_on(root.users_collection[0])
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    item = fit(fitting)
    assert (item.name, assets()) == ("house", ["house"]) and item.asset_data is not None
    check_written(item)
    assert "trellis_job" not in item.asset_data.keys()  # noqa: SIM118  # not a mapping

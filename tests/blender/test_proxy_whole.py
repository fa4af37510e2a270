# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects below one empty are one block: measured, replaced and hidden as a whole. So is a block that is not seen."""

from typing import Any

import bpy
import crafted
import pytest
from artist import Artist, module
from blocks import block, check, choose, fit, fit_while_left_out, frame, oriented, points_of
from datablocks import all_names


def twins(document: dict[str, Any]) -> None:
    """Two nodes show one mesh: 4 wide, 2 deep and 2 high."""
    document["nodes"][0]["children"] = [1, 2]
    document["nodes"][1]["scale"] = [2, 2, 2]
    document["nodes"].append({"name": "other", "mesh": 0, "translation": [2, 0, 0], "scale": [2, 2, 2]})


def arrive_in_parts(artist: Artist) -> bpy.types.Object:
    """Have an object come in two parts, and give it, selected."""
    known = set(bpy.data.objects)
    arrived = artist.wait_for_state(artist.order(), "downloaded")
    artist.sent(arrived, crafted.glb(twins))
    artist.wait(arrived)
    (root,) = (item for item in set(bpy.data.objects) - known if item.type == "EMPTY")
    choose(root)
    return root


def seen(root: bpy.types.Object) -> list[bool]:
    """Give whether an empty and what hangs on it is seen, and whether each is rendered."""
    whole = [root, *root.children_recursive]
    return [item.visible_get() for item in whole] + [not item.hide_render for item in whole]


def group() -> bpy.types.Object:
    """Give an empty, turned and scaled, that holds two blocks, one turned, of 4, 2 and 3 along its axes; selected."""
    root = bpy.data.objects.new("House", None)
    bpy.context.scene.collection.objects.link(root)
    root.location, root.rotation_euler, root.scale = (4.0, 5.0, 6.0), (0.3, -0.8, 2.1), (0.5, 2.0, 1.0)
    wall, roof = block("Wall", (-2.0, -1.0, 0.0), (2.0, 1.0, 2.0)), block("Roof", (-1.0, -1.0, 0.0), (1.0, 1.0, 1.0))
    wall.parent = roof.parent = root
    roof.location.z, roof.rotation_euler.z, roof.scale = 2.0, 0.7, (0.7, 0.7, 1.0)
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    lamp.parent, lamp.location = root, (9.0, 9.0, 9.0)
    bpy.context.scene.collection.objects.link(lamp)
    choose(root)
    return root


def test_an_object_of_several_parts_is_fitted_to_and_hidden_as_a_whole(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    old = arrive_in_parts(fitting)
    assert seen(old) == [True] * 6
    bpy.ops.ed.undo_push(message="parts")
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    before, name = all_names(), old.name
    item = fit(fitting, stretched=True)
    assert item.dimensions.to_tuple() == pytest.approx((1.0, 0.5, 0.5), abs=0.01)
    assert item.name == name and [part.name for part in old.children] == [f"{name} Proxy.00{n}" for n in (1, 2)]
    assert seen(old) == [False] * 6 and item.visible_get() and not item.hide_render
    bpy.ops.ed.undo()
    assert all_names() == before and seen(bpy.data.objects[name]) == [True] * 6


def test_parts_take_the_place_of_parts(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    old = arrive_in_parts(fitting)
    hat = block("Hat")
    hat.parent, hat.location.z = old, 5.0  # the artist's own, as what hangs on a mesh is
    choose(old)
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    new = arrive_in_parts(fitting)
    assert {part.name for part in new.children} == {f"{new.name}.001", f"{new.name}.002"}
    boxes = [oriented(points_of(part), *frame(part.matrix_world)) for part in new.children]
    assert sum(box[1][0] - box[0][0] for box in boxes) == pytest.approx(1.0, abs=0.01)
    assert seen(new) == [True] * 6 and hat.visible_get() and not hat.hide_render
    assert not any(part.visible_get() for part in old.children if part != hat)


@pytest.mark.parametrize("holds", ["only it", "a lamp, too"])
def test_what_takes_an_assets_place_is_the_asset(fitting: Artist, holds: str) -> None:
    """It came into the asset's collection, which was neither's asset from then on."""
    fitting.settings.fit_to_selection = False
    old = arrive_in_parts(fitting)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    (asset,) = old.users_collection
    if holds == "a lamp, too":
        asset.objects.link(bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT")))
    asset.asset_data.description, name, whole = "Mine", asset.name, set(asset.objects)
    choose(old)
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    new = arrive_in_parts(fitting)
    assert set(asset.all_objects) == whole and asset.name in bpy.data.collections["TRELLIS"].children
    of = module("blender.asset_collections").of
    if holds == "a lamp, too":
        assert all([holder.name for holder in item.users_collection] == ["TRELLIS"] for item in (new, *new.children))
        assert (of(old), of(new), asset.asset_data.description) == (asset, None, "Mine")
        return
    mine = of(new)
    assert set(mine.all_objects) == {new, *new.children} and mine.name in bpy.data.collections["TRELLIS"].children
    assert (mine.name, mine.asset_data.description, asset.asset_data, of(old)) == (name, "Mine", None, None)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"} and of(new) == mine
    choose(old)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"} and of(old) == asset, "the block can be one of its own"


def test_what_takes_the_place_of_an_assets_part_is_no_part_of_that(fitting: Artist) -> None:
    fitting.settings.fit_to_selection = False
    old = arrive_in_parts(fitting)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    (asset,) = old.users_collection
    asset.asset_data.description, whole = "Mine", set(asset.objects)
    choose(old.children[0])
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    new = arrive_in_parts(fitting)
    assert all([holder.name for holder in item.users_collection] == ["TRELLIS"] for item in (new, *new.children))
    of = module("blender.asset_collections").of
    assert set(asset.all_objects) == whole and (of(old), of(new)) == (asset, None)
    assert bpy.ops.trellis.mark_asset() == {"FINISHED"}
    assert asset.asset_data.description == "Mine" and of(new) not in (None, asset)


@pytest.mark.parametrize("stretched", [False, True])
def test_what_hangs_on_an_empty_is_one_block(fitting: Artist, stretched: bool) -> None:
    old = group()
    wall, roof, lamp = (bpy.data.objects[name] for name in ("Wall", "Roof", "Lamp"))
    helper = block("Helper", (-9.0, -9.0, -9.0), (9.0, 9.0, 9.0))
    helper.parent = old
    helper.hide_set(True)  # nobody would say that it is as large as this
    choose(old)
    matrix = old.matrix_world.copy()
    points = [*points_of(wall), *points_of(roof)]
    wanted = oriented(points, *frame(matrix))
    item = fit(fitting, stretched=stretched)
    check(item, wanted, matrix, stretched=stretched)
    assert item.name == "House" and old.name == "House Proxy"
    for other in (old, wall, roof, helper):  # the last would be rendered in the place of what is new
        assert other.hide_get() and other.hide_render
    assert not lamp.hide_get() and not lamp.hide_render


def test_a_placeholder_below_an_empty_is_no_part_of_it(fitting: Artist) -> None:
    """What is paid for would come unseen."""
    old = group()
    fitting.settings.fit_to_selection = False
    fitting.simulator.control.settings(job_seconds=3600.0)
    job = module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    fitting.wait_for_state(job, "processing")
    (box,) = (item for item in bpy.data.objects if item.get("trellis_placeholder"))
    box.parent, box.location = old, (50.0, 0.0, 0.0)
    choose(old)
    wanted, matrix = oriented([*points_of(bpy.data.objects["Wall"])], *frame(old.matrix_world)), old.matrix_world.copy()
    wanted[1][2] += 1.0
    fitting.settings.fit_to_selection, fitting.settings.seed = True, 43
    fitting.simulator.control.settings(job_seconds=0.0)
    item = fit(fitting, stretched=True)
    check(item, wanted, matrix, stretched=True)
    assert box.visible_get()


def test_is_hidden_where_its_collection_was_excluded_meanwhile(fitting: Artist) -> None:
    old, job, layer = fit_while_left_out(fitting)
    assert fitting.session.intake.remarks[job.id] == (
        "It is in the collection Blocks, which is hidden. Show that in the Outliner."
    )
    layer.exclude = False
    bpy.context.view_layer.update()
    item = bpy.data.objects["Tower"]
    assert item.visible_get() and not old.visible_get() and old.hide_render
    assert item.dimensions.to_tuple()[2] == pytest.approx(2.0, abs=0.02)


def test_a_view_layer_that_leaves_the_block_out_has_it_not_disabled(fitting: Artist) -> None:
    old, holder = block(), bpy.data.collections.new("Blocks")
    bpy.context.scene.collection.children.link(holder)
    holder.objects.link(old)
    bpy.context.scene.collection.objects.unlink(old)
    other = bpy.context.scene.view_layers.new("Sky")
    other.layer_collection.children["Blocks"].exclude = True
    choose(old)
    fit(fitting)
    assert old.hide_get() and not old.hide_viewport, "the eye alone shows it again"

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an object inherits from the one of the blockout that it replaces, and what becomes of that."""

from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest
from artist import Artist, module
from blocks import block, check, choose, fit, frame, oriented, overridden, points_of, scaled
from datablocks import all_names


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[bpy.types.Object]:
    """A block of another file, linked into a collection of this one."""
    path = tmp_path / "library.blend"
    old = block("Gate")
    scaled(old)
    bpy.data.libraries.write(str(path), {old})
    bpy.data.batch_remove([old, old.data])
    with bpy.data.libraries.load(str(path), link=True) as (_source, target):
        target.objects = ["Gate"]
    mine = bpy.data.collections.new("gates")
    bpy.context.scene.collection.children.link(mine)
    mine.objects.link(target.objects[0])
    choose(target.objects[0])
    yield target.objects[0]


def test_a_linked_block_is_hidden_and_what_could_not_be_done_is_said(fitting: Artist, linked: bpy.types.Object) -> None:
    matrix = linked.matrix_world.copy()
    wanted = oriented(points_of(linked), *frame(matrix))
    item = fit(fitting, stretched=True)
    check(item, wanted, matrix, stretched=True)
    assert item.name == "Gate" and item.library is None
    assert [holder.name for holder in item.users_collection] == ["gates"]
    assert linked.name == "Gate" and linked.hide_get() and not linked.hide_render
    (job,) = fitting.session.jobs.values()
    assert "linked from another file" in fitting.session.intake.remarks[job.id]


@pytest.mark.any_blender
@pytest.mark.parametrize("is_left_out", [False, True])
def test_a_linked_block_that_a_local_object_is_called_like(
    fitting: Artist, linked: bpy.types.Object, is_left_out: bool
) -> None:
    """Its collection is left out of a view layer that has the other one: nothing is to be hidden there."""
    other = block(linked.name)
    assert (other.name, other.library) == (linked.name, None)
    second = bpy.context.scene.view_layers.new("Second")
    layers = [second, bpy.context.view_layer][: 2 if is_left_out else 1]
    choose(linked)
    job = fitting.order()
    for layer in layers:
        layer.layer_collection.children["gates"].exclude = True
    fitting.wait(job)
    assert (fitting.session.jobs[job.id].state.value, fitting.session.jobs[job.id].error) == ("imported", "")
    assert not any(other.hide_get(view_layer=layer) for layer in bpy.context.scene.view_layers)
    assert is_left_out or linked.hide_get()
    bpy.context.view_layer.layer_collection.children["gates"].exclude = False
    (item,) = (item for item in linked.users_collection[0].objects if item.library is None)
    bpy.context.view_layer.update()
    assert item.data.name == "crown" and tuple(item.matrix_world.translation) == tuple(linked.matrix_world.translation)


def test_what_could_not_be_hidden_is_said(fitting: Artist) -> None:
    old = block()
    said = "Tower could not be hidden. Hide it in the Outliner."
    assert module("blender.proxy").remark(old, old) == said
    old.hide_set(True)
    assert module("blender.proxy").remark(old, old) == ""


def test_an_overridden_block(fitting: Artist, linked: bpy.types.Object) -> None:
    own = linked.override_create(remap_local_usages=True)
    choose(own)
    item = fit(fitting)
    assert own.hide_get() and own.hide_render and own.library is None
    assert item.name == "Gate" and own.name == "Gate Proxy"
    assert not any(fitting.session.intake.remarks.values())


def test_a_block_in_an_overridden_collection(fitting: Artist, tmp_path: Path) -> None:
    """Nothing can be linked into such a collection, and the object was paid for."""
    gates = bpy.data.collections.new("gates")
    bpy.context.scene.collection.children.link(gates)
    old, post = block("Gate"), block("Post")
    for item in (old, post):
        bpy.context.scene.collection.objects.unlink(item)
        gates.objects.link(item)
    scaled(old)
    post.location = (1.0, 2.0, 3.0)
    old.parent = post
    held = old.constraints.new("LIMIT_LOCATION")
    held.use_min_z, held.min_z = True, 20.0
    own, own_post = overridden(gates, tmp_path / "library.blend")
    choose(own)
    matrix = own.matrix_world.copy()
    wanted = oriented(points_of(own), *frame(matrix))
    item = fit(fitting, stretched=True)
    check(item, wanted, matrix, stretched=True)
    assert item.name == "Gate" and own.name == "Gate Proxy" and item.parent == own_post
    assert [holder.name for holder in item.users_collection] == ["TRELLIS"]
    assert own.hide_get() and own.hide_render
    (job,) = fitting.session.jobs.values()
    assert job.state.value == "imported" and not job.error


def test_a_placeholder_is_no_block(fitting: Artist) -> None:
    placement, readiness = module("blender.placement"), module("blender.readiness")
    old = block()
    fitting.settings.fit_to_selection = False
    fitting.simulator.control.settings(job_seconds=3600.0)
    fitting.wait_for_state(module("blender.operators.generate").order(bpy.context, with_placeholder=True), "processing")
    (box,) = (item for item in bpy.data.objects if item.get("trellis_placeholder"))
    fitting.settings.fit_to_selection = True
    choose(box)
    assert placement.proxy_in(bpy.context) is None and "proxy" not in placement.mark(bpy.context)
    assert readiness.generate_reason(bpy.context).startswith(
        "The selected object is a placeholder; select one of the blockout"
    )
    choose(old)
    assert placement.proxy_in(bpy.context) == old and not readiness.generate_reason(bpy.context)


def test_inherits_name_and_collections_and_hides_the_block(fitting: Artist) -> None:
    old = block()
    one, two = (bpy.data.collections.new(name) for name in ("one", "two"))
    for holder in (one, two):
        bpy.context.scene.collection.children.link(holder)
        holder.objects.link(old)
    bpy.context.scene.collection.objects.unlink(old)
    item = fit(fitting)
    assert item.name == "Tower" and old.name == "Tower Proxy"
    assert {holder.name for holder in item.users_collection} == {"one", "two"} and "TRELLIS" not in bpy.data.collections
    assert old.hide_get() and old.hide_render and not item.hide_get() and not item.hide_render
    again = fit_again(fitting, old)
    assert again.name == "Tower.001" and old.name == "Tower Proxy"


def fit_again(artist: Artist, old: bpy.types.Object) -> bpy.types.Object:
    old.hide_set(False)
    choose(old)
    artist.settings.seed += 1
    return fit(artist)


def test_other_users_of_the_same_mesh_stay(fitting: Artist) -> None:
    old = block()
    other = bpy.data.objects.new("twin", old.data)
    bpy.context.scene.collection.objects.link(other)
    mesh, size = old.data, [tuple(vertex.co) for vertex in old.data.vertices]
    fit(fitting)
    assert other.data == old.data == mesh and [tuple(vertex.co) for vertex in mesh.vertices] == size
    assert not other.hide_get() and not other.hide_render


def test_follows_the_block_that_was_active_at_the_press(fitting: Artist) -> None:
    old = block()
    job = fitting.order()
    other = block("Other")
    old.location, old.name = (20.0, 0.0, 0.0), "Keep"
    bpy.context.view_layer.update()
    fitting.wait(job)
    item = bpy.data.objects["Keep"]
    assert item != old and item.location.x == 20.0 and other.name == "Other" and not other.hide_get()


@pytest.mark.any_blender
def test_a_block_that_was_moved_a_moment_ago(fitting: Artist) -> None:
    old = block()
    job = fitting.wait_for_state(fitting.order(), "downloaded")
    old.location = (20.0, 0.0, 0.0)
    fitting.wait(job)
    bpy.context.view_layer.update()
    assert bpy.data.objects["Tower"].matrix_world.translation.x == 20.0


def test_a_block_that_is_gone_leaves_its_place(fitting: Artist) -> None:
    old = block()
    old.location = (20.0, 0.0, 5.0)
    bpy.context.view_layer.update()
    job = fitting.order()
    bpy.data.objects.remove(old)
    fitting.wait(job)
    item = bpy.data.objects["crown"]
    assert tuple(item.location) == pytest.approx((20.0, 0.0, 4.0)) and max(item.dimensions) == pytest.approx(2.0)


def test_after_the_file_was_opened_again(fitting: Artist, tmp_path: Path) -> None:
    path = tmp_path / "scene.blend"
    block()
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    fitting.simulator.control.settings(job_seconds=3600.0)
    job = fitting.wait_for_state(fitting.order(), "processing")
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    fitting.simulator.control.advance(3601.0)
    fitting.wait(job)
    assert bpy.data.objects["Tower Proxy"].hide_get() and bpy.data.objects["Tower"].data.name == "crown"


def test_is_one_undo_step(fitting: Artist) -> None:
    block()
    bpy.ops.ed.undo_push(message="before")
    before = all_names()
    fit(fitting)
    bpy.ops.ed.undo()
    assert all_names() == before and not bpy.data.objects["Tower"].hide_get()
    assert not bpy.data.objects["Tower"].hide_render


def test_says_what_is_missing(fitting: Artist) -> None:
    reason = module("blender.readiness").generate_reason
    assert reason(bpy.context).startswith("Select the object of the blockout")
    old = block()
    assert not reason(bpy.context)
    old.select_set(False)
    assert reason(bpy.context).startswith("Select the object of the blockout")
    fitting.settings.fit_to_selection = False
    assert not reason(bpy.context)


def test_a_block_that_is_fitted_to_needs_no_placeholder(fitting: Artist) -> None:
    block()
    module("blender.operators.generate").order(bpy.context, with_placeholder=True)
    assert [item.name for item in bpy.data.objects] == ["Tower"]


def test_what_is_hidden_is_active_no_longer(fitting: Artist) -> None:
    old, post = block(), block("Post")
    choose(old)
    item = fit(fitting)
    assert bpy.context.view_layer.objects.active == item and not item.select_get(), "selecting it is the artist's"
    old, fitting.settings.seed = block("Gate"), 9
    job = fitting.order()
    choose(post)
    fitting.wait(job)
    assert bpy.context.view_layer.objects.active == post and post.select_get(), "the artist has gone on"


def test_a_long_name_leaves_room_for_what_is_added(fitting: Artist) -> None:
    name = "the tower at the north gate of the old town, with windows ä"
    old = block(name)
    assert old.name == name
    item = fit(fitting)
    assert item.name == name and old.name.startswith("the tower") and old.name.endswith(" Proxy")

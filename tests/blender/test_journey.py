# SPDX-License-Identifier: GPL-3.0-or-later
"""The main way: a picture becomes one textured object, at the cursor of the scene that asked, in one undo step."""

from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
from artist import FEW_FACES, Artist, module, our_threads
from datablocks import all_names, look
from mathutils import Vector


@pytest.fixture
def furnished(artist: Artist) -> Artist:
    """An artist amid work: objects, a selection, an active object and collection, a picture to send."""
    scene = bpy.context.scene
    for name in ("chair", "table"):
        scene.collection.objects.link(bpy.data.objects.new(name, bpy.data.meshes.new(name)))
    mine = bpy.data.collections.new("mine")
    scene.collection.children.link(mine)
    layer = bpy.context.view_layer
    layer.active_layer_collection = layer.layer_collection.children["mine"]
    bpy.data.objects["chair"].select_set(True)
    layer.objects.active = bpy.data.objects["table"]
    scene.cursor.location = (1.0, 2.0, 3.0)
    artist.choose(pictures.put("mushroom.png", pictures.mushroom()))
    return artist


def foot(item: bpy.types.Object) -> Vector:
    corners = [item.matrix_world @ Vector(corner) for corner in item.bound_box]
    middle = sum(corners, Vector()) / len(corners)
    return Vector((middle.x, middle.y, min(corner.z for corner in corners)))


def check_object(item: bpy.types.Object, scene: bpy.types.Scene, cursor: Vector) -> None:
    """One mesh without parent, in our collection of that scene only, on the cursor, with a packed, wired material."""
    assert item.type == "MESH" and item.parent is None and not item.modifiers
    assert [collection.name for collection in item.users_collection] == ["TRELLIS"]
    assert item.users_collection[0].name in scene.collection.children
    assert (foot(item) - cursor).length < 1e-5
    assert max(item.dimensions) == pytest.approx(1.0, abs=1e-5)
    assert item.dimensions.z > item.dimensions.y, "it must stand upright"
    assert abs(len(item.data.polygons) - FEW_FACES) < 0.2 * FEW_FACES
    assert item.data.uv_layers
    assert len(item.data.materials) == 1
    tree = item.data.materials[0].node_tree
    principled = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    assert principled.inputs["Base Color"].is_linked and principled.inputs["Roughness"].is_linked
    textures = [node.image for node in tree.nodes if node.type == "TEX_IMAGE"]
    assert len(textures) == 2
    assert all(image.packed_file and tuple(image.size) == (1024, 1024) for image in textures)


def test_from_a_script(furnished: Artist) -> None:
    """``bpy.ops.trellis.generate()`` blocks to the end; its object becomes the selection, as if added by hand."""
    before, scene = all_names(), bpy.context.scene
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    item = bpy.context.active_object
    assert item.name == item.data.name == item.data.materials[0].name == "mushroom"
    assert bpy.context.selected_objects == [item]
    check_object(item, scene, scene.cursor.location)
    new = {kind: len(names) - len(before[kind]) for kind, names in all_names().items() if names != before[kind]}
    assert new == {"objects": 1, "meshes": 1, "materials": 1, "images": 2, "collections": 1}
    job = next(iter(furnished.session.jobs.values()))
    assert (job.state.value, job.error, job.faces) == ("imported", "", len(item.data.polygons))
    assert furnished.files() == [f"{job.id}.glb"]
    assert not furnished.simulator.control.violations()


def test_by_itself_disturbs_nothing(furnished: Artist) -> None:
    scene, layer = bpy.context.scene, bpy.context.view_layer
    before = look(scene, layer)
    job = furnished.wait(furnished.order())[0]
    assert job.state.value == "imported"
    check_object(bpy.data.objects["mushroom"], scene, Vector((1.0, 2.0, 3.0)))
    after = look(scene, layer)
    assert after["matrices"].pop("mushroom") and after["visible"].pop("mushroom")
    assert after == before


def test_stands_where_the_cursor_was_when_it_was_asked_for(furnished: Artist) -> None:
    job = furnished.order()
    bpy.context.scene.cursor.location = (-7.0, 0.0, 0.0)
    furnished.wait(job)
    assert (foot(bpy.data.objects["mushroom"]) - Vector((1.0, 2.0, 3.0))).length < 0.05


@pytest.mark.parametrize("by_itself", [True, False])
def test_is_one_undo_step(furnished: Artist, by_itself: bool) -> None:
    assert bpy.ops.ed.undo_push.poll()
    bpy.ops.ed.undo_push(message="before")
    before = all_names()
    if by_itself:
        furnished.wait(furnished.order())
    else:
        bpy.ops.trellis.generate()
    assert "mushroom" in bpy.data.objects
    bpy.ops.ed.undo()
    assert all_names() == before
    bpy.ops.ed.redo()
    check_object(bpy.data.objects["mushroom"], bpy.context.scene, Vector((1.0, 2.0, 3.0)))


def test_the_next_job_after_undo(furnished: Artist) -> None:
    """Undo gives every datablock a new address: nothing that the session holds may point there."""
    bpy.ops.ed.undo_push(message="before")
    furnished.wait(furnished.order())
    job = furnished.order()
    bpy.ops.ed.undo()
    furnished.wait(job)
    assert [item.name for item in bpy.data.objects if item.name.startswith("mushroom")] == ["mushroom"]
    furnished.settings.seed = 7
    assert furnished.wait(furnished.order())[0].state.value == "imported"


def test_another_seed_makes_another_object(furnished: Artist) -> None:
    meshes = []
    for seed in (42, 43):
        furnished.settings.seed = seed
        bpy.ops.trellis.generate()
        mesh = bpy.context.active_object.data
        points = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", points)
        meshes.append(points)
    assert meshes[0].shape != meshes[1].shape or not np.allclose(meshes[0], meshes[1])
    assert [job["effective"]["seed"] for job in furnished.simulator.control.jobs()] == [42, 43]
    assert [item.name for item in bpy.data.collections["TRELLIS"].objects] == ["mushroom", "mushroom.001"]


def test_several_at_once(furnished: Artist) -> None:
    furnished.simulator.control.settings(job_seconds=0.3)
    names = ["one", "two", "three", "four"]
    jobs = []
    for number, name in enumerate(names):
        picture = pictures.mushroom()
        picture[..., 2] = 60 * number
        furnished.choose(pictures.put(name, picture))
        bpy.context.scene.cursor.location.x = number * 2.0
        jobs.append(furnished.order())
    assert all(job.state.value == "imported" for job in furnished.wait(*jobs))
    assert furnished.simulator.accepted() == 4
    for number, name in enumerate(names):
        check_object(bpy.data.objects[name], bpy.context.scene, Vector((number * 2.0, 2.0, 3.0)))


def test_a_double_click_pays_once(furnished: Artist) -> None:
    generate = module("blender.operators.generate")
    first = generate.order(bpy.context, guard=True)
    with pytest.raises(generate.AlreadyStarted):
        generate.order(bpy.context, guard=True)
    furnished.settings.seed += 1
    second = generate.order(bpy.context, guard=True)
    furnished.wait(first, second)
    assert furnished.simulator.accepted() == 2


def test_a_click_after_a_refusal_is_no_double_click(furnished: Artist, tmp_path: Path) -> None:
    generate = module("blender.operators.generate")
    path = tmp_path / "later.png"
    path.write_bytes(pictures.encode_png(pictures.mushroom()))
    image = bpy.data.images.load(str(path))
    path.unlink()
    furnished.choose(image)
    with pytest.raises(module("core.errors").SourceError):
        generate.order(bpy.context, guard=True)
    path.write_bytes(pictures.encode_png(pictures.mushroom()))
    image.reload()
    assert furnished.wait(generate.order(bpy.context, guard=True))[0].state.value == "imported"


@pytest.mark.any_blender
@pytest.mark.parametrize("switches", [
    {"image_format": "webp"}, {"alpha_mode": "BLEND"}, {"answer": "glb"}, {"answer": "result"}, {"data_uri": True},
    {"poll_url": "absent"}, {"poll_url": "elsewhere"}, {"offers_cancel": False},
], ids=str)  # fmt: skip
def test_other_ways_a_server_may_answer(furnished: Artist, switches: dict[str, object]) -> None:
    furnished.simulator.control.settings(**switches)
    bpy.ops.trellis.generate()
    check_object(bpy.context.active_object, bpy.context.scene, Vector((1.0, 2.0, 3.0)))
    assert not furnished.simulator.control.violations()


def test_geometry_without_texture(furnished: Artist) -> None:
    furnished.simulator.control.settings(geometry_only=True)
    bpy.ops.trellis.generate()
    assert len(bpy.context.active_object.data.polygons) > 1000
    assert not bpy.data.materials


def test_base64_on_request(furnished: Artist) -> None:
    furnished.settings.response_format = "b64_json"
    bpy.ops.trellis.generate()
    check_object(bpy.context.active_object, bpy.context.scene, Vector((1.0, 2.0, 3.0)))


@pytest.mark.any_blender
def test_without_the_tests_short_pauses(furnished: Artist) -> None:
    """The engine as the artist has it."""
    furnished.session._make_engine = module("core.engine").Engine
    bpy.ops.trellis.generate()
    check_object(bpy.context.active_object, bpy.context.scene, Vector((1.0, 2.0, 3.0)))
    assert our_threads()


def test_what_came_otherwise_than_asked_is_said(furnished: Artist) -> None:
    furnished.simulator.control.settings(geometry_only=True)
    job = furnished.wait(furnished.order())[0]
    assert (job.texture_pixels, module("core.delivered").difference(job)) == (0, "Not as asked: no texture.")
    furnished.simulator.control.settings(geometry_only=False)
    furnished.settings.seed += 1
    job = furnished.wait(furnished.order())[0]
    assert job.texture_pixels == 1024 and "texture" not in module("core.delivered").difference(job)

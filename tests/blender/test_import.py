# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing is all or nothing, keeps the paid file, waits for the artist's hands, and goes where it belongs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import crafted
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names, look


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    scene = bpy.context.scene
    scene.collection.objects.link(bpy.data.objects.new("chair", bpy.data.meshes.new("chair")))
    bpy.data.objects["chair"].select_set(True)
    bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
    return artist


def arrived(artist: Artist) -> Any:
    """Give a job whose file is on disk and which nothing has imported yet."""
    return artist.wait_for_state(artist.order(), "downloaded")


def import_file(path: Path, place: Any, *, select: bool = False, name: str = "thing") -> bpy.types.Object:
    read = module("core.model").read(path)
    return module("blender.importer").import_file(path, read, name=name, place=place, select=select)


def written(folder: Path, change: Any = None) -> Path:
    """Write a crafted file that our own check lets pass."""
    path = folder / "crafted.glb"
    path.write_bytes(crafted.glb(change))
    assert module("core.glb").inspect(path).faces == 4
    return path


@pytest.mark.parametrize("change", crafted.FAILING)
@pytest.mark.parametrize("select", [True, False])
def test_what_blender_fails_on_leaves_nothing(
    ready: Artist, tmp_path: Path, here: Any, change: Callable[..., None], select: bool
) -> None:
    path = written(tmp_path, change)
    before, seen = all_names(), look(bpy.context.scene, bpy.context.view_layer)
    with pytest.raises(module("core.errors").ModelFileError, match=r"The file is kept"):
        import_file(path, here, select=select)
    assert all_names() == before
    assert look(bpy.context.scene, bpy.context.view_layer) == seen
    assert bpy.context.mode == "OBJECT" and None not in list(bpy.context.view_layer.objects)
    assert path.exists()


def test_a_failed_import_is_no_undo_step(ready: Artist, tmp_path: Path, here: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    bpy.data.objects["chair"].location.x = 5.0
    bpy.ops.ed.undo_push(message="moved")
    with pytest.raises(module("core.errors").ModelFileError):
        import_file(written(tmp_path, crafted.broken_target), here)
    bpy.ops.ed.undo()
    assert bpy.data.objects["chair"].location.x == 0.0


def test_the_job_stays_and_can_be_imported_again(ready: Artist) -> None:
    job = arrived(ready)
    good = job.path.read_bytes()
    ready.sent(job, crafted.glb(crafted.broken_target))
    before = all_names()
    ready.wait(job)
    told = ready.session.jobs[job.id]
    assert told.state.value == "downloaded" and told.importable and "The file is kept" in told.error
    assert all_names() == before and job.path.exists()
    ready.tick()
    assert ready.session.jobs[job.id] == told, "it is not tried again by itself"
    with pytest.raises(RuntimeError, match="The file is kept"):
        bpy.ops.trellis.import_job(job=job.id)
    ready.sent(job, good)
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert bpy.context.active_object.name == "mushroom"
    assert ready.session.jobs[job.id].state.value == "imported" and not ready.session.jobs[job.id].error


def test_the_file_was_deleted_before_it_was_imported(ready: Artist) -> None:
    job = arrived(ready)
    job.path.unlink()
    assert ready.wait(job)[0].state.value == "imported"
    assert bpy.data.objects["mushroom"].name in bpy.context.scene.objects and job.path.is_file()


def test_importer_switched_off(ready: Artist, tmp_path: Path, here: Any) -> None:
    path = written(tmp_path, crafted.with_company)
    bpy.ops.preferences.addon_disable(module="io_scene_gltf2")
    try:
        with pytest.raises(module("core.errors").ModelFileError, match="switched off"):
            import_file(path, here)
    finally:
        bpy.ops.preferences.addon_enable(module="io_scene_gltf2")
    assert import_file(path, here).name == "thing"


@pytest.mark.parametrize("name", ["x" * 200, "猫" * 60, "a/b\\c", "Ünïcödé", " spaced ", "%s{}"])
def test_any_name(ready: Artist, tmp_path: Path, here: Any, name: str) -> None:
    item = import_file(written(tmp_path), here, name=name)
    assert name.startswith(item.name) and len(item.name) >= min(len(name), 20)


def test_names_that_are_taken(ready: Artist, tmp_path: Path, here: Any) -> None:
    mine = bpy.data.materials.new("chair")
    item = import_file(written(tmp_path), here, name="chair")
    assert item.name == "chair.001" and bpy.data.objects["chair"] != item
    assert bpy.data.materials["chair"] == mine and item.data.materials[0] != mine


@pytest.mark.parametrize("name", ["TRELLISWORK", "TRELLIS old", "TRELLIS.", "trellis"])
def test_the_artists_own_collection_is_left_alone(ready: Artist, tmp_path: Path, here: Any, name: str) -> None:
    own = bpy.data.collections.new(name)
    bpy.context.scene.collection.children.link(own)
    item = import_file(written(tmp_path), here)
    assert item.users_collection[0].name == "TRELLIS" and not own.objects


def test_each_scene_has_its_own_collection(ready: Artist, tmp_path: Path, here: Any) -> None:
    path = written(tmp_path)
    import_file(path, here)
    other = bpy.data.scenes.new("other")
    place = module("blender.placement").Place(other, here.location)
    for _ in range(2):
        item = import_file(path, place)
    assert item.users_collection[0].name == "TRELLIS.001" and len(item.users_collection[0].objects) == 2
    assert list(other.collection.children) == list(item.users_collection)
    assert len(bpy.context.scene.collection.children["TRELLIS"].objects) == 1


@pytest.mark.parametrize("how", ["exclude", "hide_viewport"])
@pytest.mark.parametrize("select", [True, False])
def test_collections_out_of_sight(ready: Artist, tmp_path: Path, here: Any, how: str, select: bool) -> None:
    """Ours, and the active one, may be excluded from the view layer or hidden."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    path = written(tmp_path)
    import_file(path, here)
    mine = bpy.data.collections.new("mine")
    scene.collection.children.link(mine)
    layer.active_layer_collection = layer.layer_collection.children["mine"]
    for name in ("mine", "TRELLIS"):
        setattr(layer.layer_collection.children[name], how, True)
    seen = look(scene, layer)
    item = import_file(path, here, select=select)
    assert [collection.name for collection in item.users_collection] == ["TRELLIS"] and not mine.objects
    assert layer.active_layer_collection.name == seen["collection"]
    if not select:
        after = look(scene, layer)
        assert (after["selected"], after["active"]) == (seen["selected"], seen["active"])


def test_objects_on_the_scenes_own_are_not_taken_along(ready: Artist, tmp_path: Path, here: Any) -> None:
    import_file(written(tmp_path), here)
    assert bpy.data.objects["chair"].users_collection[0] == bpy.context.scene.collection


@pytest.fixture
def linked_scene(tmp_path: Path) -> Iterator[bpy.types.Scene]:
    """A scene that belongs to another file."""
    library, own = tmp_path / "library.blend", bpy.context.scene.name
    bpy.context.scene.name = "theirs"
    bpy.ops.wm.save_as_mainfile(filepath=str(library), copy=True)
    bpy.context.scene.name = own
    with bpy.data.libraries.load(str(library), link=True) as (_source, target):
        target.scenes = ["theirs"]
    yield target.scenes[0]


def test_a_scene_of_another_file_takes_nothing(
    ready: Artist, tmp_path: Path, linked_scene: bpy.types.Scene, here: Any
) -> None:
    before = all_names()
    with pytest.raises(module("core.errors").ModelFileError, match="linked from another file"):
        import_file(written(tmp_path), module("blender.placement").Place(linked_scene, here.location))
    assert all_names() == before


def test_a_scene_of_another_file_is_never_paid_for(ready: Artist, linked_scene: bpy.types.Scene) -> None:
    own = bpy.context.scene
    job = arrived(ready)
    bpy.context.window.scene = linked_scene
    assert "linked from another file" in module("blender.readiness").generate_reason(bpy.context)
    assert not bpy.ops.trellis.generate.poll()
    ready.tick()
    assert ready.session.waiting == "Waiting for a scene of this file"
    assert not ready.session.jobs[job.id].error
    bpy.context.window.scene = own
    assert ready.wait(job)[0].state.value == "imported" and not ready.session.waiting


def test_a_file_that_is_gone_while_offline_is_said_to_be(ready: Artist) -> None:
    job = ready.wait(ready.order())[0]
    job.path.unlink()
    ready.session._engine.online = False
    with pytest.raises(RuntimeError, match=r"no longer in .*cannot be imported\. Put it back, or allow online access"):
        bpy.ops.trellis.import_job(job=job.id)
    assert "no longer in" in ready.session.jobs[job.id].error
    assert ready.session.jobs[job.id].state.value == "imported"


def test_goes_into_the_scene_that_asked(ready: Artist) -> None:
    asking, layer = bpy.context.scene, bpy.context.view_layer
    job = ready.order()
    other = bpy.data.scenes.new("other")
    bpy.context.window.scene = other
    asking.name = "renamed meanwhile"
    seen = look(asking, layer)
    assert ready.wait(job)[0].state.value == "imported"
    assert bpy.data.objects["mushroom"].name in asking.objects and not other.objects
    assert bpy.context.scene == other
    after = look(asking, layer)
    assert (after["selected"], after["active"]) == (seen["selected"], seen["active"])


def test_the_scene_that_asked_is_gone(ready: Artist) -> None:
    job = ready.order()
    asking = bpy.context.scene
    bpy.context.window.scene = bpy.data.scenes.new("other")
    name = asking.name
    bpy.data.scenes.remove(asking)
    bpy.context.scene.name = name
    told = ready.wait(job)[0]
    assert told.state.value == "downloaded" and told.importable and "mushroom" not in bpy.data.objects
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert "mushroom" in bpy.context.scene.objects


def test_again_into_another_scene_at_its_cursor(ready: Artist) -> None:
    job = ready.wait(ready.order())[0]
    other = bpy.data.scenes.new("other")
    other.cursor.location = (9.0, 0.0, 0.0)
    bpy.context.window.scene = other
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    item = other.objects[0]
    assert item == bpy.context.active_object and abs(item.matrix_world.translation.x - 9.0) < 0.6
    assert ready.simulator.accepted() == 1


def test_waits_for_edit_mode_to_end(ready: Artist) -> None:
    job = ready.order()
    bpy.ops.object.mode_set(mode="EDIT")
    ready.wait_for_state(job, "downloaded")
    ready.tick()
    assert ready.session.waiting == "Waiting for Object Mode" and ready.session.busy
    assert not bpy.ops.trellis.import_job.poll()
    assert "mushroom" not in bpy.data.objects and bpy.context.mode == "EDIT_MESH"
    bpy.ops.object.mode_set(mode="OBJECT")
    assert ready.wait(job)[0].state.value == "imported"
    ready.rest()
    assert not ready.session.waiting


@pytest.mark.parametrize("mode", ["SCULPT", "VERTEX_PAINT", "WEIGHT_PAINT", "TEXTURE_PAINT"])
def test_waits_for_any_mode_to_end(ready: Artist, mode: str) -> None:
    bpy.ops.object.mode_set(mode=mode)
    assert module("blender.importer").can_import(bpy.context) == "Waiting for Object Mode"
    bpy.ops.object.mode_set(mode="OBJECT")
    assert not module("blender.importer").can_import(bpy.context)

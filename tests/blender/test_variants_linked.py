# SPDX-License-Identifier: GPL-3.0-or-later
"""An object of another file, linked with Blender's own Link: it brings its variants, and no object for each of them."""

from pathlib import Path

import bpy
import pytest
from artist import Artist, module
from leafing import choose, counted, make, prepare, seed_shown, seeds, undoable, variants


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    return prepare(artist, tmp_path)


@pytest.fixture
def library(ready: Artist, tmp_path: Path) -> Path:
    """Give a file with an object of three variants in a collection, and open an empty one."""
    item = make()
    counted(ready, 2)
    shelf = bpy.data.collections.new("Shelf")
    bpy.context.scene.collection.children.link(shelf)
    for other in item.users_collection:
        other.objects.unlink(item)
    shelf.objects.link(item)
    path = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.scene.cursor.location = (1.0, 2.0, 3.0)
    return path


def tidied() -> None:
    """Have the moment pass after which a Blender that does not tell of linking is looked at."""
    bpy.context.view_layer.update()
    if bpy.app.version < (4, 3, 0):
        module("blender.appending").tidy()


def link(library: Path, kind: str, *names: str, **options: bool) -> None:
    bpy.ops.wm.link(directory=f"{library}/{kind}/", files=[{"name": name} for name in names], **options)
    tidied()


def own() -> list[str]:
    """Give the names of the objects that are of this file."""
    return sorted(item.name for item in bpy.data.objects if item.library is None)


def there() -> bpy.types.Object:
    """Give the linked object."""
    (item,) = (item for item in bpy.data.objects if item.library is not None)
    return item


@pytest.mark.parametrize(
    ("kind", "name", "options", "brings"),
    [
        ("Object", "mushroom", {}, 0),
        ("Collection", "Shelf", {"instance_collections": True}, 1),
        ("Collection", "Shelf", {"instance_collections": False}, 0),
    ],
)
def test_nothing_but_what_was_linked_is_there(
    library: Path, tmp_path: Path, kind: str, name: str, options: dict[str, bool], brings: int
) -> None:
    link(library, kind, name, **options)
    assert len(own()) == brings and all(bpy.data.objects[mine].type == "EMPTY" for mine in own())
    assert sorted(seeds(there())) == [100, 101, 102]
    link(library, kind, name, **options)
    assert all(bpy.data.objects[mine].type == "EMPTY" for mine in own())
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    tidied()
    assert all(bpy.data.objects[mine].type == "EMPTY" for mine in own())
    assert sorted(seeds(there())) == [100, 101, 102]


def test_made_local_it_is_leafed_through(library: Path) -> None:
    link(library, "Object", "mushroom")
    choose(there())
    assert not bpy.ops.trellis.step_variant.poll(), "first it has to be made local"
    assert bpy.ops.object.make_local(type="SELECT_OBDATA") == {"FINISHED"}
    tidied()
    (item,) = bpy.data.objects
    before = seed_shown(item)
    for _time in range(3):
        assert bpy.ops.trellis.step_variant(by=1) == {"FINISHED"}
    assert seed_shown(item) == before and sorted(seeds(item)) == [100, 101, 102]
    assert list(bpy.data.objects) == [item]


def test_a_library_override_keeps_its_variants(library: Path) -> None:
    link(library, "Object", "mushroom")
    choose(there())
    assert bpy.ops.object.make_override_library() == {"FINISHED"}
    tidied()
    (item,) = (item for item in bpy.data.objects if item.library is None)
    assert item.override_library is not None and sorted(seeds(item)) == [100, 101, 102]


def hidden_mesh(library: Path) -> str:
    """Give the name of a mesh of the library that its object can show and does not."""
    link(library, "Object", "mushroom")
    name = next(mesh.name for mesh in variants().meshes(there()) if mesh != there().data)
    bpy.ops.wm.read_homefile(use_empty=True)
    return name


def test_a_variant_that_was_linked_by_itself_stays(library: Path) -> None:
    name = hidden_mesh(library)
    link(library, "Object", "mushroom")
    link(library, "Mesh", name)
    (mine,) = own()
    assert bpy.data.objects[mine].data.name == name
    bpy.ops.wm.read_homefile(use_empty=True)
    link(library, "Mesh", name)
    link(library, "Object", "mushroom")
    (mine,) = own()
    assert bpy.data.objects[mine].data.name == name


def test_what_a_script_makes_of_linked_variants_stays(library: Path) -> None:
    with bpy.data.libraries.load(str(library), link=True) as (_source, target):
        target.objects = ["mushroom"]
    (item,) = target.objects
    bpy.context.scene.collection.objects.link(item)
    for mesh in variants().meshes(item):
        if mesh != item.data:
            other = bpy.data.objects.new(mesh.name, mesh)
            other.location = bpy.context.scene.cursor.location
            bpy.context.scene.collection.objects.link(other)
    tidied()
    assert len(own()) == 2


def test_undo_takes_the_link_back_and_redo_brings_no_more(library: Path) -> None:
    name = hidden_mesh(library)
    path = f"{library}/Object/"
    undoable(bpy.ops.object.empty_add)
    bpy.ops.ed.undo_push(message="before")
    undoable(bpy.ops.wm.link, directory=path, files=[{"name": "mushroom"}])
    tidied()
    assert own() == ["Empty"]
    bpy.ops.ed.undo()
    tidied()
    assert [item.name for item in bpy.context.scene.objects] == ["Empty"]
    bpy.ops.ed.redo()
    tidied()
    assert sorted(item.name for item in bpy.context.scene.objects) == ["Empty", "mushroom"]
    assert own() == ["Empty"] and sorted(seeds(there())) == [100, 101, 102]
    undoable(bpy.ops.wm.link, directory=f"{library}/Mesh/", files=[{"name": name}])
    tidied()
    assert len(own()) == 2
    bpy.data.batch_remove(list(bpy.data.objects))
    bpy.ops.ed.undo_push(message="all gone")
    tidied()
    bpy.ops.ed.undo()
    tidied()
    assert len(own()) == 2, "what the artist linked comes back together with the object, and stays"
    assert there()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported to glTF says how it was made, and carries nothing else of ours."""

import json
from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist, module
from leafing import counted, make, seed_shown


def extras(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Give the extras of a GLB, each with what has it."""
    content = path.read_bytes()
    document = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
    parts = [(kind, part) for kind in ("scenes", "nodes", "meshes", "materials") for part in document.get(kind, [])]
    return [(kind, part["extras"]) for kind, part in parts if "extras" in part]


def test_the_recipe_and_no_bookkeeping(ready: Artist, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = make()
    counted(ready, 2)
    made["note"], bpy.context.scene["weather"] = "mine", "fair"
    path = tmp_path / "set.glb"
    bpy.ops.export_scene.gltf(filepath=str(path), export_extras=True)
    found = extras(path)
    assert [(kind, sorted(said)) for kind, said in found] == [
        ("scenes", ["weather"]), ("nodes", ["note", "trellis_recipe"]), ("meshes", ["trellis_recipe"])]  # fmt: skip
    check_back(path, capfd)


def check_back(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    capfd.readouterr()
    bpy.ops.import_scene.gltf(filepath=str(path))
    assert "Error" not in "".join(capfd.readouterr())
    (back,) = (item for item in bpy.data.objects if item.get("trellis_recipe"))
    assert seed_shown(back) == 100 and not back.trellis.set_id and not len(back.trellis.variants)


def test_the_recipe_as_blender_exports_unless_told_otherwise(
    ready: Artist, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """*Custom Properties* is off there: the artist's own stay behind, and what has no recipe says nothing."""
    made = make()
    made["note"], made.data["note"], bpy.context.scene["weather"] = "mine", "mine", "fair"
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    cube.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    bpy.context.scene.collection.objects.link(cube)
    path = tmp_path / "set.glb"
    bpy.ops.export_scene.gltf(filepath=str(path))
    said = {"trellis_recipe": made["trellis_recipe"]}
    assert extras(path) == [("nodes", said), ("meshes", said)]
    check_back(path, capfd)


def test_without_the_extension_enabled_nothing_is_left_to_the_exporter() -> None:
    exports = module("blender.exports")
    package = __import__("sys").modules[module("blender.identity").PACKAGE]
    assert package.glTF2ExportUserExtension is exports.Extras
    exports.unregister()
    assert not hasattr(package, "glTF2ExportUserExtension")
    exports.register()

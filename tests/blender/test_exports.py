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
    bpy.ops.wm.read_homefile(use_empty=True)
    capfd.readouterr()
    bpy.ops.import_scene.gltf(filepath=str(path))
    assert "Error" not in "".join(capfd.readouterr())
    (back,) = (item for item in bpy.data.objects if item.type == "MESH")
    assert seed_shown(back) == 100 and not back.trellis.set_id and not len(back.trellis.variants)


def test_without_the_extension_enabled_nothing_is_left_to_the_exporter() -> None:
    exports = module("blender.exports")
    package = __import__("sys").modules[module("blender.identity").PACKAGE]
    assert package.glTF2ExportUserExtension is exports.Extras
    exports.unregister()
    assert not hasattr(package, "glTF2ExportUserExtension")
    exports.register()

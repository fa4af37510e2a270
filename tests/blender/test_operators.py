# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operator: named, described, found by search where it makes sense, and in a menu that F3 looks into."""

import re
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, module

NEEDS_MORE = {
    "cancel", "resume", "send_again", "order_again", "choose_job", "import_job", "remove_job", "pick_variant", "watch",
    "show_object",
}  # fmt: skip
"""Those that mean nothing without being told which job or which variant."""


def operators() -> dict[str, Any]:
    """Give every operator of ours by its name."""
    found = {name: getattr(bpy.ops.trellis, name).get_rna_type() for name in dir(bpy.ops.trellis)}
    assert len(found) > 30
    return found


def registered(name: str) -> Any:
    return getattr(bpy.types, f"TRELLIS_OT_{name}")


def in_menus() -> set[str]:
    """Give the operators that stand in the menus, as these are drawn."""
    menus = module("blender.menus")
    listed = {name for groups in (menus.SOURCE_OPERATORS, menus.SERVICE_OPERATORS, menus.OBJECT_OPERATORS)
              for group in groups for name in group}  # fmt: skip
    return {name.removeprefix("trellis.") for name in listed} | {"generate", "generate_render", "apply_preset"}


def test_every_operator_is_named_and_described() -> None:
    for name, kind in operators().items():
        assert re.fullmatch(r"[A-Z0-9].*", kind.name), name
        assert len(kind.description.split()) > 2 and not kind.description.endswith("."), name
        assert kind.description != kind.name, name
        for argument in kind.properties:
            if argument.identifier == "rna_type" or argument.is_hidden:
                continue
            assert argument.name and argument.description, f"{name}.{argument.identifier}"


def test_what_means_nothing_alone_is_not_searched_for() -> None:
    for name in NEEDS_MORE & set(operators()):
        assert "INTERNAL" in registered(name).bl_options, name
    for name in in_menus():
        assert "INTERNAL" not in getattr(registered(name), "bl_options", set()), name


def test_what_is_in_the_menus_is_there() -> None:
    assert in_menus() <= set(operators())
    for idname in ("TRELLIS_MT_panel", "TRELLIS_MT_object", "TRELLIS_MT_presets", "TRELLIS_PT_presets"):
        assert getattr(bpy.types, idname).is_registered


def test_an_operator_that_is_off_says_why(artist: Artist) -> None:
    """Blender raises with the poll's message, so a reason that is missing would be its own words."""
    for name in sorted(in_menus()):
        call = getattr(bpy.ops.trellis, name)
        if call.poll():
            continue
        with pytest.raises(RuntimeError) as caught:
            call()
        assert "context is incorrect" not in str(caught.value), name


def test_the_render_is_generated_from_whatever_the_source_is(artist: Artist, tmp_path: Any) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    with pytest.raises(RuntimeError, match="Render an image first"):
        bpy.ops.trellis.generate_render()
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.camera.location.z = 8
    scene.collection.objects.link(scene.camera)
    mesh = bpy.data.meshes.new("triangle")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (0, 1, 0)], [], [(0, 1, 2)])
    scene.collection.objects.link(bpy.data.objects.new("triangle", mesh))
    scene.render.engine, scene.render.film_transparent = "BLENDER_WORKBENCH", True
    scene.render.resolution_x = scene.render.resolution_y = 300
    bpy.ops.render.render()
    assert bpy.ops.trellis.generate_render() == {"FINISHED"}
    assert [item.name for item in bpy.data.objects if item.name.startswith("Render")] == ["Render"]
    assert scene.trellis.source == "IMAGE"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operator: named, described, found by search where it makes sense, and in a menu that F3 looks into."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import bpy
import layouts
import pictures
import pytest
from artist import Artist

NEEDS_MORE = {
    "cancel", "resume", "send_again", "order_again", "choose_job", "import_job", "remove_job", "pick_variant", "watch",
    "show_object",
}  # fmt: skip
"""Those that mean nothing without being told which job or which variant."""
OURS_ARE_IN = ("IMAGE_MT_image", "TOPBAR_MT_render", "VIEW3D_MT_add", "VIEW3D_MT_object")
"""Blender's menus that we add to; the others need not be drawn."""
CHECKOUT = Path(__file__).resolve().parents[2]


def operators() -> dict[str, Any]:
    """Give every operator of ours by its name."""
    found = {name: getattr(bpy.ops.trellis, name).get_rna_type() for name in dir(bpy.ops.trellis)}
    assert len(found) > 30
    return found


def registered(name: str) -> Any:
    return getattr(bpy.types, f"TRELLIS_OT_{name}")


class Reading:
    """A real layout that also notes which menus and operators stand in it."""

    def __init__(self, layout: Any, found: list[tuple[str, str]]) -> None:
        self.__dict__.update(_layout=layout, _found=found)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._layout, name, value)

    def __getattr__(self, name: str) -> Any:
        if name in ("row", "column", "split", "box", "column_flow", "grid_flow"):
            return lambda *args, **kwargs: Reading(getattr(self._layout, name)(*args, **kwargs), self._found)
        if name in ("menu", "menu_contents", "operator", "operator_menu_enum"):
            return partial(self._note, name)
        return getattr(self._layout, name)

    def _note(self, kind: str, idname: str, *args: Any, **kwargs: Any) -> Any:
        self._found.append((kind, idname))
        return getattr(self._layout, kind)(idname, *args, **kwargs)


def within(idname: str) -> list[tuple[str, str]]:
    """Give what stands in a menu as it is drawn here, with what add-ons have put at its end."""
    found: list[tuple[str, str]] = []
    cls = getattr(bpy.types, idname)
    held = layouts.Held(cls)
    held.layout = Reading(held.layout, found)
    for draw in getattr(cls.draw, "_draw_funcs", [cls.draw]):
        draw(held, bpy.context)
    return found


BARS = {"TOPBAR_MT_editor_menus": "VIEW_3D", "VIEW3D_MT_editor_menus": "VIEW_3D",
        "IMAGE_MT_editor_menus": "IMAGE_EDITOR"}  # fmt: skip


def in_menus(bars: dict[str, str] = BARS) -> set[str]:
    """Give our operators that stand in menus which the editors' menu bars lead to: F3 looks there and nowhere else."""
    found: set[str] = set()
    for bar, editor in bars.items():
        with layouts.editor(editor, "HEADER"):
            ways = [idname for kind, idname in within(bar) if kind == "menu"]
            assert ways, bar
            for place in ways:
                open_menus = [place] if place in OURS_ARE_IN else []
                while open_menus:
                    for kind, idname in within(open_menus.pop()):
                        if idname.startswith("TRELLIS_MT_"):
                            open_menus.append(idname)
                        elif kind == "operator" and idname.startswith("trellis."):
                            found.add(idname.removeprefix("trellis."))
    return found


def searched_for() -> set[str]:
    """Give the operators that docs/operators.md says F3 finds."""
    page = (CHECKOUT / "docs" / "operators.md").read_text("utf-8")
    told = re.findall(r"^## `trellis\.(\w+)`\n\*\*[^*]+\*\*( \*internal\*)?", page, re.MULTILINE)
    assert {name for name, _mark in told} == set(operators())
    return {name for name, mark in told if not mark}


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
    assert set(operators()) >= NEEDS_MORE
    for name in NEEDS_MORE:
        assert "INTERNAL" in registered(name).bl_options, name


def test_search_finds_what_the_page_says_it_finds(artist: Artist) -> None:
    assert in_menus() == searched_for()


@pytest.mark.parametrize("editor", ["VIEW_3D", "OUTLINER", "NODE_EDITOR", "PROPERTIES"])
def test_search_finds_all_of_it_over_every_editor(artist: Artist, editor: str) -> None:
    """Over most editors, and in most modes, it looks into the top bar's menus alone, where there was one entry."""
    assert in_menus({"TOPBAR_MT_editor_menus": editor}) == searched_for()


@pytest.mark.parametrize("mode", ["OBJECT", "EDIT", "SCULPT", "WEIGHT_PAINT", "TEXTURE_PAINT"])
@pytest.mark.parametrize("editor", ["VIEW_3D", "OUTLINER"])
def test_an_operator_that_is_off_says_why(artist: Artist, mode: str, editor: str) -> None:
    """Blender raises with the poll's message, so a reason that is missing would be its own words."""
    mesh = bpy.data.meshes.new("chair")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (0, 1, 0)], [], [(0, 1, 2)])
    if mode != "OBJECT":
        bpy.context.scene.collection.objects.link(bpy.data.objects.new("chair", mesh))
        bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
        bpy.ops.object.mode_set(mode=mode)
    off = []
    with layouts.editor(editor, "WINDOW"):
        for name in sorted(searched_for()):
            call = getattr(bpy.ops.trellis, name)
            if call.poll():
                continue
            off.append(name)
            with pytest.raises(RuntimeError) as caught:
                call()
            assert "context is incorrect" not in str(caught.value), name
    assert off and "generate" not in off
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""No draw, poll or property of ours touches network, disk or a decoder, whatever there is to show."""

import os
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import crowd
import layouts
import numpy as np
import pictures
import pytest
import sheets
import trap
from artist import Artist, module
from test_offer import CHANGED, checked
from trap import Trap

EACH = 100
"""So many jobs are in the list, and so many more in the history alone."""
IN_A_WINDOW = ["TRELLIS_OT_delete_jobs.draw", "TRELLIS_OT_generate_sheet.draw", "TRELLIS_OT_more_seeds.draw", "overlay"]
"""What cannot be drawn without one; tests/gui has it."""
UNDECODED = ("file.png", "packed.png", "film0001.png")


@pytest.fixture
def furnished(artist: Artist, tmp_path: Path) -> Artist:
    """A server with more parameters, an object with a variant, a split sheet, and a hundred jobs here and there."""
    artist.store_folder = tmp_path / "store"
    artist.simulator.control.settings(**CHANGED)
    checked(artist)
    artist.choose(pictures.put("mushroom", pictures.mushroom(32, 24)))
    artist.settings.resolution = "512"
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    made = bpy.context.view_layer.objects.active
    known = set(artist.session.jobs)
    assert bpy.ops.trellis.more_seeds(count=1) == {"FINISHED"}
    (job,) = artist.wait(*[job for name, job in artist.session.jobs.items() if name not in known])
    crowd.listed(EACH, job)
    crowd.kept(EACH, job)
    module("blender.tidings").show(changed=True)
    assert len(bpy.context.window_manager.trellis_history.rows) == 2 * EACH + 2
    for parameter in module("blender.offers").current().new:
        module("blender.additions").switch(artist.settings, parameter, on=True)
    artist.choose(pictures.put("Garden.png", sheets.drawing()))
    assert bpy.ops.trellis.split_sheet("EXEC_DEFAULT") == {"FINISHED"}
    bpy.ops.trellis.show_preview()
    artist.wait_until(lambda: not artist.session.previews.pending)
    bpy.context.preferences.filepaths.asset_libraries.new(name="Library", directory=str(tmp_path))
    bpy.context.view_layer.objects.active = made
    return artist


def sources(artist: Artist, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give every way to choose a picture; those on disk and the packed one were never shown, so never decoded."""
    settings, images = artist.settings, bpy.data.images
    folder.mkdir()
    for name in ("file.png", "packed.png", "film0001.png", "film0002.png"):
        (folder / name).write_bytes(pictures.encode_png(pictures.mushroom(64, 64)))
    packed = images.load(str(folder / "packed.png"))
    packed.pack()
    sequence = images.load(str(folder / "film0001.png"))
    sequence.source = "SEQUENCE"
    chosen = {
        "file": images.load(str(folder / "file.png")), "packed": packed, "sequence": sequence,
        "gone": images.load(str(folder / "file.png")), "memory": images["mushroom"], "sheet": images["Garden.png"],
    }  # fmt: skip
    chosen["gone"].filepath = str(folder / "gone.png")
    for name, image in chosen.items():
        yield name, lambda image=image: artist.choose(image)
    yield "none", lambda: artist.choose(None)
    for kind in ("AUTO", "RENDER", "URL"):
        yield kind, lambda kind=kind: setattr(settings, "source", kind)
    settings.source_url = "https://example.com/a.png"


def draw_all(area: Any) -> None:
    """Have every panel of an editor, every menu and every entry in Blender's own drawn."""
    for cls in trap.classes():
        if getattr(cls, "bl_space_type", "") in set(layouts.EDITORS) - {area.type}:
            continue
        if issubclass(cls, bpy.types.Panel) and hasattr(cls, "poll") and not cls.poll(bpy.context):
            continue
        if issubclass(cls, bpy.types.Panel | bpy.types.Menu):
            for name in trap.DRAWN:
                if trap.is_ours(getattr(cls, name, None)):
                    layouts.drawn(cls, name)
        if issubclass(cls, bpy.types.UIList) and hasattr(cls, "draw_filter"):
            cls.draw_filter(layouts.Held(cls), bpy.context, layouts.layout())
    for name, function in trap.appended():
        function(layouts.Held(getattr(bpy.types, name)), bpy.context)


def ask_all() -> None:
    """Ask whether every operator can be pressed, and what it is when it is pointed at."""
    for cls in trap.classes():
        if issubclass(cls, bpy.types.Operator):
            group, name = cls.bl_idname.split(".")
            getattr(getattr(bpy.ops, group), name).poll()
            if hasattr(cls, "description"):
                cls.description(bpy.context, layouts.layout().operator(cls.bl_idname))
            for _name, given in trap.properties(cls):
                if callable(given.get("items")):
                    given["items"](SimpleNamespace(), bpy.context)
        if issubclass(cls, bpy.types.FileHandler):
            cls.poll_drop(bpy.context)


def owners(artist: Artist) -> list[Any]:
    """Give one of everything that has properties of ours."""
    manager, settings = bpy.context.window_manager, artist.settings
    found = [settings, *settings.additions, artist.preferences, manager.trellis_history, manager.trellis_sheet]
    return [*found, manager.trellis_history.rows[0], manager.trellis_sheet.subjects[0]]


def set_all(owner: Any) -> None:
    """Read every property, and set it to what it is; Blender asks for an enumeration's choices by itself."""
    for item in owner.bl_rna.properties:
        if item.is_readonly or item.identifier == "bl_idname":
            continue
        value = getattr(owner, item.identifier)
        if item.type != "ENUM" or value:  # a parameter of another kind has no choices
            setattr(owner, item.identifier, value)


def draw_page(artist: Artist) -> None:
    """Have the preferences drawn, with every section open."""
    page, sections = type(artist.preferences), module("blender.preferences")
    section = sections.section
    sections.section = lambda layout, *_given, **_named: layout.column()
    page.layout = layouts.layout()
    try:
        artist.preferences.draw(bpy.context)
    finally:
        del page.layout
        sections.section = section


def test_nothing_is_touched(furnished: Artist, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    ways = list(sources(furnished, folder))
    history = bpy.context.window_manager.trellis_history
    with Trap(folder, furnished.folder) as found:
        for kind in layouts.EDITORS:
            with layouts.editor(kind) as area:
                for name, choose in ways:
                    choose()
                    if kind == "IMAGE_EDITOR":
                        area.spaces.active.image = furnished.settings.source_image
                    history.several = not history.several
                    history.active = len(name)
                    draw_all(area)
                    ask_all()
        draw_page(furnished)
        for owner in owners(furnished):
            set_all(owner)
    assert not found.caught, "\n".join(sorted(found.caught))
    assert not [name for name in UNDECODED if bpy.data.images[name].has_data], "it was decoded"
    assert found.missing == IN_A_WINDOW


def test_the_panels_were_drawn_for_real(furnished: Artist) -> None:
    with layouts.editor():
        told = " ".join(layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_main_view3d)))
        assert "bpy.ops.trellis.generate" in told and "Generate as One · $0.03" in told
        told = " ".join(layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_history_view3d)))
        assert "kept 0" in told or "listed 0" in told


CULPRITS: dict[str, Callable[[Path], object]] = {
    "open": lambda path: path.read_bytes(),
    "stat": lambda path: path.exists(),
    "listdir": lambda path: os.listdir(path.parent),
    "socket": lambda _path: socket.socket().close(),
    "zlib": lambda _path: zlib.compress(b"picture"),
    "numpy": lambda _path: np.zeros(4),
    "foreach_get": lambda _path: bpy.data.images["small"].pixels.foreach_get(np.empty(16, np.float32)),
    "picture.png": lambda path: bpy.data.images.load(str(path)).size[:],
    "import": lambda _path: __import__("this_is_nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("named", CULPRITS)
@pytest.mark.parametrize("place", ["draw", "get"])
def test_whoever_touches_anything_is_caught(tmp_path: Path, named: str, place: str) -> None:
    """Planted in a panel, and in a property."""
    path = tmp_path / "picture.png"
    path.write_bytes(pictures.encode_png(pictures.mushroom(8, 8)))
    bpy.data.images.new("small", 2, 2)
    planted = culprit(lambda: CULPRITS[named](path))
    with Trap(tmp_path) as found:
        CULPRITS[named](path) if named != "import" else None
        assert not found.caught, "by somebody else"
        if place == "draw":
            layouts.drawn(planted[0])
        else:
            assert bpy.context.scene.planted.value == 7
    for cls in planted:
        bpy.utils.unregister_class(cls)
    del bpy.types.Scene.planted
    assert any(named in touched for touched in found.caught), found.caught


def culprit(touch: Callable[[], object]) -> list[Any]:
    """Register a panel and a property among ours that touch something."""

    def read(_owner: Any) -> int:
        with suppress(ImportError):
            touch()
        return 7

    panel = {"draw": lambda _self, _context: read(None), "bl_label": "", "bl_space_type": "VIEW_3D"}
    group = {"__annotations__": {"value": bpy.props.IntProperty(get=read)}}
    made = [
        type("TRELLIS_PT_planted", (bpy.types.Panel,), {**panel, "bl_region_type": "UI"}),
        type("TrellisPlanted", (bpy.types.PropertyGroup,), group),
    ]
    for cls in made:
        cls.__module__ = f"{trap.PACKAGE}.planted"
        bpy.utils.register_class(cls)
    made[0].draw.__module__ = made[0].__module__
    bpy.types.Scene.planted = bpy.props.PointerProperty(type=made[1])
    return made

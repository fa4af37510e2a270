# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever Blender calls of ours to draw or to know a value is watched, and what was opened before is no way around."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FunctionType
from typing import Any

import bpy
import layouts
import pytest
import trap
from trap import Trap

OPENED = ("read a text", "read bytes", "send", "receive", "a home")
"""What needs no file nor socket to be opened meanwhile."""


def _seven(_owner: Any) -> int:
    return 7


class Planted:
    """Classes among ours of which everything that Blender calls opens a file."""

    def __init__(self, path: Path) -> None:
        """Register them."""
        self.path = path
        chosen = [("A", "A", "A")]
        properties = {
            "got": bpy.props.IntProperty(get=self.touching("get", 1, 7)),
            "put": bpy.props.IntProperty(get=_seven, set=self.touching("set", 2)),
            "updated": bpy.props.IntProperty(update=self.touching("update", 2)),
            "chosen": bpy.props.EnumProperty(items=self.touching("items", 2, chosen)),
            "sought": bpy.props.StringProperty(search=self.touching("search", 3, [])),
            "pointed": bpy.props.PointerProperty(type=bpy.types.Image, poll=self.touching("pointed", 2, True)),
        }
        panel = {"bl_label": "", "bl_space_type": "VIEW_3D", "bl_region_type": "UI"}
        self.group = self._registered("TrellisPlanted", bpy.types.PropertyGroup, {"__annotations__": properties})
        self.panel = self._registered("TRELLIS_PT_planted", bpy.types.Panel, {
            **panel, "draw": self.touching("panel", 2), "draw_header": self.touching("panel's header", 2),
            "draw_header_preset": self.touching("panel's preset", 2),
            "poll": classmethod(self.touching("panel's poll", 2, True)),
        })  # fmt: skip
        self.menu = self._registered("TRELLIS_MT_planted", bpy.types.Menu, {
            "bl_label": "", "draw": self.touching("menu", 2),
            "poll": classmethod(self.touching("menu's poll", 2, True)),
        })  # fmt: skip
        self.header = self._registered("TRELLIS_HT_planted", bpy.types.Header, {
            "bl_space_type": "VIEW_3D", "draw": self.touching("header", 2),
        })  # fmt: skip
        self.rows = self._registered("TRELLIS_UL_planted", bpy.types.UIList, {
            "draw_item": self.touching("row", 8), "draw_filter": self.touching("filter", 3),
            "filter_items": self.touching("filtered", 4, ([], [])),
        })  # fmt: skip
        self.operator = self._registered("TRELLIS_OT_planted", bpy.types.Operator, {
            "bl_idname": "trellis.planted", "bl_label": "", "draw": self.touching("dialog", 2),
            "poll": classmethod(self.touching("operator's poll", 2, True)),
            "description": classmethod(self.touching("tooltip", 3, "")),
            "__annotations__": {"kind": bpy.props.EnumProperty(items=self.touching("operator's items", 2, chosen))},
        })  # fmt: skip
        self.appended = self.touching("appended", 2)
        bpy.types.VIEW3D_MT_add.append(self.appended)
        bpy.types.Scene.planted = bpy.props.PointerProperty(type=self.group)
        self.places = [
            "get", "set", "update", "items", "search", "pointed", "panel", "panel's header", "panel's preset",
            "panel's poll", "menu", "menu's poll", "header", "row", "filter", "filtered", "operator's poll", "tooltip",
            "dialog", "operator's items", "appended",
        ]  # fmt: skip

    def touching(self, place: str, count: int, answer: Any = None) -> Any:
        """Give a function of ours with so many arguments, which Blender counts, that opens a file and answers."""

        def touch() -> Any:
            (self.path.parent / place).open("w").close()
            return answer

        counted: dict[int, Any] = {
            1: lambda _a: touch(), 2: lambda _a, _b: touch(), 3: lambda _a, _b, _c: touch(),
            4: lambda _a, _b, _c, _d: touch(), 8: lambda _a, _b, _c, _d, _e, _f, _g, _h: touch(),
        }  # fmt: skip
        given = counted[count]
        # A code of its own: by that the trap knows it.
        made = FunctionType(given.__code__.replace(co_name=place), given.__globals__, place, None, given.__closure__)
        made.__module__ = f"{trap.PACKAGE}.planted"
        return made

    def _registered(self, name: str, base: Any, given: dict[str, Any]) -> Any:
        made = type(name, (base,), {"__module__": f"{trap.PACKAGE}.planted", **given})
        bpy.utils.register_class(made)
        return made

    def release(self) -> None:
        """Take everything out."""
        del bpy.types.Scene.planted
        bpy.types.VIEW3D_MT_add.remove(self.appended)
        for cls in (self.operator, self.rows, self.header, self.menu, self.panel, self.group):
            bpy.utils.unregister_class(cls)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    made = Planted(tmp_path / "touched")
    yield made
    made.release()


def enter_all(planted: Planted) -> None:
    """Have each of them called, by Blender where it does without a window."""
    owner, context = bpy.context.scene.planted, bpy.context
    owner.put = owner.got
    owner.updated = 3
    assert owner.chosen == "A"
    made = dict(trap.properties(planted.group))
    made["sought"]["search"](owner, context, "")
    made["pointed"]["poll"](owner, None)
    for cls in (planted.panel, planted.menu, planted.header):
        for name in ("draw", "draw_header", "draw_header_preset"):
            if hasattr(cls, name):
                layouts.drawn(cls, name)
    planted.panel.poll(context)
    planted.menu.poll(context)
    held = layouts.Held(planted.rows)
    held.draw_item(context, None, None, None, 0, None, "")
    held.draw_filter(context, None)
    held.filter_items(context, None, "")
    assert bpy.ops.trellis.planted.poll()
    planted.operator.description(context, None)
    planted.operator.draw(held, context)
    dict(trap.properties(planted.operator))["kind"]["items"](None, context)
    planted.appended(held, context)


def test_every_kind_of_callback_is_watched(planted: Planted, tmp_path: Path) -> None:
    with layouts.editor(), Trap() as found:
        enter_all(planted)
    for place in planted.places:
        assert (tmp_path / place).exists(), f"{place} was not called"
        assert any(f"/{place}" in touched for touched in found.caught), f"nobody saw {place}: {sorted(found.caught)}"


def ways(path: Path, stack: ExitStack) -> dict[str, Callable[[], object]]:
    """Open what is to be used while it is watched."""
    path.write_text("text\n" * 3, encoding="utf-8")
    text, raw = stack.enter_context(path.open(encoding="utf-8")), stack.enter_context(path.open("rb"))
    near, far = (stack.enter_context(end) for end in socket.socketpair())
    far.send(b"waits")

    def home() -> object:
        import pwd  # Windows has none

        return pwd.getpwuid(os.getuid())

    home()
    made = (text.readline, raw.read, lambda: near.send(b"a"), lambda: near.recv(5), home)
    return dict(zip(OPENED, made, strict=True))


@pytest.mark.parametrize("way", OPENED)
def test_what_was_opened_before_is_watched(planted: Planted, tmp_path: Path, way: str) -> None:
    with ExitStack() as stack:
        touch = ways(tmp_path / "opened", stack)[way]

        def draw(_self: Any, _context: Any) -> None:
            touch()

        draw.__module__ = f"{trap.PACKAGE}.planted"
        planted.menu.draw = draw
        with Trap() as found:
            layouts.drawn(planted.menu)
    assert found.caught

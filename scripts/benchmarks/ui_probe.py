# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender's window: times every call of ours on the main thread while jobs run.

Blender looks a class's functions up at each call, so wrapping them measures the calls that Blender itself makes.
An import is timed apart: it is the one thing that may take longer.
"""

import functools
import sys
import time
from collections import defaultdict
from typing import Any

import bpy

PACKAGE = "bl_ext.user_default.trellis_blender"
times: dict[str, list[float]] = defaultdict(list)
_importing = 0.0
_redraw: list[float] = []
"""What the panels have taken that are drawn together."""


def _panel_timed(cls: Any, function: Any) -> Any:
    """Time a panel; all that come until the main one is drawn again are of one redraw."""
    measured, name = _timed(f"draw {cls.bl_idname}", function), f"draw {cls.bl_idname}"

    def draw(self: Any, context: Any) -> Any:
        if cls.bl_idname.startswith("TRELLIS_PT_main") and _redraw:
            times["draw the whole sidebar, within one redraw"].append(sum(_redraw))
            _redraw.clear()
        try:
            return measured(self, context)
        finally:
            _redraw.append(times[name][-1])

    return draw


def _timed(name: str, function: Any) -> Any:
    @functools.wraps(function)
    def measured(*arguments: Any, **named: Any) -> Any:
        global _importing
        _importing = 0.0
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            times[name].append((time.perf_counter() - began - _importing) * 1000)

    return measured


def _drawn(function: Any) -> Any:
    """Give a function of the signature that Blender counts on."""
    return lambda self, context: function(self, context)


def _handled(function: Any) -> Any:
    return lambda self, context, event: function(self, context, event)


def _importer_timed(function: Any) -> Any:
    @functools.wraps(function)
    def measured(*arguments: Any, **named: Any) -> Any:
        global _importing
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            _importing += time.perf_counter() - began
            times["import"].append(_importing * 1000)

    return measured


def install() -> int:
    """Wrap the timer, draws, invokes and what polls ask; give how many functions are measured."""
    importer = sys.modules[f"{PACKAGE}.blender.importer"]
    importer.import_file = _importer_timed(importer.import_file)
    count = 0
    for cls in [*bpy.types.Panel.__subclasses__(), *bpy.types.Operator.__subclasses__()]:
        if not cls.__module__.startswith(PACKAGE):
            continue
        for name, kind in (("draw", "draw"), ("modal", "timer"), ("invoke", "invoke")):
            if hasattr(cls, name) and callable(getattr(cls, name)):
                given = getattr(cls, name)
                is_draw = name == "draw" and issubclass(cls, bpy.types.Panel)
                measured = _panel_timed(cls, given) if is_draw else _timed(f"{kind} {cls.bl_idname}", given)
                setattr(cls, name, _drawn(measured) if name == "draw" else _handled(measured))
                count += 1
    _install_on_lists()
    _install_on_previews()
    readiness = sys.modules[f"{PACKAGE}.blender.readiness"]
    for name in ("generate_reason", "service_reason"):  # all that the polls do; a registered poll cannot be wrapped
        setattr(readiness, name, _timed(f"poll {name}", getattr(readiness, name)))
        count += 1
    return count


def _install_on_lists() -> None:
    """Wrap what draws rows, the line in the status bar, and the labels over placeholders."""
    for cls in bpy.types.UIList.__subclasses__():
        if cls.__module__.startswith(PACKAGE):
            cls.draw_item = _row_timed(f"draw a row of {cls.__name__}, within a panel", cls.draw_item)
    overlay, statusbar = (sys.modules[f"{PACKAGE}.blender.{name}"] for name in ("overlay", "statusbar"))
    vars(overlay)["_draw"] = _timed("draw the overlay", vars(overlay)["_draw"])
    drawn = vars(bpy.types.STATUSBAR_HT_header.draw)["_draw_funcs"]
    drawn[drawn.index(statusbar.draw)] = _timed("draw the status bar", statusbar.draw)


def _row_timed(name: str, function: Any) -> Any:
    """Give a function of the number of arguments that Blender counts on."""
    measured = _timed(name, function)
    return lambda self, context, layout, data, item, icon, held, prop, index: measured(
        self, context, layout, data, item, icon, held, prop, index
    )


def _install_on_previews() -> None:
    """Wrap the timer that looks whether a picture is to be shown, with the copying of its pixels."""
    lookout = sys.modules[f"{PACKAGE}.blender.lookout"]
    if bpy.app.timers.is_registered(lookout.look):
        bpy.app.timers.unregister(lookout.look)
    lookout.look = _timed("look for a preview", lookout.look)
    lookout.capture = _timed("capture for a preview, within that", lookout.capture)
    thumbnails = sys.modules[f"{PACKAGE}.blender.thumbnails"]
    thumbnails.fill = _timed("icon of a preview, within the timer", thumbnails.fill)


def press_generate(seed: int) -> None:
    """Do what the button does, with another seed; an invoke needs a window to come from. Shows another preview, too."""
    bpy.context.scene.trellis.seed = seed
    bpy.context.scene.trellis.margin = seed % 40 / 100
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.trellis.generate("INVOKE_DEFAULT")


def gaps(seconds: float, interval: float = 0.01) -> None:
    """Record how late a timer of ``interval`` comes, which is what the interface feels."""
    state = {"last": time.perf_counter(), "end": time.perf_counter() + seconds}

    def beat() -> float | None:
        now = time.perf_counter()
        times["gap of a 10 ms timer"].append((now - state["last"]) * 1000)
        state["last"] = now
        return interval if now < state["end"] else None

    bpy.app.timers.register(beat, first_interval=interval)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender's window: evaluates what a test sends, on the main thread, and answers with JSON.

A listening socket in the profile is looked at by a timer, so Blender goes on drawing and handling events between two
questions, and nothing here depends on the extension. Requests and answers are one line of JSON each.
"""

import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import bpy

LOOK_INTERVAL_SECONDS = 0.02
MAX_REQUEST_BYTES = 1 << 20
SEARCH_PAUSES_SECONDS = (0.0, 0.05, 0.2)
"""Twice a step: at first no longer than Blender takes for a round of its events, then longer than it may be held up."""


def place(area_type: str) -> "tuple[bpy.types.Window, bpy.types.Area]":
    """Return the first area of a type and its window; windows that Blender opened besides come last."""
    windows = bpy.context.window_manager.windows
    return next((window, each) for window in windows for each in window.screen.areas if each.type == area_type)


def is_open(area_type: str) -> bool:
    """Whether there is an area of a type in any window."""
    windows = bpy.context.window_manager.windows
    return any(each.type == area_type for window in windows for each in window.screen.areas)


def area(area_type: str) -> "bpy.types.Area":
    """Return the first area of a type."""
    return place(area_type)[1]


def region(area_type: str, region_type: str) -> "bpy.types.Region":
    """Return a region of the first area of a type."""
    return next(r for r in area(area_type).regions if r.type == region_type)


def rectangle(area_type: str, region_type: str = "WINDOW") -> list[int]:
    """Return left, top, width and height in pixels from the screen's top left, as the mouse counts."""
    window, found = place(area_type)[0], region(area_type, region_type)
    screen = bpy.context.window_manager.windows[0].height  # the first window fills it
    return [window.x + found.x, screen - window.y - found.y - found.height, found.width, found.height]


def button_under_mouse(area_type: str, region_type: str) -> str:
    """Return the operator call or the data path of the button the mouse is over; empty when there is none."""
    window_manager = bpy.context.window_manager
    window_manager.clipboard = ""
    window = place(area_type)[0]
    with bpy.context.temp_override(window=window, area=area(area_type), region=region(area_type, region_type)):
        for ask, options in (
            (bpy.ops.ui.copy_python_command_button, {}),
            (bpy.ops.ui.copy_data_path_button, {"full_path": True}),
        ):
            if ask.poll():
                ask(**options)
                break
    return window_manager.clipboard


_polls: dict[str, Any] = {}
_opened: set[str] = set()


def hide_panel(name: str, is_hidden: bool) -> None:
    """Have a panel left out of its sidebar, or shown again; its mix-in has a ``poll``."""
    mixin = getattr(bpy.types, name).__bases__[0]
    if is_hidden:
        _polls[name] = mixin.__dict__["poll"]
        mixin.poll = classmethod(lambda _cls, _context: False)
    else:
        mixin.poll = _polls.pop(name)
    for each in bpy.context.window_manager.windows[0].screen.areas:
        each.tag_redraw()


def watch_panel(name: str) -> None:
    """Take note of whether a panel is drawn, which it is as soon as it is open."""
    mixin = getattr(bpy.types, name).__bases__[0]
    draw = mixin.draw

    def drawn(self: Any, context: "bpy.types.Context") -> None:
        _opened.add(name)
        draw(self, context)

    mixin.draw = drawn


def is_panel_open(name: str) -> bool:
    """Whether a panel was drawn since it is watched."""
    return name in _opened


class Search:
    """The mouse goes down the columns of a region until it is over a button; faster than from outside.

    A step waits until Blender has seen the mouse, which on a busy machine may be later than thought: what was found is
    looked at once more, and what was not found is looked for again, slowly.
    """

    def __init__(
        self, wanted: str, area_type: str, region_type: str, columns: list[int], below: int, step: int
    ) -> None:  # fmt: skip
        """Begin; ``columns``, ``below`` and ``step`` are pixels, as the mouse counts."""
        self.place: list[int] | None = None
        self.seen: list[str] = []
        self.ended = False
        self._wanted, self._where = wanted, (area_type, region_type)
        self._columns, self._below, self._step = columns, below, step
        self._steps = self._go()
        bpy.app.timers.register(self._tick)

    def _tick(self) -> float | None:
        pause = next(self._steps, None)
        self.ended = pause is None
        return pause

    def _go(self) -> Iterator[float]:
        _left, top, _width, height = rectangle(*self._where)
        for pause in SEARCH_PAUSES_SECONDS:
            for x in self._columns:
                for y in range(max(top, self._below) + self._step, top + height, self._step):
                    yield from self._warp(x, y, pause)
                    if self._is_there():
                        yield from self._warp(x, y, SEARCH_PAUSES_SECONDS[-1])
                        if self._is_there():
                            self.place = [x, y]
                            return

    def _warp(self, x: int, y: int, pause: float) -> Iterator[float]:
        window, screen = place(self._where[0])[0], bpy.context.window_manager.windows[0].height
        window.cursor_warp(x - window.x, screen - y - window.y)
        yield pause
        yield pause

    def _is_there(self) -> bool:
        told = button_under_mouse(*self._where)
        if told and told not in self.seen:
            self.seen.append(told)
        return self._wanted in told


def search(*arguments: Any) -> None:
    """Begin a search; ``searching`` is what comes of it."""
    _namespace["searching"] = Search(*arguments)


def choose_category(area_type: str, category: str) -> bool:
    """Choose a sidebar's tab; false while the sidebar has not drawn it yet."""
    sidebar = region(area_type, "UI")
    try:
        sidebar.active_panel_category = category
    except TypeError:  # the tabs that were drawn are the values of an enumeration
        return False
    sidebar.tag_redraw()
    return True


_counting: list[Any] = []
_draws = 0


def _count_draw() -> None:
    global _draws
    _draws += 1


def count_draws(area_type: str) -> None:
    """Count from now on how often the sidebar of the first area of a type is drawn."""
    global _draws
    if _counting:
        kind, handler = _counting
        kind.draw_handler_remove(handler, "UI")
    kind = type(area(area_type).spaces.active)
    _counting[:] = [kind, kind.draw_handler_add(_count_draw, (), "UI", "POST_PIXEL")]
    _draws = 0


def is_drawn(area_type: str, times: int) -> bool:
    """Whether the sidebar was drawn so often since ``count_draws``; when not, it will be."""
    if _draws < times:
        region(area_type, "UI").tag_redraw()
    return _draws >= times


_namespace: dict[str, Any] = {
    "bpy": bpy,
    "area": area,
    "is_open": is_open,
    "place": place,
    "search": search,
    "hide_panel": hide_panel,
    "watch_panel": watch_panel,
    "is_panel_open": is_panel_open,
    "region": region,
    "rectangle": rectangle,
    "choose_category": choose_category,
    "count_draws": count_draws,
    "is_drawn": is_drawn,
    "button_under_mouse": button_under_mouse,
}


def _evaluate(code: str) -> Any:
    _namespace["result"] = None
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window):
        try:
            compiled = compile(code, "<test>", "eval")
        except SyntaxError:
            exec(compile(code, "<test>", "exec"), _namespace)
            return _namespace["result"]
        return eval(compiled, _namespace)


def _as_json(thing: Any) -> Any:
    """Vectors, collections and sets as lists; anything else as Blender shows it."""
    try:
        return list(thing)
    except TypeError:
        return repr(thing)


def _answer(connection: socket.socket) -> None:
    connection.settimeout(5)
    with connection, connection.makefile("rwb") as stream:
        request = json.loads(stream.readline(MAX_REQUEST_BYTES))
        try:
            answer = {"result": _evaluate(request["code"])}
        except Exception:
            answer = {"error": traceback.format_exc()}
        stream.write(json.dumps(answer, default=_as_json).encode() + b"\n")


def _look(listener: socket.socket) -> float:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return LOOK_INTERVAL_SECONDS
    _answer(connection)
    return 0.0


def main() -> None:
    """Make the window quiet, run the test's own script, and start to listen."""
    # The log must be whole when Blender is killed.
    sys.stdout.reconfigure(line_buffering=True)
    preferences = bpy.context.preferences
    preferences.use_preferences_save = False
    preferences.view.show_splash = False
    if os.environ.get("TRELLIS_TEST_PLAIN"):
        preferences.system.viewport_aa = "OFF"
    if script := os.environ.get("TRELLIS_TEST_SCRIPT"):
        with open(script, encoding="utf-8") as file:
            exec(compile(file.read(), script, "exec"), {"__name__": "__main__", "bpy": bpy})
    listener = socket.socket(socket.AF_UNIX)
    # Under its name only when it listens: the test connects as soon as the name is there.
    address = os.environ["TRELLIS_TEST_SOCKET"]
    listener.bind(f"{address}.new")
    listener.listen()
    os.rename(f"{address}.new", address)
    listener.setblocking(False)
    bpy.app.timers.register(lambda: _look(listener), first_interval=0.1, persistent=True)


main()

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
from typing import Any

import bpy

LOOK_INTERVAL_SECONDS = 0.02
MAX_REQUEST_BYTES = 1 << 20


def area(area_type: str) -> "bpy.types.Area":
    """Return the first area of a type in the first window."""
    return next(a for a in bpy.context.window_manager.windows[0].screen.areas if a.type == area_type)


def region(area_type: str, region_type: str) -> "bpy.types.Region":
    """Return a region of the first area of a type."""
    return next(r for r in area(area_type).regions if r.type == region_type)


def rectangle(area_type: str, region_type: str = "WINDOW") -> list[int]:
    """Return left, top, width and height in pixels from the window's top left, as the mouse counts."""
    found = region(area_type, region_type)
    height = bpy.context.window_manager.windows[0].height
    return [found.x, height - found.y - found.height, found.width, found.height]


def button_under_mouse(area_type: str, region_type: str) -> str:
    """Return the operator call or the data path of the button the mouse is over; empty when there is none."""
    window_manager = bpy.context.window_manager
    window_manager.clipboard = ""
    window = window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=area(area_type), region=region(area_type, region_type)):
        for ask, options in (
            (bpy.ops.ui.copy_python_command_button, {}),
            (bpy.ops.ui.copy_data_path_button, {"full_path": True}),
        ):
            if ask.poll():
                ask(**options)
                break
    return window_manager.clipboard


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender's window: times what comes of a real press of Generate, until Blender serves others again.

From when the button, let go of, asks whether it may: a button that is held lets nobody else see the mouse. Blender
serves timers before it draws. So the first one after the press comes when the press is over, with what Blender tells
of it to its editors, and the second when all is drawn, too, which here is done without a graphics card.
"""

import functools
import time
from collections import defaultdict
from typing import Any

import bpy

BEAT_SECONDS = 0.001
USABLE, DRAWN, OWN = "usable again", "usable again and drawn", "usable again and drawn, an Empty added by Blender"
times: dict[str, list[float]] = defaultdict(list)
_asked = {"wall": 0.0, "at work": 0.0}
_ended: list[tuple[bool, float]] = []
"""Whether what has just ended was a press, and when it began."""
_drawing: list[tuple[bool, float]] = []
"""The same, once a timer was served: what comes now is drawing."""


def _beat() -> float:
    now = time.perf_counter()
    for is_press, began in _drawing:
        times[DRAWN if is_press else OWN].append((now - began) * 1000)
    times[USABLE] += [(now - began) * 1000 for is_press, began in _ended if is_press]
    _drawing[:] = _ended
    _ended.clear()
    return BEAT_SECONDS


def install(operator: Any, readiness: Any) -> None:
    """Watch from now on. ``readiness`` is what the operator's poll asks, which itself cannot be wrapped."""
    invoke, asked = operator.invoke, readiness.generate_reason

    @functools.wraps(asked)
    def asking(*given: Any, **named: Any) -> Any:
        _asked["wall"], _asked["at work"] = time.perf_counter(), time.thread_time()
        return asked(*given, **named)

    def measured(self: Any, context: Any, event: Any) -> Any:
        began, of_thread = _asked["wall"], _asked["at work"]
        try:
            return invoke(self, context, event)
        finally:
            times["held by the press"].append((time.perf_counter() - began) * 1000)
            times["held by the press, at work"].append((time.thread_time() - of_thread) * 1000)
            _ended.append((True, began))

    readiness.generate_reason, operator.invoke = asking, measured
    bpy.app.timers.register(_beat, persistent=True)


def add_an_empty(areas: list[Any]) -> None:
    """Have Blender do what a press does with a scene, for comparison: add an object, and draw all that shows it."""
    began = time.perf_counter()
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=areas[0], region=areas[0].regions[-1]):
        bpy.ops.object.empty_add()
    for area in areas:
        area.tag_redraw()
    _ended.append((False, began))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said over placeholders can be read where several stand at one place, at 1x and at 2x, in a real window."""

import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS, Window

SPY = f"""
import sys
overlay = sys.modules['{scene.PACKAGE}.blender.overlay']
draw, drawn = overlay._draw_label, []
def spied(*given):
    covered = draw(*given)
    drawn.append((given[2].name, given[2].stage, tuple(covered) if covered is not None else None))
    return covered
overlay._draw_label = spied
def seen():
    drawn.clear()
    bpy.ops.wm.redraw_timer(type='DRAW_WIN', iterations=1)
    return list(drawn)
bpy.data.objects['Cube'].hide_set(True)
result = None
"""


def order(window: Window, *seeds: int) -> None:
    for seed in seeds:
        window.call(
            f"bpy.context.scene.trellis.seed = {seed}\n"
            "with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):\n"
            "    bpy.ops.trellis.generate('INVOKE_DEFAULT')\nresult = None"
        )
    window.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()].count('processing') == {seeds[-1]}")


def seen(window: Window) -> list[Any]:
    told = window.call("seen()")
    assert isinstance(told, list)
    return told


def is_apart(one: list[float], other: list[float]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("scale", [1, 2])
def test_several_at_one_place_are_read_one_above_another(
    open_window: Callable[..., Window], artifacts: Path, scale: int
) -> None:
    with scene.start_server() as server:
        window = scene.in_front(open_window, server)
        window.call(f"bpy.context.preferences.view.ui_scale = {scale}\nresult = None")
        window.call(SPY)
        server.control.settings(job_seconds=1_000_000)  # no label has another percentage while they are counted
        order(window, 1, 2, 3)
        names = f"[job.name for job in {scene.SESSION}.jobs.values()]"
        assert [name for name, _stage, _covered in seen(window)] == window.call(names)
        for one, other in combinations([covered for _name, _stage, covered in seen(window)], 2):
            assert is_apart(one, other)
        time.sleep(SIDEBAR_DRAW_SECONDS)
        window.screenshot(artifacts / "three.png")

        order(window, 4, 5, 6)
        told = seen(window)
        assert len(told) == 4 and told[0][:2] == ["", "3 more are running"], "else they would fill the view"
        for one, other in combinations([covered for _name, _stage, covered in told], 2):
            assert is_apart(one, other)
        window.call(
            "box = next(o for o in bpy.data.objects if o.name.startswith('mushroom'))\n"
            "box.location.x += 3\nbox.name = 'Mine'\nresult = None"
        )
        window.wait_for("len(seen()) == 5")
        told = [entry[:2] for entry in seen(window)]
        assert told.count(["", "2 more are running"]) == 1, "one stands by itself now, whatever it is called"
        time.sleep(SIDEBAR_DRAW_SECONDS)
        window.screenshot(artifacts / "six.png")

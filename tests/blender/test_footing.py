# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators called elsewhere: Blender up to 5.0 reads what temp_override leaves without the interpreter's lock."""

import ctypes
import gc
import threading
from collections.abc import Iterator
from typing import Any

import bpy
import pytest
from artist import module

WORDS = 32
"""Of what Blender keeps as its context."""
TURNS = 400


def words() -> list[int]:
    return list((ctypes.c_size_t * WORDS).from_address(bpy.context.as_pointer()))


@pytest.fixture
def left() -> list[int]:
    """Give where in its context Blender keeps the dictionary of those who override it."""
    before = words()
    with bpy.context.temp_override():
        changed = [at for at, (was, now) in enumerate(zip(before, words(), strict=True)) if was != now]
    assert changed and not any(before[at] for at in changed)
    return changed


@pytest.fixture
def view() -> dict[str, Any]:
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return {"window": window, "area": area, "region": next(one for one in area.regions if one.type == "WINDOW")}


@pytest.fixture
def busy() -> Iterator[None]:
    """Have a thread run Python all the time."""
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            [f"trellis {number}" for number in range(100)]

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def here() -> list[Any]:
    return [getattr(bpy.context, name) for name in ("window", "screen", "area", "region", "scene")]


@pytest.mark.parametrize("names", [["window"], ["area"], ["area", "region"], ["window", "area", "region"], []])
def test_no_dictionary_is_left(left: list[int], view: dict[str, Any], names: list[str]) -> None:
    """Blender crashed in whichever thread came first, now and then, up to 5.0."""
    at, before, context = module("blender.footing").at, here(), words()
    places = {name: view[name] for name in names}
    with at(**places):
        assert [getattr(bpy.context, name) for name in names] == list(places.values())
        if not module("blender.footing")._IS_SAFE:
            assert not names or not any(words()[place] for place in left), "Blender would read it without the lock"
        with at(window=view["window"]):
            assert bpy.context.window == view["window"] and bpy.context.area is None
        assert [getattr(bpy.context, name) for name in names] == list(places.values())
    assert here() == before and words() == context


def test_what_fails_there_leaves_nothing(left: list[int], view: dict[str, Any]) -> None:
    at, context = module("blender.footing").at, words()
    with pytest.raises(RuntimeError), at(**view):
        raise RuntimeError
    assert words() == context
    outliner = next(area for area in view["window"].screen.areas if area.type == "OUTLINER")
    with pytest.raises(TypeError), at(area=outliner, region=view["region"]):
        raise AssertionError("it is not in that area")
    assert words() == context


def test_a_file_may_be_opened_there(left: list[int], view: dict[str, Any]) -> None:
    """What was there is gone, and Blender stands nowhere then, as with its own override."""
    with module("blender.footing").at(**view):
        bpy.ops.wm.read_homefile(use_empty=True)
    assert here()[:4] == [None] * 4 and not any(words()[at] for at in left)
    window, nowhere = bpy.context.window_manager.windows[0], words()
    with module("blender.footing").at(window=window):  # as a timer does
        assert bpy.context.window == window
    assert words() == nowhere
    bpy.ops.wm.read_homefile(use_empty=True)
    assert bpy.context.window == bpy.context.window_manager.windows[0] and bpy.context.area is None


def test_within_what_another_overrides(left: list[int], view: dict[str, Any]) -> None:
    with bpy.context.temp_override(kin=bpy.context.scene):
        known = [words()[at] for at in left]
        with module("blender.footing").at(**view):
            assert bpy.context.area == view["area"]
        assert bpy.context.kin == bpy.context.scene and [words()[at] for at in left] == known
    assert not any(words()[at] for at in left)


def test_many_times_while_another_thread_is_busy(view: dict[str, Any], busy: None) -> None:
    at = module("blender.footing").at
    gc.collect()
    for _turn in range(TURNS):
        with at(**view):
            bpy.ops.object.select_all(action="DESELECT")
    assert bpy.context.area is None

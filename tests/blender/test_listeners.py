# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender calls of ours when a script empties its handler lists, as some do: all of it once, or none of it."""

import logging
from collections.abc import Iterator
from typing import Any

import bpy
import pytest
from artist import Artist, await_no_thread, module

from footprint import PACKAGE, Footprint, take_footprint


def lists() -> dict[str, list[Any]]:
    found = ((name, getattr(bpy.app.handlers, name)) for name in dir(bpy.app.handlers))
    return {name: functions for name, functions in found if isinstance(functions, list)}


def empty() -> None:
    for functions in lists().values():
        functions.clear()


def ours() -> tuple[str, ...]:
    """Give what is heard, with repeats, in the order of each list."""
    return tuple(
        f"{name}: {function.__module__}.{function.__qualname__}"
        for name, functions in lists().items()
        for function in functions
        if function.__module__.startswith(PACKAGE)
    )


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Leave what Blender itself hears as it was."""
    others = {
        name: [f for f in functions if not f.__module__.startswith(PACKAGE)] for name, functions in lists().items()
    }
    yield
    if PACKAGE not in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_enable(module=PACKAGE)
    module("blender.listeners").restore()
    for name, functions in lists().items():
        functions[:0] = [function for function in others[name] if function not in functions]


def test_switching_off_and_on_after_a_script_emptied_all_lists(ready: Artist, untouched: Footprint) -> None:
    before = ours()
    empty()
    assert bpy.ops.preferences.addon_disable(module=PACKAGE) == {"FINISHED"}
    await_no_thread()
    assert not ours() and take_footprint().classes == untouched.classes and not hasattr(bpy.types.Scene, "trellis")
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert ours() == before
    again = Artist(ready.simulator, ready.folder)
    assert again.wait(again.order())[0].state.value == "imported"
    again.leave()
    await_no_thread()


def test_what_a_script_took_out_comes_back_in_its_order_and_is_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, listeners = module("blender.watch"), module("blender.listeners")
    monkeypatch.setattr(listeners, "_is_told", False)
    before = ours()
    assert not listeners.restore() and ours() == before
    empty()
    bpy.app.handlers.load_post.append(len)
    with caplog.at_level(logging.INFO, logger=PACKAGE):
        watch._look_around()
        assert ours() == before and bpy.app.handlers.load_post[0] is len
        empty()
        bpy.app.handlers.undo_post.append(watch._undone)  # the second of two
        watch._look_around()
        assert ours() == before
    assert len({record for record in caplog.records if "handler lists" in record.message}) == 1


def test_what_a_script_puts_back_is_not_in_twice() -> None:
    before, taken = ours(), {name: functions[:] for name, functions in lists().items()}
    empty()
    module("blender.watch")._look_around()
    for name, functions in lists().items():
        functions.extend(taken[name])
    assert len(ours()) == 2 * len(before)
    module("blender.watch")._look_around()
    assert ours() == before
    for name, functions in lists().items():
        functions.extend(taken[name])
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not ours()
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert ours() == before


def test_an_order_by_a_script_without_a_window_puts_them_back(ready: Artist) -> None:
    before = ours()
    empty()
    ready.wait(ready.order())
    assert ours() == before


def test_lists_that_a_render_of_ours_holds_stay_empty() -> None:
    silence, before = module("blender.taking.silence"), ours()
    silence.begin()
    try:
        module("blender.watch")._look_around()
        assert not bpy.app.handlers.render_complete and len(bpy.app.handlers.render_init) == 1
    finally:
        silence.end()
    assert ours() == before
    empty()
    module("blender.watch")._look_around()
    assert ours() == before

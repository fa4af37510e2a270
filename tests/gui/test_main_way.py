# SPDX-License-Identifier: GPL-3.0-or-later
"""The main way by mouse and keys alone, from the sidebar to the saved file; only what is light is set beforehand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import LONG_TEST_TIMEOUT_SECONDS, Window
from tests.simulator.remote import Process

OBJECTS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons]"
PLACEHOLDERS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom · ')]"
FOLLOWED = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for w in bpy.context.window_manager.windows for o in w.modal_operators)"
)
SIDEBAR_SHOWN = "area('VIEW_3D').spaces.active.show_region_ui"
TAB = "region('VIEW_3D', 'UI').active_panel_category"
PREVIEW = f"len({scene.SESSION}.previews._told)"
SETTINGS = "bpy.context.scene.trellis"
FILES = "area('FILE_BROWSER').spaces.active"
MOST_TABS = 8


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server("--job-seconds", "3600") as running:
        yield running


@pytest.mark.timeout(LONG_TEST_TIMEOUT_SECONDS)
def test_from_the_sidebar_to_the_saved_file(
    open_window: Callable[..., Window], server: Process, artifacts: Path
) -> None:
    window = open_window(size=(1280, 1000))
    scene.connect(window, server)
    window.call(f"{SETTINGS}.decimation_target, {SETTINGS}.texture_size = {scene.FEW_FACES}, '1024'\nresult = None")
    open_the_tab(window)
    window.screenshot(artifacts / "1-tab.png")
    open_the_picture(window, scene.make_picture(window.home / "mushroom.png"), artifacts)
    generate(window, server, artifacts)
    take_back_and_do_again(window)
    look_at_it(window, artifacts)
    save(window, artifacts)
    assert server.control.counters()["accepted"] == 1
    assert not server.control.violations()


def over_the_view(window: Window) -> None:
    left, top, _width, height = window.rectangle("VIEW_3D")
    window.display.move(left + 300, top + height - 100)


def open_the_tab(window: Window) -> None:
    """N shows the sidebar, and Ctrl Tab over it goes from tab to tab."""
    over_the_view(window)
    window.key("n")
    window.wait_for(SIDEBAR_SHOWN)
    window.open_sidebar("VIEW_3D")  # it is there, so this waits until it is drawn
    left, top, width, _height = window.rectangle("VIEW_3D", "UI")
    window.display.move(left + width // 2, top + 20)
    for _press in range(MOST_TABS):
        if window.call(TAB) == "TRELLIS":
            return
        before = window.call(TAB)
        window.key("ctrl+Tab")
        window.wait_for(f"{TAB} != {before!r}")
    raise AssertionError("the tab is not among the first")


def open_the_picture(window: Window, path: Path, artifacts: Path) -> None:
    """Open leads to Blender's file browser, where the picture is found by typing.

    A key is pressed again while nothing has come of it: it may have ended a field that was typed into.
    """
    window.click(*window.find_button("trellis.open_picture"))
    window.wait_for("is_open('FILE_BROWSER')")
    window.wait_for(f"{FILES}.params is not None")
    assert window.call(f"{FILES}.params.display_type") == "THUMBNAIL"
    window.call(f"{FILES}.params.directory = {str(path.parent)!r}.encode()\nresult = None")
    window.to_front("FILE_BROWSER")
    window.key("ctrl+f")
    window.type(path.stem)
    window.key("Return")
    window.press_until(lambda: window.key("Down"), f"{FILES}.params.filename == {path.name!r}")
    window.screenshot(artifacts / "2-file.png")
    window.press_until(lambda: window.key("Return"), "not is_open('FILE_BROWSER')")
    window.wait_for(f"{SETTINGS}.source_image is not None")
    window.wait_for(PREVIEW)


def generate(window: Window, server: Process, artifacts: Path) -> None:
    selected = window.call("[o.name for o in bpy.context.selected_objects]")
    window.click(*window.find_button("trellis.generate"))
    window.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    window.wait_for(FOLLOWED)
    window.wait_for(PLACEHOLDERS)
    window.screenshot(artifacts / "3-running.png")
    scene.let_go(server)
    window.wait_for(OBJECTS)
    assert window.call("bpy.data.objects['mushroom'].users_collection[0].name") == "TRELLIS"
    faces = window.call("len(bpy.data.objects['mushroom'].data.polygons)")
    assert abs(faces - scene.FEW_FACES) < 0.2 * scene.FEW_FACES
    assert window.call("[o.name for o in bpy.context.selected_objects]") == selected
    window.wait_for(f"not ({FOLLOWED} or {scene.SESSION}.watched)")


def take_back_and_do_again(window: Window) -> None:
    over_the_view(window)
    window.key("ctrl+z")
    window.wait_for(f"not {OBJECTS} and {PLACEHOLDERS}")
    window.key("ctrl+z")
    window.wait_for(f"not {PLACEHOLDERS}")
    assert window.call("'Cube' in bpy.data.objects and not bpy.data.collections.get('TRELLIS')")
    window.key("ctrl+shift+z")
    window.wait_for(PLACEHOLDERS)
    window.key("ctrl+shift+z")
    window.wait_for(OBJECTS)


def look_at_it(window: Window, artifacts: Path) -> None:
    """The job's button selects it, and the sidebar tells how it was made."""
    window.click(*window.find_button("trellis.show_object"))
    window.wait_for("[o.name for o in bpy.context.selected_objects] == ['mushroom']")
    window.find_button("trellis.more_seeds")
    window.screenshot(artifacts / "4-shown.png")


def save(window: Window, artifacts: Path) -> None:
    over_the_view(window)
    window.key("ctrl+s")
    window.wait_for("is_open('FILE_BROWSER')")
    window.wait_for(f"{FILES}.params is not None")
    window.call(f"{FILES}.params.directory = {str(window.home)!r}.encode()\nresult = None")
    window.to_front("FILE_BROWSER")
    window.screenshot(artifacts / "5-save.png")
    window.press_until(lambda: window.key("Return"), "bpy.data.filepath and not bpy.data.is_dirty")
    saved = Path(window.call("bpy.data.filepath"))
    assert saved.parent == window.home and saved.stat().st_size > 0

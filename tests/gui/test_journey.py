# SPDX-License-Identifier: GPL-3.0-or-later
"""The main way in a real window, pressed with a real mouse; and what an artist does while a job runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

OBJECTS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom') and o.data.polygons]"
PLACEHOLDERS = "[o.name for o in bpy.data.objects if o.name.startswith('mushroom · ')]"
FOLLOWED = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for w in bpy.context.window_manager.windows for o in w.modal_operators)"
)

FOLLOWED_IN_THE_SECOND = (
    "any(o.bl_idname == 'TRELLIS_OT_watch' for o in bpy.context.window_manager.windows[1].modal_operators)"
)
FOLLOW_IN_THE_SECOND = f"""
manager = bpy.context.window_manager
if len(manager.windows) == 1:
    bpy.ops.wm.window_new()
result = not ({FOLLOWED})
if result:
    with bpy.context.temp_override(window=manager.windows[1]):
        bpy.ops.trellis.generate('INVOKE_DEFAULT')
        bpy.ops.trellis.watch('INVOKE_DEFAULT')
"""
"""Only when nothing is followed in the first: of a preview or the balance, which only one of them does."""

LOOK_AT_IT = """
bpy.data.objects['Cube'].hide_set(True)
view = area('VIEW_3D')
view.spaces.active.shading.type = 'MATERIAL'
view.spaces.active.region_3d.view_distance = 2.2
looked = 0
def count_frames():
    global looked
    looked += 1
    view.tag_redraw()
counter = bpy.types.SpaceView3D.draw_handler_add(count_frames, (), 'WINDOW', 'POST_PIXEL')
view.tag_redraw()
result = None
"""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        yield running


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process) -> Window:
    """A window in front of the server, with a picture chosen and the sidebar open; tall, so that jobs are seen."""
    window = open_window(size=(1280, 1000))
    scene.connect(window, server)
    scene.choose_picture(window)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    return window


def press_generate(window: Window, area_type: str = "VIEW_3D") -> None:
    window.click(*window.find_button("trellis.generate", area_type, "UI"))


def test_generate_pressed_in_the_viewport(ready: Window, server: Process, artifacts: Path) -> None:
    selected = ready.call("[o.name for o in bpy.context.selected_objects]")
    ready.screenshot(artifacts / "1-ready.png")
    scene.hold(server)
    press_generate(ready)
    ready.wait_for(FOLLOWED)
    ready.wait_for(PLACEHOLDERS)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    ready.screenshot(artifacts / "2-running.png")
    scene.let_go(server)
    ready.wait_for(OBJECTS)
    assert ready.call("bpy.data.objects['mushroom'].users_collection[0].name") == "TRELLIS"
    faces = ready.call("len(bpy.data.objects['mushroom'].data.polygons)")
    assert abs(faces - scene.FEW_FACES) < 0.2 * scene.FEW_FACES
    assert ready.call("[o.name for o in bpy.context.selected_objects]") == selected
    ready.wait_for(f"not ({FOLLOWED})")
    ready.call(LOOK_AT_IT)
    ready.wait_for("looked > 1")  # the first frame of Material Preview waits for its shaders
    ready.screenshot(artifacts / "3-done.png")
    assert server.control.counters()["accepted"] == 1
    assert not server.control.violations()

    ready.call("bpy.data.objects['Cube'].hide_set(False)\nresult = None")
    ready.display.move(300, 600)
    ready.key("ctrl+z")
    ready.wait_for(f"not {OBJECTS} and {PLACEHOLDERS}")
    ready.key("ctrl+z")
    ready.wait_for(f"not {PLACEHOLDERS}")
    assert ready.call("'Cube' in bpy.data.objects and not bpy.data.collections.get('TRELLIS')")
    ready.key("ctrl+shift+z")
    ready.wait_for(PLACEHOLDERS)
    ready.key("ctrl+shift+z")
    ready.wait_for(OBJECTS)


def test_a_double_click_pays_once(ready: Window, server: Process) -> None:
    server.control.settings(job_seconds=3)
    ready.double_click(*ready.find_button("trellis.generate"))
    ready.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 1


def test_cancel_pressed_while_it_runs(ready: Window, server: Process, artifacts: Path) -> None:
    scene.hold(server)
    press_generate(ready)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    ready.click(*ready.find_button("trellis.cancel"))
    ready.wait_for(f"all(j.state.value == 'cancelled' for j in {scene.SESSION}.jobs.values())")
    ready.screenshot(artifacts / "cancelled.png")
    assert [job["state"] for job in server.control.jobs()] == ["cancelled"]
    assert "billed" in str(scene.jobs(ready)[0]["error"])
    ready.wait_for(f"not {PLACEHOLDERS}")
    ready.wait_for(f"not ({FOLLOWED})")


def test_another_file_is_opened_while_it_runs(ready: Window, server: Process) -> None:
    scene.hold(server)
    press_generate(ready)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    ready.wait_for(FOLLOWED)
    ready.call("bpy.ops.wm.read_homefile()\nresult = None")
    ready.wait_for(FOLLOWED)
    scene.let_go(server)
    ready.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['downloaded']")
    assert not ready.call(OBJECTS), "it came into a file that did not ask for it"
    ready.open_sidebar("VIEW_3D", "TRELLIS")
    ready.click(*ready.find_button("trellis.import_job"))
    ready.wait_for(OBJECTS)


def test_the_window_that_follows_is_closed(ready: Window, server: Process) -> None:
    scene.hold(server)
    ready.wait_for(FOLLOW_IN_THE_SECOND)
    ready.wait_for(f"any(j.state.value == 'processing' for j in {scene.SESSION}.jobs.values())")
    assert ready.call(FOLLOWED_IN_THE_SECOND)
    ready.call("with bpy.context.temp_override(window=bpy.context.window_manager.windows[1]):\n"
               "    bpy.ops.wm.window_close()\nresult = None")  # fmt: skip
    ready.wait_for(f"len(bpy.context.window_manager.windows) == 1 and {FOLLOWED}")
    scene.let_go(server)
    ready.wait_for(OBJECTS)


def test_an_error_is_a_sentence_in_the_panel(ready: Window, server: Process, artifacts: Path) -> None:
    server.control.settings(balance=0.01)
    press_generate(ready)
    ready.wait_for(f"[j.state.value for j in {scene.SESSION}.jobs.values()] == ['refused']")
    ready.screenshot(artifacts / "refused.png")
    assert "Top up" in str(scene.jobs(ready)[0]["error"])
    assert "Traceback" not in ready.log_text()


def test_generate_pressed_in_the_image_editor(ready: Window, server: Process, artifacts: Path) -> None:
    ready.call("area('VIEW_3D').type = 'IMAGE_EDITOR'\n"
               "area('IMAGE_EDITOR').spaces.active.image = bpy.data.images['mushroom.png']\n"
               "bpy.context.scene.trellis.source_image = None\nresult = None")  # fmt: skip
    ready.open_sidebar("IMAGE_EDITOR", "TRELLIS")
    ready.screenshot(artifacts / "image-editor.png")
    press_generate(ready, "IMAGE_EDITOR")
    ready.wait_for(OBJECTS)
    assert server.control.counters()["accepted"] == 1


def test_the_first_start_says_what_is_missing(window: Window, artifacts: Path) -> None:
    window.call("bpy.context.preferences.system.use_online_access = False\nresult = None")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.screenshot(artifacts / "1-offline.png")
    can_press = "bpy.ops.trellis.generate.poll()"
    reason = (f"__import__({scene.PACKAGE + '.blender.readiness'!r}, fromlist=['x'])"
              ".generate_reason(bpy.context)")  # fmt: skip
    assert not window.call(can_press)
    assert "Online access is off" in window.call(reason)
    window.call("bpy.context.preferences.system.use_online_access = True\nresult = None")
    assert not window.call(can_press)
    assert "API key" in window.call(reason)
    window.call(f"{scene.PREFERENCES}.api_key = 'sk-empiriolabs-anything'\nresult = None")
    window.display.move(400, 500)
    window.screenshot(artifacts / "2-no-source.png")
    assert "Image Editor" in window.call(reason)
    window.call(f"{scene.PREFERENCES}.server_url = 'http://example.com'\nresult = None")
    assert "https" in window.call(reason)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything of ours is drawn by a real window with a hundred jobs here and there, and touches nothing meanwhile."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.test_preferences import OPEN_PAGE
from tests.gui.test_sheet import make_sheet
from tests.gui.window import Window
from tests.simulator.remote import Process

EACH = 100
INSIDE = scene.CHECKOUT / "tests" / "blender"
LOAD = f"""
import importlib.util, sys
def load(name):
    spec = importlib.util.spec_from_file_location(name, {str(INSIDE)!r} + f'/{{name}}.py')
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
def ours(name):
    return sys.modules['{scene.PACKAGE}.' + name]
trap, crowd = load('trap'), load('crowd')
result = None
"""
OPEN_ALL = """
panels, preferences = ours('blender.panels'), ours('blender.preferences')
panels.unregister()
for cls in panels._CLASSES:
    cls.bl_options = set(getattr(cls, 'bl_options', ())) - {'DEFAULT_CLOSED'}
panels.register()
section = preferences.section
preferences.section = lambda layout, name, heading, closed=False: section(layout, name, heading)
result = None
"""
FILL = f"""
crowd.listed({EACH})
crowd.kept({EACH})
ours('blender.tidings').show(changed=True)
result = len(bpy.context.window_manager.trellis_history.rows)
"""
SPLIT = """
bpy.context.scene.trellis.source_image = bpy.data.images.load({path!r})
bpy.ops.trellis.split_sheet('EXEC_DEFAULT')
result = None
"""
SET = """
bpy.context.window_manager.trellis_history.active = 0
found = trap.Trap()
found.set()
result = None
"""
PLANT = """
def draw(self, context):
    open(trap.__file__).close()
draw.__module__ = trap.PACKAGE + '.planted'
bpy.types.STATUSBAR_HT_header.append(draw)
found = trap.Trap()
found.set()
window = bpy.context.window_manager.windows[0]
window.workspace.status_text_set_internal(None)
bpy.ops.wm.redraw_timer(type='DRAW_WIN_SWAP', iterations=1)
found.release()
bpy.types.STATUSBAR_HT_header.remove(draw)
result = None
"""
SHOW = """
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area({area!r})):
    {press}
result = None
"""
MENUS = ("TRELLIS_MT_panel", "TRELLIS_MT_object", "TRELLIS_MT_presets", "VIEW3D_MT_add", "VIEW3D_MT_object",
         "TOPBAR_MT_render")  # fmt: skip
POPOVERS = (
    *(f"TRELLIS_PT_history_wide{units}_view3d" for units in ("", 30, 24, 18)),
    "TRELLIS_PT_history_filter_view3d",
    "TRELLIS_PT_presets",
)
DIALOGS = ("more_seeds('INVOKE_DEFAULT')", "generate_sheet('INVOKE_DEFAULT')",
           "delete_jobs('INVOKE_DEFAULT', jobs=','.join(ours('blender.session').current().jobs))")  # fmt: skip
IN_A_MODULE = ["IMAGE_MT_image _draw_in_image", "TRELLIS_PT_additions_view3d.draw", "TRELLIS_PT_variants_view3d.draw",
               "TRELLIS_UL_history.draw_filter"]  # fmt: skip
"""What there is nothing to draw for here; tests/blender has it."""
ENTERED = "found.entered"


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.3)
        yield running


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process) -> Window:
    """A tall window with every panel open, an object, a split sheet, and a job that runs."""
    window = open_window(size=(1280, 1600))
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call(LOAD)
    window.call(OPEN_ALL)
    window.call("bpy.context.scene.trellis.resolution = '512'\nbpy.ops.trellis.generate()\nresult = None", timeout=120)
    server.control.settings(job_seconds=600)
    window.call(SHOW.format(area="VIEW_3D", press="bpy.ops.trellis.generate('INVOKE_DEFAULT')"))
    make_sheet(window.home / "garden.png")
    window.call(SPLIT.format(path=str(window.home / "garden.png")))
    window.wait_for("ours('blender.overlay').is_drawing()")
    assert window.call(FILL) == 2 * EACH + 2
    return window


def show(window: Window, press: str, area: str = "VIEW_3D") -> None:
    """Open a menu, a popover or a dialog, and close it again."""
    window.display.move(500, 700)
    window.call(SHOW.format(area=area, press=press))
    time.sleep(0.3)
    window.hear()
    window.key("Escape")
    window.hear()


def test_nothing_is_touched(ready: Window, artifacts: Path) -> None:
    ready.call(SET)
    ready.open_sidebar("VIEW_3D", "TRELLIS")
    ready.wait_for(f"'TRELLIS_PT_history_view3d.draw' in {ENTERED} and 'overlay' in {ENTERED}")
    for name in MENUS:
        show(ready, f"bpy.ops.wm.call_menu(name={name!r})")
    for name in POPOVERS:
        show(ready, f"bpy.ops.wm.call_panel(name={name!r})")
    for call in DIALOGS:
        show(ready, f"bpy.ops.trellis.{call}")
    ready.screenshot(artifacts / "1-sidebar.png")
    ready.call(OPEN_PAGE)
    ready.wait_for(f"'TrellisPreferences.draw' in {ENTERED}")
    ready.screenshot(artifacts / "2-page.png")
    ready.call("found.release()")
    assert not ready.call("sorted(found.caught)")
    assert ready.call("[name for name in found.missing if 'draw' in name]") == IN_A_MODULE
    ready.call(PLANT)
    assert ready.call("sorted(found.caught)"), "or nothing would be caught"

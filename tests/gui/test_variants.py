# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds ordered in the dialog, leafed through with the keyboard, and picked among portraits, in a real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

SHOWN = """
import json
item = bpy.context.view_layer.objects.active
result = json.loads(item['trellis_recipe'])['seed'] if item is not None and 'trellis_recipe' in item else None
"""
SEEDS = """
import json
import sys
variants = sys.modules['bl_ext.user_default.trellis_blender.blender.variants']
item = bpy.context.view_layer.objects.active
result = [json.loads(mesh['trellis_recipe'])['seed'] for mesh in variants.meshes(item)]
"""
SHOWN_INDEX = "[entry.is_shown for entry in bpy.context.view_layer.objects.active.trellis.variants].index(True)"
VARIANTS = "len(bpy.context.view_layer.objects.active.trellis.variants)"
CLASHES = """
wanted = {('LEFT_BRACKET', -1), ('RIGHT_BRACKET', 1)}
keyconfigs = bpy.context.window_manager.keyconfigs
ours = [item for item in keyconfigs.addon.keymaps['Object Mode'].keymap_items if item.idname == 'trellis.step_variant']
assert {(item.type, item.properties.by) for item in ours} == wanted and all(item.alt for item in ours)
heard = ('Object Mode', '3D View', '3D View Generic', 'Window', 'Screen', 'Screen Editing', 'Frames', 'User Interface',
         'Object Non-modal', 'View2D')
result = [
    (keymap.name, item.idname) for keymap in keyconfigs.default.keymaps if keymap.name in heard
    for item in keymap.keymap_items
    if item.active and item.type in ('LEFT_BRACKET', 'RIGHT_BRACKET') and (item.alt or item.any)
]
"""
ICONS = """
import sys
portraits = sys.modules['bl_ext.user_default.trellis_blender.blender.portraits']
result = len([number for number in portraits._icons if portraits._icons[number].icon_id])
"""
OPEN_GRID = """
panel = bpy.types.TRELLIS_PT_variants_view3d
bpy.utils.unregister_class(panel)
panel.bl_options = set()
bpy.utils.register_class(panel)
area('VIEW_3D').tag_redraw()
result = None
"""
"""It is closed at first, and only a click on its heading opens it."""


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        yield running


def shows(window: Window, seed: int) -> None:
    said = "bpy.context.view_layer.objects.active['trellis_recipe']"
    window.wait_for(f"__import__('json').loads({said})['seed'] == {seed}")


def test_seeds_are_ordered_leafed_through_and_picked(
    open_window: Callable[..., Window], server: Process, artifacts: Path
) -> None:
    window = open_window(size=(1280, 1500))
    assert window.call(CLASHES) == []
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call("bpy.context.scene.trellis.resolution = '512'\nbpy.ops.trellis.generate()\nresult = None", timeout=120)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.call(OPEN_GRID)
    window.click(*window.find_button("trellis.more_seeds", "VIEW_3D", "UI"))
    window.wait_for("True")
    window.screenshot(artifacts / "1-dialog.png")
    window.key("Return")
    window.wait_for(f"{VARIANTS} == 5", timeout=120)
    seeds = window.call(SEEDS)
    assert len(set(seeds)) == 5 and seeds[0] == window.call(SHOWN)
    window.display.move(300, 600)
    for press, wanted in (("alt+bracketright", 1), ("alt+bracketright", 2), ("alt+bracketleft", 1), ("ctrl+z", 2)):
        window.key(press)
        shows(window, seeds[wanted])
    assert server.control.counters()["accepted"] == 5
    window.call(ICONS)
    window.wait_for("len([n for n in portraits._icons if portraits._icons[n].icon_id]) == 5")
    window.screenshot(artifacts / "2-panel.png")
    window.click(*window.find_button("trellis.pick_variant", "VIEW_3D", "UI"))
    window.wait_for(f"{SHOWN_INDEX} != 2")
    window.screenshot(artifacts / "3-picked.png")

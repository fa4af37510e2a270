# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds ordered in the dialog, leafed through by keys and by mouse, picked among portraits, kept and discarded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui import scene
from tests.gui.window import SIDEBAR_EDGE_PIXELS, Window
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
keyconfigs = bpy.context.window_manager.keyconfigs
ours = [
    (keymap.name, item) for keymap in keyconfigs.addon.keymaps for item in keymap.keymap_items
    if item.idname.startswith('trellis.')
]
beside = {'3D View', '3D View Generic', 'Window', 'Screen', 'Screen Editing', 'Frames', 'User Interface',
          'Object Non-modal', 'View2D'}
def pressed(item):
    return item.type, item.shift_ui, item.ctrl_ui, item.alt_ui, item.oskey_ui, item.key_modifier
def is_same(one, other):
    return one.type == other.type and (other.any or pressed(one)[:6] == pressed(other)[:6])
result = dict(
    ours=sorted([name, item.type, item.alt, item.properties.by] for name, item in ours),
    shown=sorted(
        [name, item.type] for name, item in ours
        for entry in keyconfigs.user.keymaps[name].keymap_items if entry.idname == item.idname and is_same(item, entry)
    ),
    clashes=[
        (keymap.name, item.idname) for name, one in ours for keymap in keyconfigs.active.keymaps
        if keymap.name == name or keymap.name in beside
        for item in keymap.keymap_items if item.active and is_same(one, item)
    ],
    compared=sum(len(keymap.keymap_items) for keymap in keyconfigs.active.keymaps if keymap.name in beside),
)
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
SAVE_PAINTED = """
import sys
painted = sys.modules['bl_ext.user_default.trellis_blender.blender.painted']
surfaces = sys.modules['bl_ext.user_default.trellis_blender.blender.surfaces']
image = surfaces.image(bpy.context.view_layer.objects.active.data)
image.pixels[0] = 1.0 - image.pixels[0]
image.update()
assert image.is_dirty
if 'Mine' not in bpy.context.preferences.filepaths.asset_libraries:
    bpy.context.preferences.filepaths.asset_libraries.new(name='Mine', directory=FOLDER)
with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area('VIEW_3D')):
    bpy.ops.trellis.save_asset('INVOKE_DEFAULT')
result = len(painted._begun)
"""
INDUSTRY = """
import os
path = next(path for path in (os.path.join(folder, 'Industry_Compatible.py')
                              for folder in bpy.utils.preset_paths('keyconfig')) if os.path.isfile(path))
before = bpy.context.window_manager.keyconfigs.active.name
assert bpy.utils.keyconfig_set(path)
result = bpy.context.window_manager.keyconfigs.active.name
"""
BACK = """
bpy.context.window_manager.keyconfigs.active = bpy.context.window_manager.keyconfigs[before]
result = bpy.context.window_manager.keyconfigs.active.name
"""
LEFT_PIXELS = 32
"""From the sidebar's left border to the middle of a small button that stands there."""


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
    check_keys(window)
    assert window.call(INDUSTRY).startswith("Industry")
    check_keys(window)
    assert window.call(BACK) == "Blender"
    scene.connect(window, server)
    scene.choose_picture(window)
    window.call("bpy.context.scene.trellis.resolution = '512'\nbpy.ops.trellis.generate()\nresult = None", timeout=120)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.call(OPEN_GRID)
    below = window.find_button("trellis.generate")[1]  # no button of an object is looked for above that
    window.click(*window.find_button("trellis.more_seeds", below=below))
    window.wait_for("True")
    window.screenshot(artifacts / "1-dialog.png")
    window.key("Return")
    window.wait_for(f"{VARIANTS} == 5", timeout=120)
    seeds = window.call(SEEDS)
    assert len(set(seeds)) == 5 and seeds[0] == window.call(SHOWN)
    window.display.move(300, 600)
    for press, wanted in (
        ("alt+bracketright", 1), ("alt+bracketright", 2), ("alt+bracketleft", 1), ("ctrl+z", 2),
        ("alt+Next", 3), ("alt+Prior", 2),
    ):  # fmt: skip
        window.key(press)
        shows(window, seeds[wanted])
    assert server.control.counters()["accepted"] == 5
    window.call(ICONS)
    window.wait_for("len([n for n in portraits._icons if portraits._icons[n].icon_id]) == 5")
    window.screenshot(artifacts / "2-panel.png")
    window.click(*window.find_button("trellis.pick_variant", below=below))
    window.wait_for(f"{SHOWN_INDEX} != 2")
    window.screenshot(artifacts / "3-picked.png")
    leaf(window, below)
    keep_one_and_discard(window, below, artifacts)
    save_what_was_painted(window, artifacts)


def check_keys(window: Window) -> None:
    """Preferences > Keymap shows them, and no other shortcut is pressed by the same keys."""
    keys, steps = window.call(CLASHES), {"LEFT_BRACKET": -1, "PAGE_DOWN": 1, "PAGE_UP": -1, "RIGHT_BRACKET": 1}
    assert keys["ours"] == [["Object Mode", key, True, step] for key, step in steps.items()]
    assert keys["shown"] == [name[:2] for name in keys["ours"]]
    assert keys["clashes"] == [] and keys["compared"] > 100


def leaf(window: Window, below: int) -> None:
    """The triangles stand at both ends of a row."""
    shown = window.call(SHOWN_INDEX)
    back = window.find_button("trellis.step_variant(by=-1)", from_edge=-LEFT_PIXELS, below=below)
    left, _top, width, _height = window.rectangle("VIEW_3D", "UI")
    click_heard(window, left + width - SIDEBAR_EDGE_PIXELS, back[1])
    window.wait_for(f"{SHOWN_INDEX} == {(shown + 1) % 5}")
    for step in (0, 4):
        click_heard(window, *back)
        window.wait_for(f"{SHOWN_INDEX} == {(shown + step) % 5}")


def click_heard(window: Window, x: int, y: int) -> None:
    """Click once Blender knows where the mouse is: a panel that is drawn anew has the press on no button yet."""
    window.hear()
    window.display.move(x, y)
    window.hear()
    window.click(x, y)


def keep_one_and_discard(window: Window, below: int, artifacts: Path) -> None:
    """Two stay: the one that is kept, and the one that is shown. Undo brings back all, and what was shown."""
    seeds, shown = window.call(SEEDS), window.call(SHOWN_INDEX)
    keep = window.find_button("trellis.keep_variant", from_edge=-LEFT_PIXELS, below=below)
    window.click(*keep)
    window.wait_for("variants.is_kept(bpy.context.view_layer.objects.active)")
    window.display.move(300, 600)
    window.key("alt+bracketright")
    shows(window, seeds[(shown + 1) % 5])
    window.click(*window.find_button("trellis.discard_rest", from_edge=3 * LEFT_PIXELS, below=below))
    window.wait_for(f"{VARIANTS} == 2")
    assert set(window.call(SEEDS)) == {seeds[shown], seeds[(shown + 1) % 5]}
    window.screenshot(artifacts / "4-discarded.png")
    window.display.move(300, 600)
    window.key("ctrl+z")
    window.wait_for(f"{VARIANTS} == 5")
    assert window.call(SEEDS) == seeds
    window.key("ctrl+z")
    shows(window, seeds[shown])
    window.key("ctrl+z")
    window.wait_for("not variants.is_kept(bpy.context.view_layer.objects.active)")


def save_what_was_painted(window: Window, artifacts: Path) -> None:
    """It is encoded while the dialog asks which library; who leaves that needs it no more."""
    folder = window.home / "library"
    folder.mkdir()
    program = SAVE_PAINTED.replace("FOLDER", repr(str(folder)))
    assert window.call(program) == 1
    window.screenshot(artifacts / "5-library.png")
    window.press_until(lambda: window.key("Escape"), "not painted._begun")
    assert not list(folder.iterdir())
    assert window.call(program) == 1
    window.press_until(lambda: window.key("Return"), "not painted._begun")
    assert [path.suffix for path in folder.iterdir()] == [".blend"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""A block whose place was taken is shown again, as it was: deleting what took its place leaves it hidden."""

from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist, module
from blocks import block, choose, fit, fit_while_left_out


def choose_in_outliner(item: bpy.types.Object) -> None:
    """What is hidden becomes active there, and is not selected."""
    bpy.context.view_layer.objects.active = item
    assert bpy.context.active_object == item and not item.select_get()


def test_it_is_as_it_was(fitting: Artist) -> None:
    old = block()
    assert not bpy.ops.trellis.restore_proxy.poll()
    item = fit(fitting)
    bpy.data.objects.remove(item)
    choose_in_outliner(old)
    bpy.ops.ed.undo_push(message="before")
    assert module("blender.panels.active").Active.poll(bpy.context)
    assert bpy.ops.trellis.restore_proxy("EXEC_DEFAULT", True) == {"FINISHED"}
    assert old.name == "Tower" and old.visible_get() and not old.hide_render and old.select_get()
    assert not module("blender.withdrawn").is_one(old) and not bpy.ops.trellis.restore_proxy.poll()
    bpy.ops.ed.undo()
    old = bpy.data.objects["Tower Proxy"]
    assert not old.visible_get() and old.hide_render and module("blender.withdrawn").is_one(old)


def test_beside_what_took_its_place(fitting: Artist) -> None:
    """Both are to be looked at, perhaps, and the name is given."""
    old = block()
    old.hide_render = True
    item = fit(fitting)
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    assert (old.name, item.name) == ("Tower Proxy", "Tower") and item.visible_get()
    assert old.visible_get() and old.hide_render, "so it was before"


def fitted_twice(artist: Artist) -> bpy.types.Object:
    """Give a block that was shown again beside what took its place, and whose place was taken once more."""
    old = block()
    first = fit(artist)
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    bpy.data.objects.remove(first)
    artist.settings.seed += 1
    bpy.data.objects.remove(fit(artist))
    choose_in_outliner(old)
    return old


def test_its_first_name_after_a_second_fit(fitting: Artist, tmp_path: Path) -> None:
    """Between the two its name was given, so it could not have it then."""
    old = fitted_twice(fitting)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    old = bpy.data.objects["Tower Proxy"]
    choose_in_outliner(old)
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.trellis.restore_proxy("EXEC_DEFAULT", True) == {"FINISHED"}
    assert old.name == "Tower" and old.visible_get()
    assert not [key for key in old.keys() if key.startswith("trellis_")]  # noqa: SIM118  # not a mapping
    bpy.ops.ed.undo()
    old = bpy.data.objects["Tower Proxy"]
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"} and old.name == "Tower"


@pytest.mark.parametrize("written", [None, 7, {"now": "My Proxy"}])
def test_the_artists_own_name_after_a_second_fit(fitting: Artist, written: Any) -> None:
    """Who calls it otherwise between the two wants that, also where it ends as a hidden one's name does."""
    old = block()
    first = fit(fitting)
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    old.name = "My Proxy"
    if written is not None:  # something strange, where the first name is noted
        old["trellis_called"] = written
    bpy.data.objects.remove(first)
    fitting.settings.seed += 1
    bpy.data.objects.remove(fit(fitting))
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"} and old.name == "My Proxy"


def test_all_of_a_block_by_whichever_of_it(fitting: Artist, tmp_path: Path) -> None:
    root, wall, hat, lamp = (bpy.data.objects.new("Gate", None), block("Wall"), block("Hat"), block("Lamp"))
    bpy.context.scene.collection.objects.link(root)
    for item in (wall, hat, lamp):
        item.parent = root
    hat.hide_set(True)
    lamp.hide_viewport = True
    choose(root)
    item = fit(fitting)
    assert not any(old.visible_get() for old in (root, wall, hat, lamp)) and wall.hide_render and hat.hide_render
    bpy.data.objects.remove(item)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    root, wall, hat, lamp = (bpy.data.objects[name] for name in ("Gate Proxy", "Wall", "Hat", "Lamp"))
    choose_in_outliner(wall)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    assert root.name == "Gate" and root.select_get() and root.visible_get() and wall.visible_get()
    assert not (root.hide_render or wall.hide_render or hat.hide_render or lamp.hide_render)
    assert hat.hide_get() and lamp.hide_viewport, "so they were before"


def test_in_a_collection_that_is_left_out(fitting: Artist) -> None:
    old, _job, layer = fit_while_left_out(fitting)
    assert old.hide_viewport
    layer.exclude = False
    choose_in_outliner(old)
    assert bpy.ops.trellis.restore_proxy() == {"FINISHED"}
    assert not old.hide_viewport and old.visible_get()

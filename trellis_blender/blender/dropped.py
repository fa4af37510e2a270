# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture dropped onto a 3D Viewport is the source from then on, whatever was picked before. Reads no pixels.

Blender makes an image empty of it by an operator of its own, and tells nobody but its list of what was done.
"""

from functools import partial
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import captures, opened, properties, sources
from .language import said

BRINGERS: Final = frozenset({"OBJECT_OT_empty_image_add", "OBJECT_OT_drop_named_image"})
"""What Blender runs for such a drop; the name has changed once."""
_last: tuple[int, str] | None = None
"""The operator that brought a picture last, and its file: each counts once."""


@persistent  # type: ignore[untyped-decorator]
def _updated(scene: bpy.types.Scene, _depsgraph: Any = None) -> None:
    global _last
    manager = bpy.context.window_manager
    done = manager.operators if manager is not None else ()
    if not done or done[-1].bl_idname not in BRINGERS or scene != bpy.context.scene:
        return
    brought = (done[-1].as_pointer(), bpy.path.abspath(getattr(done[-1].properties, "filepath", "")))
    if brought == _last:
        return
    _last = brought
    image = _opened_from(brought[1])
    if image is not None:
        take(scene, image)


def _opened_from(path: str) -> bpy.types.Image | None:
    """Give the image of a file, which may have been open before."""
    found = [image for image in bpy.data.images if path and bpy.path.abspath(image.filepath) == path]
    return max(found, key=lambda image: image.session_uid, default=None)


def take(scene: bpy.types.Scene, image: bpy.types.Image) -> None:
    """Make it the source, as its file is now; where it is that by being selected, nothing has to be picked."""
    captures.drop()
    is_meant = sources.choose(bpy.context).image == image
    settle = partial(_settle, scene.session_uid, image.session_uid, is_meant=is_meant)
    if bpy.app.background:
        settle()
    else:  # after Blender's own step of undo, to be one of its own
        bpy.app.timers.register(settle, first_interval=0.0)


def _settle(scene_uid: int, image_uid: int, *, is_meant: bool) -> None:
    """Read the file of what was dropped, which Blender takes as it was opened earlier, and pick it if it has to be."""
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    image = next((image for image in bpy.data.images if image.session_uid == image_uid), None)
    if scene is None or image is None:
        return
    if image.has_data:
        opened.read_anew(image)
    if is_meant:
        return
    settings = properties.of(scene)  # as *Open* does
    settings.source, settings.source_image = "IMAGE", image
    if not bpy.app.background and bpy.ops.ed.undo_push.poll():  # type: ignore[call-arg]
        bpy.ops.ed.undo_push(message=said("Use Dropped Picture"))


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _last
    _last = None


def register() -> None:
    """Listen."""
    bpy.app.handlers.depsgraph_update_post.append(_updated)
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Listen no longer."""
    bpy.app.handlers.load_post.remove(_opened_file)
    bpy.app.handlers.depsgraph_update_post.remove(_updated)
    _opened_file()

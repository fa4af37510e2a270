# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture dropped onto a 3D Viewport, or added there, is the source unless one is picked already. Reads no pixels.

Blender makes an image empty of it by an operator of its own, the same for *Add > Image*, and tells nobody but its list
of what was done. It may be meant to be looked at only: so what was picked in the panel stays the source, and that says
which picture is selected instead. Of a file that cannot be read the artist is told, and what was the source stays it.
"""

from functools import partial
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from . import captures, listeners, opened, properties, sources, telling
from .language import said
from .sources import canvas

BRINGERS: Final = frozenset({"OBJECT_OT_empty_image_add", "OBJECT_OT_drop_named_image"})
"""What Blender runs for such a drop; the name has changed once."""
_last: tuple[int, str] | None = None
"""The operator that brought a picture last, and its file: each counts once."""


_Canvas = tuple[int, int]
"""An object that carries a picture, and that picture, by their numbers in this session; 0 for none."""
_selected: _Canvas = (0, 0)
"""The canvas that was selected before the last drop."""


@persistent  # type: ignore[untyped-decorator]
def _updated(scene: bpy.types.Scene, _depsgraph: Any = None) -> None:
    global _last, _selected
    manager = bpy.context.window_manager
    if manager is None or scene != bpy.context.scene:
        return
    brought = _brought(manager)
    if brought is None or brought == _last:
        _selected = _selected_now()
        return
    _last = brought
    image = _opened_from(brought[1])
    if image is not None:
        take(scene, image)


def _brought(manager: bpy.types.WindowManager) -> tuple[int, str] | None:
    """Give what was done last, and with which file, if it is such a drop."""
    done = manager.operators
    if not done or done[-1].bl_idname not in BRINGERS:
        return None
    return done[-1].as_pointer(), bpy.path.abspath(getattr(done[-1].properties, "filepath", ""))


def _selected_now() -> _Canvas:
    carrier = canvas.selected(bpy.context)
    found = canvas.shown_on(carrier) if carrier is not None else None
    return (carrier.session_uid, found[0].session_uid) if carrier is not None and found is not None else (0, 0)


def _opened_from(path: str) -> bpy.types.Image | None:
    """Give the image of a file, which may have been open before."""
    found = [image for image in bpy.data.images if path and bpy.path.abspath(image.filepath) == path]
    return max(found, key=lambda image: image.session_uid, default=None)


def take(scene: bpy.types.Scene, image: bpy.types.Image) -> None:
    """Make it the source, as its file is now; not where one is picked, nor where it is that by being selected."""
    taken = captures.of(scene)
    before = sources.choose(bpy.context)
    is_picked = before.is_there and properties.of(scene).source != "AUTO"
    is_meant = is_picked or before.image == image
    if not is_meant:
        captures.drop(scene)
        is_meant = sources.choose(bpy.context).image == image
    settle = partial(_settle, scene.session_uid, image.session_uid, taken, _selected, is_meant=is_meant)
    if bpy.app.background:
        settle()
    else:  # after Blender's own step of undo, to be one of its own
        bpy.app.timers.register(settle, first_interval=0.0)


def _settle(
    scene_uid: int, image_uid: int, taken: captures.Capture | None, before: _Canvas, *, is_meant: bool
) -> None:  # fmt: skip
    """Pick what was dropped if it has to be; what cannot be read is told, and the source is what it was."""
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    image = _image(image_uid)
    if scene is None or image is None:
        return
    if not _is_read(image):
        _put_aside(image, scene, before)
        if taken is not None:
            sources.keep(taken.name, taken.rgba, scene)
        telling.tell(str(opened.unreadable(Path(bpy.path.abspath(image.filepath)))), title="Open Picture")
        return
    if is_meant:
        return
    settings = properties.of(scene)  # as *Open* does
    settings.source, settings.source_image = "IMAGE", image
    if not bpy.app.background and bpy.ops.ed.undo_push.poll():  # type: ignore[call-arg]
        bpy.ops.ed.undo_push(message=said("Use Dropped Picture"))


def _is_read(image: bpy.types.Image) -> bool:
    """Read the file of what was dropped, which Blender takes as it was opened earlier, and tell whether it could be."""
    if not image.has_data:
        return opened.is_whole(image)
    return opened.read_anew(image) or not opened.is_as_its_file(image)  # with strokes on it, it is not to be read


def _put_aside(image: bpy.types.Image, scene: bpy.types.Scene, before: _Canvas) -> None:
    """Have the canvas selected that was so before a drop, with its picture, and not the one that the drop has made."""
    windows = bpy.context.window_manager.windows
    layer = next((window.view_layer for window in windows if window.scene == scene), scene.view_layers[0])
    former = _image(before[1])
    for item in layer.objects:
        if item.session_uid == before[0]:
            if item.type == "EMPTY" and item.data == image and former is not None:
                item.data = former  # type: ignore[assignment]
            item.select_set(True, view_layer=layer)
            layer.objects.active = item
        elif item.type == "EMPTY" and item.data == image:
            item.select_set(False, view_layer=layer)


def _image(uid: int) -> bpy.types.Image | None:
    return next((image for image in bpy.data.images if image.session_uid == uid), None)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    global _last, _selected
    _last, _selected = None, (0, 0)


_HEARD: Final = (("depsgraph_update_post", _updated), ("load_post", _opened_file))


def register() -> None:
    """Listen."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)
    _opened_file()

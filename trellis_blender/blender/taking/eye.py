# SPDX-License-Identifier: GPL-3.0-or-later
"""What EEVEE sees through a camera, while a view is drawn once: what the window shows, not the camera's own frame.

EEVEE heeds no matrix there, but reckons one from the camera: so that fills the surface, however large its frame is in
the window, and whatever else is drawn stands elsewhere and at another depth. What it looks through is an evaluated copy
of the camera, which is none of the file's and can be given another frame.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy
from mathutils import Matrix

FILLS: Final = 50.0 * (2.0 - math.sqrt(2.0))
"""As Blender counts, the zoom of a camera's view at which the frame is as wide as the window."""


def through(
    context: bpy.types.Context, space: bpy.types.SpaceView3D, view: bpy.types.RegionView3D
) -> bpy.types.Camera | None:
    """Give the camera that EEVEE sees a view through, evaluated; None for none, and for what is no camera."""
    item = space.camera
    if not is_meant(context, space, view) or item is None or item.type != "CAMERA":
        return None
    camera = item.evaluated_get(context.evaluated_depsgraph_get()).data
    return camera if isinstance(camera, bpy.types.Camera) and camera.is_evaluated else None


def is_meant(context: bpy.types.Context, space: bpy.types.SpaceView3D, view: bpy.types.RegionView3D) -> bool:
    """Whether EEVEE draws a view as a camera's, or as that of any object that stands for one."""
    kind, engine = space.shading.type, context.scene.render.engine
    is_eevee = kind == "MATERIAL" or (kind == "RENDERED" and engine.startswith("BLENDER_EEVEE"))
    return is_eevee and view.view_perspective == "CAMERA"


@contextmanager
def framed(camera: bpy.types.Camera | None, window: Matrix, size: tuple[int, int]) -> Iterator[None]:
    """Have an evaluated camera see what a window's projection shows, on a surface of so many pixels.

    Its lens and its focus stay, and so does what is blurred. Without a camera there is nothing to do.
    """
    wanted = _frame(camera, window, size[1] / size[0]) if camera is not None else {}
    before = {name: getattr(camera, name) for name in wanted}
    try:
        _set(camera, wanted)
        yield
    finally:
        _set(camera, before)


def _frame(camera: bpy.types.Camera, window: Matrix, form: float) -> dict[str, Any]:
    """Give a camera's values by a projection; ``form`` is height by width."""
    is_flat = camera.type == "ORTHO"
    aside, above = (-window[0][3], -window[1][3]) if is_flat else (window[0][2], window[1][2])
    return {
        "sensor_fit": "HORIZONTAL",
        "shift_x": aside / 2.0,
        "shift_y": above / 2.0 * form,
        "show_background_images": False,  # they would follow the frame
        **({"ortho_scale": 2.0 / window[0][0]} if is_flat else {"sensor_width": 2.0 * camera.lens / window[0][0]}),
    }


def _set(camera: bpy.types.Camera | None, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(camera, name, value)

# SPDX-License-Identifier: GPL-3.0-or-later
"""How Blender shows numbers now, as a value that a worker can apply. Has Blender show a few colours, once for a view.

A view takes Blender longer than all else that is done for a picture on the main thread. So it shows the colours of a
table only, and whatever shows these and some others as Blender does may stand for it.
"""

from collections import OrderedDict

import bpy
import numpy as np
import numpy.typing as npt

from ...core import view
from ...core.image import discard
from ...core.view import ByteAxis, FloatAxis, Formula, Table, View
from .. import stirrings
from . import shown

WORKING_SPACE = "Linear Rec.709"
WORTH_PIXELS = 2.0**20
"""As many as are shown for a table; of fewer Blender shows the picture itself, and then exactly."""
_KEPT = 6
_WIDTH = 1024
_HEADER_BYTES = 18
_BLUE_FIRST = (2, 1, 0)
_NAME = "TRELLIS View"
_known: OrderedDict[tuple[object, ...], View | None] = OrderedDict()


def of_floats(scene: bpy.types.Scene, pixels: float, *, is_plain: bool) -> View | None:
    """Give how linear numbers are shown, by the scene's view or the plain one; None where Blender is to show them.

    That is where only it can, and of fewer ``pixels`` than a table has.
    """
    settings = scene.view_settings
    formula = None
    if is_plain:
        formula = view.PLAIN
    elif _is_standard(settings):
        formula = Formula(settings.exposure, settings.gamma)
    axis = FloatAxis(0.0 if is_plain else settings.exposure)
    return _known_or_made(scene, axis, "", formula, is_plain=is_plain, is_worth=pixels >= WORTH_PIXELS)


def of_bytes(scene: bpy.types.Scene, space: str, pixels: float, *, is_plain: bool) -> View | None:
    """Give how bytes of a colour space are shown; None where Blender is to show them."""
    if pixels < WORTH_PIXELS:
        return None
    return _known_or_made(scene, ByteAxis(), space, None, is_plain=is_plain, is_worth=True)


def working_space() -> str:
    """Give the space in which the numbers of float images are; a file's own choice from Blender 5 on."""
    settings = getattr(bpy.data, "colorspace", None)
    return settings.working_space if settings is not None else WORKING_SPACE


def _is_standard(settings: bpy.types.ColorManagedViewSettings) -> bool:
    bends = settings.use_curve_mapping or getattr(settings, "use_white_balance", False)
    return settings.view_transform == "Standard" and settings.look == "None" and not bends


def _known_or_made(
    scene: bpy.types.Scene, axis: FloatAxis | ByteAxis, space: str, formula: Formula | None, *,
    is_plain: bool, is_worth: bool,
) -> View | None:  # fmt: skip
    if formula is None and not is_worth:
        return None
    key = (type(axis), space, working_space(), *(() if is_plain else settings_of(scene)))
    if key not in _known:
        _known[key] = _made(scene, axis, space, formula, is_plain=is_plain)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


def settings_of(scene: bpy.types.Scene) -> tuple[object, ...]:
    """Give all that decides the scene's view."""
    view_settings = scene.view_settings
    plain = [
        getattr(view_settings, item.identifier)
        for item in view_settings.bl_rna.properties
        if item.type in ("BOOLEAN", "INT", "FLOAT", "STRING", "ENUM") and not getattr(item, "is_array", False)
    ]  # the white point is an array, but is told by its temperature and tint
    return (
        scene.display_settings.display_device,
        *plain,
        *(_curves(view_settings) if view_settings.use_curve_mapping else ()),
    )


def _curves(settings: bpy.types.ColorManagedViewSettings) -> tuple[object, ...]:
    mapping = settings.curve_mapping
    points = [tuple((*point.location, point.handle_type) for point in curve.points) for curve in mapping.curves]
    return (*mapping.black_level,), (*mapping.white_level,), mapping.tone, mapping.extend, *points


def _made(
    scene: bpy.types.Scene, axis: FloatAxis | ByteAxis, space: str, formula: Formula | None, *, is_plain: bool
) -> View | None:
    tried = view.probes(axis)
    if formula is not None:
        seen = _seen(tried, scene, axis, space, is_plain=is_plain)
        if view.fits(formula, tried, Table(axis, seen, _BLUE_FIRST).colours()):
            return formula
    cube = view.cube(axis)
    seen = _seen(np.concatenate([cube, tried]), scene, axis, space, is_plain=is_plain)
    table, told = Table(axis, seen[: len(cube)], _BLUE_FIRST), Table(axis, seen[len(cube) :], _BLUE_FIRST)
    return table if view.fits(table, tried, told.colours()) else None


def _seen(
    colours: npt.NDArray[np.float32], scene: bpy.types.Scene, axis: FloatAxis | ByteAxis, space: str, *, is_plain: bool
) -> npt.NDArray[np.uint32]:
    """Have Blender show colours: four bytes for each, blue first."""
    height = -(-len(colours) // _WIDTH)
    values = np.zeros((height * _WIDTH, 4), np.float32)
    values[: len(colours)] = colours
    with stirrings.deaf():
        image = bpy.data.images.new(_NAME, _WIDTH, height, alpha=True, float_buffer=isinstance(axis, FloatAxis))
        try:
            if space:
                image.colorspace_settings.name = space  # type: ignore[assignment]
            image.pixels.foreach_set(values.ravel())  # type: ignore[arg-type]
            file = shown.write(image, scene, is_plain=is_plain)
        finally:
            bpy.data.images.remove(image)
    try:
        # Rows from the bottom, as pixels are; that it is of that kind is known of shown.write.
        return np.fromfile(file.path, np.uint32, len(colours), offset=_HEADER_BYTES)
    finally:
        discard(file)

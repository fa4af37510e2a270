# SPDX-License-Identifier: GPL-3.0-or-later
"""What a 3D Viewport shows, drawn once more on a surface of our own. Needs a window, and no Render Result."""

import bpy
import numpy as np

from ...core.errors import SourceError
from ...core.image import Rgba
from .. import sources
from . import bare, eye

LONG_SIDE_PIXELS = 2048
"""Twice what the model takes [model], so that a subject that fills half of the view has all of its detail."""

_DRAWN = frozenset({"BLENDER_EEVEE", "BLENDER_EEVEE_NEXT", "BLENDER_WORKBENCH"})
"""Engines whose picture Blender draws once more; what Cycles and those of add-ons show is not theirs to repeat."""


def area_of(context: bpy.types.Context) -> bpy.types.Area | None:
    """Give the 3D Viewport at hand, else the largest of the window."""
    if context.area is not None and context.area.type == "VIEW_3D":
        return context.area
    areas = [area for area in context.window.screen.areas if area.type == "VIEW_3D"] if context.window else []
    return max(areas, key=lambda area: area.width * area.height, default=None)


def space_of(area: bpy.types.Area) -> bpy.types.SpaceView3D:
    """Give what an area shows."""
    return area.spaces.active  # type: ignore[return-value]


def region_of(context: bpy.types.Context, area: bpy.types.Area) -> bpy.types.Region:
    """Give the part of a viewport that is meant: of a quad view the one under the mouse, else that which is turned."""
    region = context.region
    if region is not None and context.area == area and region.type == "WINDOW":
        return region
    return [item for item in area.regions if item.type == "WINDOW"][-1]


def seen_in(region: bpy.types.Region, space: bpy.types.SpaceView3D) -> bpy.types.RegionView3D:
    """Give from where a part of a viewport is seen; without a window the parts do not know."""
    return region.data or space.region_3d


def is_drawn_elsewhere(context: bpy.types.Context, area: bpy.types.Area) -> bool:
    """Whether a viewport shows what an engine of its own has rendered: a surface of ours would stay empty."""
    return space_of(area).shading.type == "RENDERED" and context.scene.render.engine not in _DRAWN


def take(context: bpy.types.Context, *, overlays: bool) -> None:
    """Draw the view and make it the source; transparent around the objects unless overlays are wanted, as shown.

    Raises :class:`SourceError`. With a GPU some milliseconds; a render of the view takes about as long or longer, and
    would replace the Render Result.
    """
    area = area_of(context)
    if bpy.app.background or area is None:
        raise SourceError("A view can be captured in a Blender with a window and a 3D Viewport only. Render instead.")
    if is_drawn_elsewhere(context, area):
        raise SourceError(
            "In Rendered shading a view can be captured with EEVEE and Workbench only. Use Material Preview, or Render "
            "Selection."
        )
    region = region_of(context, area)
    sources.keep("View", _drawn(context, space_of(area), region, overlays=overlays), context.scene)


def _drawn(
    context: bpy.types.Context, space: bpy.types.SpaceView3D, region: bpy.types.Region, *, overlays: bool
) -> Rgba:
    import gpu  # only here: without a window there is none

    factor = LONG_SIDE_PIXELS / max(region.width, region.height)
    width, height = max(round(region.width * factor), 1), max(round(region.height * factor), 1)
    view = seen_in(region, space)
    matrices = view.view_matrix.copy(), view.window_matrix.copy()
    try:
        surface = gpu.types.GPUOffScreen(width, height)
    except RuntimeError as error:
        raise SourceError(
            "The graphics card has no room for a picture of the view. Close other windows first."
        ) from error
    try:
        with (
            bare.viewport(context, space, view, overlays=overlays),
            eye.framed(eye.through(context, space, view), matrices[1], (width, height)),
        ):
            surface.draw_view3d(
                context.scene, context.view_layer, space, region, *matrices,
                do_color_management=True, draw_background=overlays,
            )  # fmt: skip
        pixels = surface.texture_color.read()
    finally:
        surface.free()
    pixels.dimensions = width * height * 4  # type: ignore[assignment]
    return _straight(np.array(pixels, np.uint8).reshape(height, width, 4)[::-1], is_opaque=overlays)


def _straight(premultiplied: Rgba, *, is_opaque: bool) -> Rgba:
    rgba = premultiplied.copy()
    if is_opaque:
        rgba[..., 3] = 255
        return rgba
    alpha = rgba[..., 3:].astype(np.float32)
    colour = rgba[..., :3] * np.divide(255.0, alpha, where=alpha > 0, out=np.zeros_like(alpha))
    rgba[..., :3] = np.minimum(colour + 0.5, 255.0)
    return rgba

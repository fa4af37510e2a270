# SPDX-License-Identifier: GPL-3.0-or-later
"""A 3D Viewport without what is no object, while it is drawn once: overlays, gizmos, the world and its fog."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import bpy

from . import eye, skies

_EEVEE = ("MATERIAL", "RENDERED")
_FILM = "render.film_transparent"
_CLEAR = (0.0, 0.0, 0.0, 0.0)


@contextmanager
def viewport(
    context: bpy.types.Context, space: bpy.types.SpaceView3D, view: bpy.types.RegionView3D, *, overlays: bool
) -> Iterator[None]:
    """Have a viewport show objects alone, which the world still lights; with ``overlays`` these and the world stay.

    A border that only a part is rendered in is none for as long.
    """
    wanted: list[tuple[Any, str, Any]] = [(space, "show_gizmo", False), (space.overlay, "show_overlays", overlays)]
    if eye.through(context, space, view) is not None:  # which is given the window's frame, and no zoom besides
        wanted += [(view, "view_camera_zoom", eye.FILLS), (view, "view_camera_offset", (0.0, 0.0))]
    elif eye.is_meant(context, space, view):  # a lamp, say: as an object it would stand in its own picture
        wanted += [(view, "view_perspective", "PERSP"), (space, "show_object_viewport_camera", False)]
    if space.shading.type == "RENDERED" or eye.is_meant(context, space, view):
        # The border is reckoned in the pixels of the window, and stretches another surface.
        wanted += [(space, "use_render_border", False), (context.scene.render, "use_border", False)]
    if not overlays:
        wanted += _without_world(context.scene, space.shading)
    before = [(owner, name, _value_of(owner, name)) for owner, name, _value in wanted]
    with ExitStack() as stack:
        stack.callback(_set, context, before)
        _set(context, wanted)
        if not overlays and view.use_clip_planes:
            stack.enter_context(_without_region(context.preferences))
        if not overlays and _has_world(space.shading):
            stack.enter_context(skies.cleared(context.scene, context.view_layer))
        yield


@contextmanager
def _without_region(preferences: bpy.types.Preferences) -> Iterator[None]:
    """Have the region that a view is clipped to not be drawn behind the objects; it clips them all the same.

    Blender fills it in a colour of the theme, also where there is to be no background.
    """
    theme: Any = preferences.themes[0].view_3d
    is_dirty = preferences.is_dirty
    before = tuple(theme.clipping_border_3d)
    theme.clipping_border_3d = _CLEAR
    try:
        yield
    finally:
        theme.clipping_border_3d = before
        preferences.is_dirty = is_dirty


def _has_world(shading: bpy.types.View3DShading) -> bool:
    """Whether the scene's own world is drawn, with all that fills it: no film is transparent in a fog."""
    return {"MATERIAL": shading.use_scene_world, "RENDERED": shading.use_scene_world_render}.get(shading.type, False)


def _without_world(scene: bpy.types.Scene, shading: bpy.types.View3DShading) -> list[tuple[Any, str, Any]]:
    """Give what has EEVEE draw no world behind the objects; without a world of the scene it is that of a studio light.

    Blender's own argument for a transparent background is heeded by the other kinds of shading alone.
    """
    if shading.type not in _EEVEE:
        return []
    drivers = scene.animation_data.drivers if scene.animation_data is not None else []
    held = [(driver, "mute", True) for driver in drivers if driver.data_path == _FILM]  # else it sets it again at once
    return [*held, (scene.render, "film_transparent", True), (shading, "studiolight_background_alpha", 0.0)]


def _set(context: bpy.types.Context, values: list[tuple[Any, str, Any]]) -> None:
    """Set what is otherwise, and have those hear of it who draw."""
    others = [(owner, name, value) for owner, name, value in values if _value_of(owner, name) != value]
    for owner, name, value in others:
        setattr(owner, name, value)
    if others:
        context.view_layer.update()


def _value_of(owner: Any, name: str) -> Any:
    value = getattr(owner, name)
    return tuple(value) if name.endswith("offset") else value  # what an array gives would follow it

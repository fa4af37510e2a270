# SPDX-License-Identifier: GPL-3.0-or-later
"""A choice -> a text that changes when what would be sent changes. Cheap enough for drawing; reads no pixels."""

import bpy

from . import properties, renders, stirrings
from .sources import Choice, frames, views

_BETWEEN = " | "


def token(choice: Choice, scene: bpy.types.Scene) -> str:
    """Tell which picture, with which pixels, made ready how; empty when there is nothing that could be shown."""
    if not choice.is_there or choice.url:
        return ""
    parts = [choice.identity, str(properties.preparation(properties.of(scene))), "", ""]
    image = choice.image
    if choice.capture is None and image is not None:
        parts[2] = _of_image(choice, image, scene)
        if not choice.is_render:
            parts[3] = stirrings.revision(image)
    return _BETWEEN.join(parts)


def lasting(token: str) -> str:
    """Give what a token begins with as long as nothing but the pixels may have changed, as after every undo."""
    return "".join(token.rpartition(_BETWEEN)[:2])


def _of_image(choice: Choice, image: bpy.types.Image, scene: bpy.types.Scene) -> str:
    space = "" if choice.is_render else image.colorspace_settings.name  # a render has none, and Blender 5.2 says so
    seen: list[object] = [image.source, image.filepath, image.alpha_mode, space]
    if image.source == "GENERATED":
        seen += [image.generated_type, image.generated_width, image.generated_height, *image.generated_color]
    if image.source in ("SEQUENCE", "MOVIE"):
        seen.append(frames.number(image, choice.user, scene) if choice.user else scene.frame_current)
    if choice.user is not None and (choice.is_render or image.type == "MULTILAYER" or image.is_multiview):
        seen += [choice.user.multilayer_layer, choice.user.multilayer_view]
    if choice.is_render:
        seen += [renders.changes(), image.render_slots.active_index]
    if choice.is_render or image.use_view_as_render:
        seen += views.settings_of(scene)
    return str(seen)

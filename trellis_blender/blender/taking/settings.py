# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies how a scene is rendered to another scene, whatever engine it is for. Knows no setting by its meaning.

Not ``Scene.copy``: in Blender 4.2 that counts the scene's objects as used once more for good, so that none of them
would ever be purged again; and it copies the video sequence and the simulations, too.
"""

import logging
from typing import Any

import bpy

_NOWHERE = frozenset({"image_settings", "ffmpeg", "bake", "wireframe_color_type"})
"""Not seen in a render; reading some of them makes Blender complain on the console."""
_OF_THE_SCENE = frozenset({
    "name", "name_full", "camera", "background_set", "collection", "view_layers", "objects", "sequence_editor",
    "rigidbody_world", "tool_settings", "unit_settings", "cursor", "node_tree", "use_nodes", "compositing_node_group",
    "grease_pencil", "annotation", "active_clip", "animation_data", "trellis", "override_library", "asset_data",
    "use_fake_user", "use_extra_user", "is_runtime_data", "tag", "preview",
})  # fmt: skip
"""What is in a scene, not how it is rendered."""
_OF_THE_LAYER = _NOWHERE | frozenset({"layer_collection", "active_layer_collection", "objects", "depsgraph"})
_REFUSED = (TypeError, ValueError, AttributeError, RuntimeError)
_log = logging.getLogger(__name__)


def copy(source: bpy.types.Scene, layer: bpy.types.ViewLayer, target: bpy.types.Scene) -> None:
    """Have ``target`` render as ``source`` does in one of its view layers."""
    for key in source.keys():  # noqa: SIM118  # a scene is no mapping to iterate over
        if not hasattr(source[key], "to_dict"):  # materials can ask for a scene's own properties
            target[key] = source[key]
    # Twice: what one setting may be hangs on others that come later.
    for is_last in (False, True):
        _copy(source, target, _OF_THE_SCENE, is_last=is_last)
        _copy(layer, target.view_layers[0], _OF_THE_LAYER, is_last=is_last)


def _copy(source: Any, target: Any, skipped: frozenset[str], *, is_last: bool) -> None:
    if isinstance(source, bpy.types.CurveMapping):
        _copy_curves(source, target)
    for item in source.bl_rna.properties:
        name = item.identifier
        if name in skipped or item.type == "COLLECTION" or name == "rna_type":
            continue
        value = getattr(source, name)
        if item.is_readonly:
            theirs = getattr(target, name) if item.type == "POINTER" and not isinstance(value, bpy.types.ID) else None
            if value is not None and theirs is not None:  # some come only when a setting is turned on
                _copy(value, theirs, _NOWHERE, is_last=is_last)
            continue
        try:
            if getattr(item, "is_array", False) or value != getattr(target, name):
                setattr(target, name, value)
        except _REFUSED as error:
            if is_last:
                _log.debug("%s is not taken over: %s", name, error)


def _copy_curves(source: bpy.types.CurveMapping, target: bpy.types.CurveMapping) -> None:
    for theirs, ours in zip(source.curves, target.curves, strict=True):
        while len(ours.points) < len(theirs.points):
            ours.points.new(0.5, 0.5)
        while len(ours.points) > len(theirs.points):
            ours.points.remove(ours.points[1])
        for their, our in zip(theirs.points, ours.points, strict=True):
            our.location, our.handle_type = their.location, their.handle_type
    target.update()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file holds, as plain text that compares: every datablock, and what an artist sees of the scene's state."""

from typing import Any

import bpy


def all_names() -> dict[str, list[str]]:
    """Give the names of all datablocks, by the collection of ``bpy.data`` they are in."""
    kinds = [item.identifier for item in bpy.data.bl_rna.properties if item.type == "COLLECTION"]
    return {kind: sorted(item.name_full for item in getattr(bpy.data, kind)) for kind in kinds if kind != "all_ids"}


def look(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> dict[str, Any]:
    """Give the selection, the active object and collection, the cursor, and the output settings of a scene."""
    output = scene.render.image_settings
    return {
        "selected": sorted(item.name for item in layer.objects if item.select_get(view_layer=layer)),
        "active": layer.objects.active.name if layer.objects.active else "",
        "collection": layer.active_layer_collection.name,
        "cursor": tuple(scene.cursor.location),
        "frame": (scene.frame_current, scene.frame_start, scene.frame_end, scene.render.fps),
        "output": {
            name: getattr(output, name)
            for name in ("media_type", "file_format", "color_mode", "color_depth", "color_management")
            if hasattr(output, name)
        },
        "path": scene.render.filepath,
        "matrices": {item.name: [tuple(row) for row in item.matrix_world] for item in scene.objects},
        "visible": {item.name: item.visible_get(view_layer=layer) for item in layer.objects},
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which layer of a render or of a multilayer file an editor shows. Blender tells its number only; reads no pixels."""

import io
from collections.abc import Sequence
from pathlib import Path

import bpy

from ...core import exr
from ...core.errors import SourceError

_COMPOSITE = "Composite"


class LayerUnknown(SourceError):
    """The editor shows a layer that cannot be told from others, so another one might be sent."""


def name(written: Path, index: int, image: bpy.types.Image, scene: bpy.types.Scene) -> str:
    """Give the name of the layer with a number, in a file with all of them; raises :class:`LayerUnknown`.

    A render has the composite first, and then its layers as the scene has them; a file has its own order.
    """
    try:
        found = exr.lines(written).layers
        order = _of_render(found, scene) if image.type == "RENDER_RESULT" else _of_file(image)
    except (OSError, SourceError) as error:
        raise unknown(image) from error
    if index >= len(order) or order[index] not in found:
        raise unknown(image)
    return order[index]


def _of_render(found: Sequence[str], scene: bpy.types.Scene) -> list[str]:
    order = [_COMPOSITE] if _COMPOSITE in found else []
    order += [layer.name for layer in scene.view_layers if layer.name in found]
    return order if len(order) == len(found) else []  # one was renamed since, or it is a render of another scene


def _of_file(image: bpy.types.Image) -> list[str]:
    if image.packed_file is not None:
        return exr.layer_order(io.BytesIO(image.packed_file.data))
    with Path(bpy.path.abspath(image.filepath, library=image.library)).open("rb") as stream:
        return exr.layer_order(stream)


def unknown(image: bpy.types.Image) -> LayerUnknown:
    """Say that the layer is not sent, since it cannot be had."""
    return LayerUnknown(
        f"Which layer of {image.name} the editor shows cannot be told. Choose the first layer there, or save the "
        "one you mean to a file and pick that."
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which metaballs melt into one surface: Blender goes by their names. Changes nothing."""

import re
from collections.abc import Iterable

import bpy

from . import rendered

_NUMBER = re.compile(r"\.\d+$")


def with_families(items: Iterable[bpy.types.Object], layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Give objects, and behind them the rendered metaballs that melt into those among them."""
    found = list(items)
    families = {_family(item) for item in found if item.type == "META"}
    if not families:
        return found
    melted = [item for item in layer.objects if item.type == "META" and _family(item) in families]
    return list(dict.fromkeys([*found, *rendered.among(melted, layer)]))


def _family(item: bpy.types.Object) -> str:
    return _NUMBER.sub("", item.name)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a Blender module: installs the zip, and times what enabling it costs; prints one line of JSON."""

import json
import os
import sys
import time

import bpy  # isort: skip  # first: it makes addon_utils importable
import addon_utils  # isort: skip

PACKAGE = "bl_ext.user_default.trellis_blender"
NEIGHBOUR = "io_scene_gltf2"
ROUNDS = 9


def enabling(module: str) -> tuple[float, float]:
    """Give the milliseconds of the first enabling, imports included, and the median of later ones."""
    times = []
    for _round in range(ROUNDS):
        addon_utils.disable(module)
        began = time.perf_counter()
        addon_utils.enable(module)
        times.append((time.perf_counter() - began) * 1000)
    return round(times[0], 1), round(sorted(times[1:])[len(times) // 2 - 1], 1)


bpy.context.preferences.use_preferences_save = False
bpy.ops.extensions.package_install_files(
    filepath=sys.argv[1], repo="user_default", enable_on_install=False, overwrite=True
)
first, later = enabling(PACKAGE)
neighbour_first, neighbour_later = enabling(NEIGHBOUR)
told = {
    "first_ms": first,
    "again_ms": later,
    "gltf_add_on_again_ms": neighbour_later,
    "of_gltf_add_on": round(later / neighbour_later, 2),
}
sys.stdout.write("\n" + json.dumps(told) + "\n")
sys.stdout.flush()
os._exit(0)

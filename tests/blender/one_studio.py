# SPDX-License-Identifier: GPL-3.0-or-later
"""One Blender under a studio's colour configuration, which is read at its start: takes a picture of the selection.

``python one_studio.py told.json``. Tells how the picture, and the render of the same set up by hand, look.
"""

import json
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bpy

import staged
from artist import module

from footprint import PACKAGE


def taken(display: str) -> dict[str, Any]:
    """Render the selection of a scene for a display, and the same by hand for an sRGB one."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = staged.scene()
    own = scene.display_settings.display_device
    if display:
        scene.display_settings.display_device = display
    staged.render()
    got = module("core.resampling").shrink(module("blender.captures").of(scene).rgba)
    kept = scene.display_settings.display_device
    scene.display_settings.display_device = own
    with tempfile.TemporaryDirectory() as folder:
        expected = staged.by_hand(scene, Path(folder), {"red"}, scene.view_settings.view_transform)
    middle = got.shape[0] // 2, got.shape[1] // 2
    return {
        "own": own, "kept": kept, "view": scene.view_settings.view_transform, "close": staged.close(got, expected),
        "middle": got[middle].tolist(), "expected": expected[middle].tolist(),
    }  # fmt: skip


if __name__ == "__main__":
    try:
        bpy.ops.preferences.addon_enable(module=PACKAGE)
        found = [taken(display) for display in ("", "Rec.1886 Rec.709 - Display")]
        Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)  # the module's end crashes in some versions

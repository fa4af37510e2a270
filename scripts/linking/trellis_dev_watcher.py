# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in the developer's Blender from its start: reloads the extension when ``scripts/dev --reload`` asks for it.

A copy of this file lies in Blender's startup scripts, with a line on top that says where the extension's folder is.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import addon_utils
import bpy

PACKAGE = "bl_ext.user_default.trellis_blender"
LOOK_INTERVAL_SECONDS = 0.5
REQUEST = Path(FOLDER).with_name("reload")  # type: ignore[name-defined]  # noqa: F821
ANSWERS = REQUEST.with_name("answers")

_seen = REQUEST.stat().st_mtime_ns if REQUEST.exists() else 0


def reload_extension() -> str:
    """Disable, forget every module, enable; return what went wrong."""
    try:
        addon_utils.disable(PACKAGE)
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
        if addon_utils.enable(PACKAGE, default_set=True, persistent=True) is None:
            return "Blender could not enable it; its console says why."
    except Exception:  # noqa: BLE001 (whatever the code under development raises is the answer)
        return traceback.format_exc()
    return ""


def look() -> float:
    """Reload once for each request."""
    global _seen
    asked = REQUEST.stat().st_mtime_ns if REQUEST.exists() else 0
    if asked != _seen:
        _seen = asked
        answer = {"asked": asked, "version": bpy.app.version_string, "error": reload_extension()}
        ANSWERS.mkdir(exist_ok=True)
        arriving = ANSWERS / f".{os.getpid()}"
        arriving.write_text(json.dumps(answer), encoding="utf-8")
        arriving.replace(ANSWERS / f"{os.getpid()}.json")
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                area.tag_redraw()
    return LOOK_INTERVAL_SECONDS


def register() -> None:
    """Called by Blender for every startup script."""
    if not bpy.app.background:
        bpy.app.timers.register(look, first_interval=LOOK_INTERVAL_SECONDS, persistent=True)


def unregister() -> None:
    """Stop looking."""
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)

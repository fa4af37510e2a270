# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own extension tool, taken from a bpy wheel; it runs under plain Python."""

import sys
from pathlib import Path

from rig.blenders import MODULE_BLENDERS
from rig.commands import run_logged
from rig.errors import RigError, Skipped
from rig.venvs import ensure_bpy_venv, site_packages

_PREFERRED = ("4.5", "5.0", "4.2")


def validate(package: Path) -> str:
    """Let Blender check a staged folder or a zip; return what it says, raise when it refuses."""
    return _run("validate", str(package))


def build(source: Path, output: Path) -> str:
    """Let Blender build a zip for each platform of the manifest."""
    return _run("build", "--source-dir", str(source), "--output-dir", str(output), "--split-platforms")


def _run(*arguments: str) -> str:
    return run_logged("blender-tool", [sys.executable, str(_tool()), *arguments])


def _tool() -> Path:
    for series in _PREFERRED:
        try:
            ensure_bpy_venv(series)
        except Skipped:
            continue
        found = list(site_packages(series).glob("bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
        if found:
            return found[0]
    known = ", ".join(blender.version for blender in MODULE_BLENDERS)
    raise RigError(f"None of the Blenders {known} could be had, so there is no tool to build with.")

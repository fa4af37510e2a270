# SPDX-License-Identifier: GPL-3.0-or-later
"""Building the zips: wheels, staging, Blender's tool, the same bytes, and a last check by Blender's tool."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rig.errors import RigError
from rig.paths import CHECKOUT, RIG

from . import archives, blender_tool
from .manifest import read_manifest
from .staging import stage
from .wheels import ensure_wheels

DIST = CHECKOUT / "dist"


def build(platforms: Sequence[str] | None = None, output: Path = DIST) -> list[Path]:
    """Build the zip of each platform (default: all of the manifest's) into ``output`` and return them."""
    manifest = read_manifest()
    wanted = list(platforms or manifest["platforms"])
    if unknown := set(wanted) - set(manifest["platforms"]):
        raise RigError(f"The manifest has no platform {', '.join(sorted(unknown))}; it has {manifest['platforms']}.")
    RIG.mkdir(parents=True, exist_ok=True)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=RIG) as folder:
        staged, raw, done = (Path(folder) / name for name in ("staged", "raw", "done"))
        for path in (staged, raw, done):
            path.mkdir()
        stage(staged, ensure_wheels())
        blender_tool.validate(staged)
        blender_tool.build(staged, raw)
        zips = []
        for platform in wanted:
            name = f"{manifest['id']}-{manifest['version']}-{platform.replace('-', '_')}.zip"
            archives.normalise(raw / name, done / name)
            archives.check_contents(done / name, platform)
            blender_tool.validate(done / name)
            zips.append(_put(done / name, output))
    return zips


def _put(built: Path, output: Path) -> Path:
    """Replace the zip in one step: whoever is reading the old one goes on reading the old one."""
    arriving = output / f".{built.name}"
    shutil.copyfile(built, arriving)
    return arriving.replace(output / built.name)

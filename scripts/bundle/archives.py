# SPDX-License-Identifier: GPL-3.0-or-later
"""Zips that are the same, byte for byte, whenever and wherever they are built; and what must be true of each."""

import os
import subprocess
import time
import tomllib
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from rig.errors import RigError
from rig.paths import CHECKOUT

from .manifest import effective

_MODE = 0o100644
_EARLIEST_EPOCH = 315532800
"""1980-01-01, where the zip format's clock starts; for a checkout without git."""


def source_date_epoch() -> int:
    """Return the time every member gets, in seconds: ``SOURCE_DATE_EPOCH``, else the commit's."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return max(int(given), _EARLIEST_EPOCH)
    git = ["git", "-C", str(CHECKOUT), "log", "-1", "--format=%ct"]
    told = subprocess.run(git, capture_output=True, text=True, check=False)
    return int(told.stdout) if told.returncode == 0 and told.stdout.strip() else _EARLIEST_EPOCH


def normalise(built: Path, target: Path) -> None:
    """Write the members of a zip in name order, with one time and one mode.

    They are stored, not compressed: compressors differ between machines, and nearly all of it is wheels, which
    are compressed already.
    """
    moment = time.gmtime(source_date_epoch())[:6]
    with ZipFile(built) as source, ZipFile(target, "w") as archive:
        for name in sorted(source.namelist()):
            member = ZipInfo(name, date_time=moment)
            member.compress_type = ZIP_STORED
            member.create_system = 3  # Unix, so that the mode below is read as one
            member.external_attr = _MODE << 16
            archive.writestr(member, source.read(name))


def check_contents(path: Path, platform: str) -> None:
    """Raise unless the zip is for that platform, holds exactly the wheels it lists, and nothing that is not code."""
    with ZipFile(path) as archive:
        names = archive.namelist()
        manifest = effective(tomllib.loads(archive.read("blender_manifest.toml").decode()))
    inside = sorted(f"./{name}" for name in names if name.startswith("wheels/"))
    if manifest["platforms"] != [platform] or sorted(manifest["wheels"]) != inside or not inside:
        raise RigError(f"{path.name} lists {manifest['wheels']} for {manifest['platforms']} but holds {inside}.")
    stray = [name for name in names if "__pycache__" in name or name.endswith(".pyc") or name.startswith("tests/")]
    if stray or "__init__.py" not in names or "LICENSE" not in names:
        raise RigError(f"{path.name} lacks its code or licence, or holds what it should not: {stray}")

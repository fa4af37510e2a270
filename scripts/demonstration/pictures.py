# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's pictures on the host: which they are, whether they are pictures, and a copy for Blender to read."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from rig.errors import RigError

SOURCES = "sources"
_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".tga", ".exr", ".hdr"}


def chosen(images: Sequence[Path], folder: Path | None) -> list[Path]:
    """Give all pictures that were named, those of a folder after the single ones; say so when one cannot be read."""
    found = list(images)
    if folder is not None:
        if not folder.is_dir():
            raise RigError(f"There is no folder {folder}.")
        inside = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
        if not inside:
            raise RigError(f"There is no picture in {folder}.")
        found += inside
    for path in found:
        _check(path)
    return found


def stage(images: Sequence[Path], folder: Path) -> tuple[str, ...]:
    """Copy the pictures to where Blender can read them, in a chroot too; no two get one name."""
    target = folder / SOURCES
    target.mkdir()
    names: set[str] = set()
    staged = []
    for path in images:
        base = stem = re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "picture"
        number = 1
        while stem.lower() in names:
            number += 1
            stem = f"{base}-{number}"
        names.add(stem.lower())
        copy = target / (stem + path.suffix.lower())
        shutil.copyfile(path, copy)
        staged.append(f"{SOURCES}/{copy.name}")
    return tuple(staged)


def _check(path: Path) -> None:
    if not path.exists():
        raise RigError(f"There is no picture {path}.")
    if not path.is_file():
        raise RigError(f"{path} is not a file; for a folder of pictures use --all.")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise RigError(f"The picture {path} cannot be read: {error.strerror}.") from error
    if empty:
        raise RigError(f"The picture {path} is empty.")

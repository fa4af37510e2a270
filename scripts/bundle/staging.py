# SPDX-License-Identifier: GPL-3.0-or-later
"""The flat folder Blender's tool builds from: the code beside the manifest, the wheels in a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from rig.errors import RigError
from rig.paths import CHECKOUT

from .manifest import MANIFEST, read_manifest
from .wheels import Wheel

CODE = CHECKOUT / "trellis_blender"
DOCUMENTS = ("LICENSE", "README.md")


def stage(folder: Path, wheels: list[Wheel]) -> None:
    """Fill an empty folder with what goes into the zips."""
    listed = read_manifest()["wheels"]
    if sorted(listed) != sorted(f"./wheels/{wheel.name}" for wheel in wheels):
        raise RigError("blender_manifest.toml and wheels.lock list different wheels. Run: scripts/relock")
    shutil.copyfile(MANIFEST, folder / MANIFEST.name)
    for document in DOCUMENTS:
        if (CHECKOUT / document).exists():
            shutil.copyfile(CHECKOUT / document, folder / document)
    for source in code_files():
        target = folder / source.relative_to(CODE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    (folder / "wheels").mkdir()
    for wheel in wheels:
        shutil.copyfile(wheel.cached, folder / "wheels" / wheel.name)


def code_files() -> Iterator[Path]:
    """Give every file of the extension's code; nothing hidden, nothing compiled."""
    for path in sorted(CODE.rglob("*")):
        parts = path.relative_to(CODE).parts
        if path.is_file() and path.suffix != ".pyc" and not any(p == "__pycache__" or p.startswith(".") for p in parts):
            yield path

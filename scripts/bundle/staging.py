# SPDX-License-Identifier: GPL-3.0-or-later
"""The flat folder Blender's tool builds from: the code beside the manifest, the wheels in a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from rig.errors import RigError
from rig.paths import CHECKOUT
from translation.compiling import compile_into
from translation.languages import FOLDER as LANGUAGES

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
    compile_into(folder / LANGUAGES.relative_to(CODE))
    (folder / "wheels").mkdir()
    for wheel in wheels:
        shutil.copyfile(wheel.cached, folder / "wheels" / wheel.name)


def code_files() -> Iterator[Path]:
    """Give every file of the extension's code; nothing hidden, nothing compiled, no translators' files."""
    for path in sorted(CODE.rglob("*")):
        parts = path.relative_to(CODE).parts
        hidden = any(part == "__pycache__" or part.startswith(".") for part in parts)
        if path.is_file() and path.suffix not in (".pyc", ".po") and not hidden:
            yield path

# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes made lighter by another Blender without a window, while this one goes on. Knows no object, no scene."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from . import decimating

_FLAGS: Final = ("--background", "--factory-startup", "--offline-mode", "-noaudio", "--python-exit-code", "1")
_log = logging.getLogger(__name__)


def is_possible() -> bool:
    """Whether there is a Blender to start, and somebody who would wait for this one."""
    return bool(bpy.app.binary_path) and not bpy.app.background


class Aside:
    """Another Blender at work. Nothing here waits for it: a thread reads what it says."""

    def __init__(self, meshes: Sequence[bpy.types.Mesh], shares: Sequence[Sequence[float]]) -> None:
        """Write the meshes into a file, without what they look like, and start. Raises :class:`OSError`."""
        self.wanted = sum(map(len, shares))
        self.done = 0
        self.is_over = self.is_well = False
        self._folder = Path(tempfile.mkdtemp(prefix="trellis-", dir=bpy.app.tempdir))
        try:
            _write(self._folder / "given.blend", meshes)
            self._process = _start(self._folder, shares)
        except (OSError, RuntimeError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise OSError(str(error)) from error
        self._reader = threading.Thread(target=self._read, name="trellis-aside", daemon=True)
        self._tidied = threading.Thread(target=self._tidy, name="trellis-aside-tidy", daemon=True)
        self._reader.start()

    def take(self) -> list[decimating.Step]:
        """Give the meshes that were made, as :func:`.decimating.steps` does. Raises :class:`OSError`."""
        libraries: Any = bpy.data.libraries
        known = set(libraries)
        with libraries.load(str(self._folder / "made.blend")) as (found, wanted):
            wanted.meshes = list(found.meshes)
        bpy.data.batch_remove(set(libraries) - known)  # Blender notes where it was: a file that goes
        made = []
        for mesh in wanted.meshes:
            if isinstance(mesh, bpy.types.Mesh):
                made.append((int(mesh[decimating.PART]), int(mesh[decimating.LEVEL]), mesh))
                mesh.use_fake_user = False
                del mesh[decimating.PART], mesh[decimating.LEVEL]
        return made

    def close(self) -> None:
        """End it, and remove its files; returns at once."""
        if self._process.poll() is None:
            self._process.kill()
        self._tidied.start()

    def _read(self) -> None:
        said = []
        with self._process as process:
            for line in process.stdout or ():
                if line.strip() == decimating.DONE:
                    self.done += 1
                else:
                    said.append(line.rstrip())
        status = process.returncode
        self.is_well = status == 0 and (self._folder / "made.blend").is_file()
        if status > 0:
            _log.warning("The other Blender ended with %s: %s", status, " / ".join(said[-8:]))
        self.is_over = True

    def _tidy(self) -> None:
        self._reader.join()
        shutil.rmtree(self._folder, ignore_errors=True)


def _write(path: Path, meshes: Sequence[bpy.types.Mesh]) -> None:
    """Write bare copies of meshes: with their materials would go the textures, too."""
    copies = [mesh.copy() for mesh in meshes]
    try:
        for index, copy in enumerate(copies):
            copy[decimating.PART] = index
            for slot in range(len(copy.materials)):
                copy.materials[slot] = None
        bpy.data.libraries.write(str(path), set(copies), fake_user=True)
    finally:
        bpy.data.batch_remove(copies)


def _command() -> list[str]:
    return [bpy.app.binary_path, *_FLAGS, "--python", str(Path(decimating.__file__))]


def _start(folder: Path, shares: Sequence[Sequence[float]]) -> "subprocess.Popen[str]":
    files = [str(folder / name) for name in ("given.blend", "made.blend")]
    arguments = [*files, json.dumps([list(row) for row in shares])]
    quiet: dict[str, Any] = {}
    if sys.platform == "win32":
        quiet["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return subprocess.Popen(
        [*_command(), "--", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env={name: value for name, value in os.environ.items() if "KEY" not in name.upper()}, **quiet,
    )  # fmt: skip

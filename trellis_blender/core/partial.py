# SPDX-License-Identifier: GPL-3.0-or-later
"""The beginning of a file that did not arrive whole, kept so that the next try asks for the rest. No network, no bpy.

Kept only while the server names the version it is of (an ETag): the rest of another version must
never be put behind it.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Any, Final

SUFFIX: Final = ".partial"
WORTH_KEEPING_BYTES: Final = 2**20
_READ_BYTES: Final = 2**20


class Partial:
    """The place of one file's beginning, beside its target."""

    def __init__(self, target: Path) -> None:
        """Nothing is read yet."""
        self._file = target.with_name(target.name + SUFFIX)
        self._version = target.with_name(target.name + SUFFIX + "-version")

    def wanted(self) -> dict[str, str]:
        """Give the headers that ask for the rest; none when there is no beginning worth it."""
        try:
            version = self._version.read_text(encoding="ascii")
            size = self._file.stat().st_size
        except (OSError, ValueError):
            return {}
        if size < WORTH_KEEPING_BYTES:
            return {}
        return {"Range": f"bytes={size}-", "If-Range": version}

    def begin(self, part: Path, digest: Any) -> int:
        """Move the kept beginning to ``part`` and feed it to ``digest``; give its size in bytes."""
        self._file.replace(part)
        self._version.unlink(missing_ok=True)
        with part.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                digest.update(piece)
        return part.stat().st_size

    def keep(self, part: Path, version: str) -> bool:
        """Keep what arrived of a file of that version, if it is worth it; give whether it was."""
        if not version or version.startswith("W/") or part.stat().st_size < WORTH_KEEPING_BYTES:
            return False
        part.replace(self._file)
        self._version.write_text(version, encoding="ascii")
        return True

    def drop(self) -> None:
        """Forget the beginning."""
        for path in (self._file, self._version):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def hashed(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The beginning of a file that did not arrive whole, kept so that the next try asks for the rest. No network, no bpy.

Kept only while the server names the version it is of, by a strong ETag or by a date that is old enough to be one: the
rest of another version must never be put behind it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from . import dates

SUFFIX: Final = ".partial"
WORTH_KEEPING_BYTES: Final = 2**20
_READ_BYTES: Final = 2**20
_OLD_ENOUGH_SECONDS: Final = 2.0
"""A file that changes within a second keeps its date."""


class Partial:
    """The place of one file's beginning, beside its target."""

    def __init__(self, target: Path) -> None:
        """Nothing is read yet."""
        self._file = target.with_name(target.name + SUFFIX)
        self._version = target.with_name(target.name + SUFFIX + "-version")

    def wanted(self) -> dict[str, str]:
        """Give the headers that ask for the rest; none when there is no beginning worth it."""
        try:
            version = self.version()
            size = self._file.stat().st_size
        except (OSError, ValueError):
            return {}
        if size < WORTH_KEEPING_BYTES or not version:
            return {}
        return {"Range": f"bytes={size}-", "If-Range": version}

    def version(self) -> str:
        """Give the version that the beginning is of. Raises :class:`OSError`, :class:`ValueError`."""
        return self._version.read_text(encoding="ascii").partition("\n")[0]

    def is_continued_by(self, headers: Mapping[str, str], whole: int | None) -> bool:
        """Whether an answer with the rest says that it is of the same version, and as long."""
        try:
            version, _newline, length = self._version.read_text(encoding="ascii").partition("\n")
        except (OSError, ValueError):
            return False
        if length and whole is not None and int(length) != whole:
            return False
        if version.startswith('"'):
            return headers.get("ETag", "") == version
        return headers.get("Last-Modified", version) == version

    def begin(self, part: Path, digest: Any) -> int:
        """Move the kept beginning to ``part`` and feed it to ``digest``; give its size in bytes."""
        self._file.replace(part)
        self._version.unlink(missing_ok=True)
        with part.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                digest.update(piece)
        return part.stat().st_size

    def keep(self, part: Path, version: str, whole: int | None = None) -> bool:
        """Keep what arrived of a file of that version and size, if it is worth it; give whether it was."""
        if not version or part.stat().st_size < WORTH_KEEPING_BYTES:
            return False
        part.replace(self._file)
        self._version.write_text(f"{version}\n{whole or ''}", encoding="ascii")
        return True

    def drop(self) -> None:
        """Forget the beginning."""
        for path in (self._file, self._version):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def version_of(headers: Mapping[str, str]) -> str:
    """Give what names the version of an answer's file beyond doubt; empty when nothing does."""
    if headers.get("Accept-Ranges", "bytes") == "none":
        return ""
    tag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if tag.startswith('"') and tag.isascii():
        return tag
    try:
        age = dates.read(headers.get("Date", "")) - dates.read(modified)
    except (ValueError, TypeError):
        return ""
    return modified if modified.isascii() and age.total_seconds() >= _OLD_ENOUGH_SECONDS else ""


def hashed(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()

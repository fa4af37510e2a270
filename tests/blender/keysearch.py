# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for the key in files of every kind, in every way that a key can be written. Imports neither bpy nor ours."""

import base64
import gzip
import io
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

GZIP, ZSTD, SQLITE = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"SQLite format 3\0"


def forms(key: str) -> dict[str, bytes]:
    """Give every way in which the key may be written, by its name."""
    plain = key.encode()
    percent = "".join(f"%{value:02x}" for value in plain)
    middle = len(key) - 16  # the end of a key is what is random in it
    return {
        "plain": plain,
        "half": plain[middle:],
        "other half": plain[middle - 12 : middle],
        "utf-16": key.encode("utf-16-le"),
        "hexadecimal": plain.hex().encode(),
        "HEXADECIMAL": plain.hex().upper().encode(),
        "percent": percent.encode(),
        "PERCENT": percent.upper().encode(),
        **{f"base64 at {shift}": _base64(plain, shift) for shift in range(3)},
    }


def _base64(plain: bytes, shift: int) -> bytes:
    """Give what is in the base64 of any text that has the key ``shift`` bytes behind a multiple of three."""
    whole = base64.b64encode(bytes(shift) + plain).rstrip(b"=")
    return whole[(0, 2, 3)[shift] : -1]  # without the digits that hold bits of the neighbours


def ways(key: str, content: bytes) -> list[str]:
    """Name the ways in which the key is in some bytes."""
    return [name for name, form in forms(key).items() if form in content]


def readings(path: Path) -> Iterator[bytes]:
    """Give a file's bytes: as they are, unpacked if they are packed, and row by row if it is a database."""
    content = path.read_bytes()
    yield content
    if content.startswith(GZIP):
        yield gzip.decompress(content)
    if content.startswith(ZSTD):
        import zstandard  # beside every Blender module, but not in a window's tests, where nothing is packed so

        yield zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content), read_across_frames=True).read()
    if content.startswith(SQLITE):  # a long text lies in several pages
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            yield "\n".join(connection.iterdump()).encode()


def holding(key: str, folders: Iterable[Path]) -> dict[Path, list[str]]:
    """Give every file that has the key, by its contents or its name, and the ways in which it has it."""
    found: dict[Path, list[str]] = {}
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        texts = [str(path).encode(), *(readings(path) if path.is_file() else ())]
        names = list(dict.fromkeys(name for text in texts for name in ways(key, text)))
        if names:
            found[path] = names
    return found

# SPDX-License-Identifier: GPL-3.0-or-later
"""What disks and other programs do to a store while nobody runs."""

from collections.abc import Callable, Mapping
from pathlib import Path

STORE = "store/jobs.sqlite3"


def _without_journal(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _header(path: Path) -> None:
    _without_journal(path)
    content = bytearray(path.read_bytes())
    content[:64] = b"\xff" * min(64, len(content))
    path.write_bytes(content)


def _middle(path: Path) -> None:
    _without_journal(path)
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 512] = b"\xaa" * len(content[start : start + 512])
    path.write_bytes(content)


def _truncated(path: Path) -> None:
    _without_journal(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def _foreign(path: Path) -> None:
    _without_journal(path)
    path.write_bytes(b"This is another program's file.\n" * 200)


def _empty(path: Path) -> None:
    _without_journal(path)
    path.write_bytes(b"")


def _missing(path: Path) -> None:
    _without_journal(path)
    path.unlink()


def _journal_cut(path: Path) -> None:
    wal = path.with_name(path.name + "-wal")
    if wal.exists():
        wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2])
    path.with_name(path.name + "-shm").unlink(missing_ok=True)


def _journal_garbage(path: Path) -> None:
    wal = path.with_name(path.name + "-wal")
    if wal.exists():
        content = bytearray(wal.read_bytes())
        for start in range(4096, len(content), 8192):
            content[start : start + 64] = b"\x55" * len(content[start : start + 64])
        wal.write_bytes(content)
    path.with_name(path.name + "-shm").unlink(missing_ok=True)


WAYS: Mapping[str, Callable[[Path], None]] = {
    "header": _header, "middle": _middle, "truncated": _truncated, "foreign": _foreign, "empty": _empty,
    "missing": _missing, "journal lost": _without_journal, "journal cut": _journal_cut,
    "journal garbage": _journal_garbage,
}  # fmt: skip


def damage(home: Path, how: str) -> bool:
    """Damage the store of a run; whether there was one."""
    path = home / STORE
    if not path.exists():
        return False
    WAYS[how](path)
    return True

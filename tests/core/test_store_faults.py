# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that can neither be used nor set aside just now: nothing is deleted, and it works the next time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.test_store import made
from trellis_blender.core import database, store
from trellis_blender.core.archive import Archive
from trellis_blender.core.database import StoreError
from trellis_blender.core.store import FILE_NAME

ROOT = Path(__file__).resolve().parents[2]


def content(folder: Path) -> dict[str, bytes]:
    """Give every byte of the store's own files."""
    return {path.name: path.read_bytes() for path in folder.glob(f"{FILE_NAME}*") if path.is_file()}


def test_file_that_cannot_be_set_aside_is_said_and_left_whole(tmp_path: Path) -> None:
    """As on Windows, where another program has it open. Here the name that it would have is too long for the disk."""
    path = tmp_path / ("x" * 232)
    path.write_bytes(b"another program's file" * 300)
    before = path.read_bytes()
    with pytest.raises(StoreError) as said:
        database.connect(path, store._MIGRATIONS)
    assert str(said.value) == (
        f"The damaged list of jobs in {tmp_path} cannot be set aside now (File name too long). Nothing was deleted. "
        "Close the other Blenders and check the folder's permissions, then restart this one."
    )
    assert path.read_bytes() == before
    path.rename(tmp_path / FILE_NAME)
    archive = Archive(tmp_path)
    assert "damaged" in archive.open()[2]
    archive.close()
    assert before in [path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}.damaged-*")]


OPEN_ON_A_FULL_DISK = """
import json, resource, signal, sys
from pathlib import Path
from trellis_blender.core.archive import Archive
from trellis_blender.core.database import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
archive, said = Archive(Path(sys.argv[1])), ""
try:
    archive.open()
except StoreError as error:
    said = str(error)
archive.close()
sys.stdout.write(json.dumps(said))
"""


@pytest.mark.parametrize("is_new", [True, False])
def test_full_disk_at_opening_is_said_and_harms_nothing(tmp_path: Path, is_new: bool) -> None:
    job = made()
    if not is_new:
        first = Archive(tmp_path)
        first.open()
        first.record(job)
        first.close()
    before = content(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", OPEN_ON_A_FULL_DISK, str(tmp_path), "0"], cwd=ROOT, capture_output=True, check=True
    )
    said = json.loads(told.stdout)
    assert said.startswith("The ")
    assert "Free some space" in said or "Check its permissions" in said
    assert list(tmp_path.glob("*.damaged-*")) == []
    assert is_new or content(tmp_path)[FILE_NAME] == before[FILE_NAME]
    again = Archive(tmp_path)
    ours, _others, warning = again.open()
    assert [found.id for found in ours] == ([] if is_new else [job.id])
    assert warning == ""
    again.close()

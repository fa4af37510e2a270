# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's own file becomes the picture that was captured, or is refused; without Blender, so without a decoder."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.blender import forge
from trellis_blender.core import decoder, lately, pixels, prepared, splitting, undecoded
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame, PictureFile, discard
from trellis_blender.core.preparation import USUAL

RNG = np.random.default_rng(3)
HEADER_BYTES = 33


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_broken", ["there is none"])
    monkeypatch.setattr(undecoded, "_faulty", set())


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:HEADER_BYTES] + chunk + png[HEADER_BYTES:]


def put(path: Path, content: bytes, *, is_opaque: bool = False) -> PictureFile:
    path.write_bytes(content)
    told = path.stat()
    return PictureFile("a", (str(path), told.st_mtime_ns, told.st_size), is_opaque)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("is_opaque", [False, True])
@pytest.mark.parametrize("is_packed", [False, True])
def test_it_is_what_was_drawn(tmp_path: Path, depth: int, is_opaque: bool, is_packed: bool) -> None:
    drawn = RNG.integers(0, 256, (40, 30, depth), np.uint8)
    path = tmp_path / "a.png"
    file = put(path, forge.png(drawn), is_opaque=is_opaque)
    if is_packed:
        file = PictureFile("a", ("a 1", 0, 1), is_opaque, path.read_bytes())
    wanted = np.full((40, 30, 4), 255, np.uint8)
    wanted[..., :3] = drawn[..., : 3 if depth > 2 else 1]
    if depth in (2, 4) and not is_opaque:
        wanted[..., 3] = drawn[..., -1]
    assert np.array_equal(pixels.read(file), wanted)
    discard(file)
    assert path.exists(), "it is the artist's"
    made = prepared.prepare(file).content
    assert made == prepared.prepare(Frame(wanted, is_bottom_up=False)).content


def test_what_is_left_to_blender() -> None:
    good = forge.png(RNG.integers(0, 256, (8, 8, 3), np.uint8))
    assert undecoded.is_readable(good)
    for kind in (b"gAMA", b"iCCP", b"cHRM", b"tEXt"):
        assert undecoded.is_readable(with_chunk(good, kind, bytes(4))), "Blender passes over it, too"
    for odd in (
        with_chunk(good, b"cICP", b"\x09\x10\0\1"), with_chunk(good, b"tRNS", bytes(6)), good[:HEADER_BYTES], b"",
        good[:24] + b"\x10" + good[25:], good[:25] + b"\3" + good[26:], good[:28] + b"\1" + good[29:],
        good[:16] + struct.pack(">I", 4097) + good[20:], b"\xff\xd8\xff" + bytes(40), b"RIFF" + bytes(40),
    ):  # fmt: skip
        assert not undecoded.is_readable(odd)


def test_what_is_damaged_is_said_and_left_to_blender_from_then_on(tmp_path: Path) -> None:
    whole = forge.png(RNG.integers(0, 256, (60, 60, 3), np.uint8))
    file = put(tmp_path / "a.png", whole[: len(whole) // 2])
    assert undecoded.is_readable(whole[: len(whole) // 2]) and not undecoded.is_faulty(file.mark)
    with pytest.raises(SourceError, match="The image a cannot be read"):
        lately.Lately().develop(file, USUAL)
    assert undecoded.is_faulty(file.mark)
    flipped = put(tmp_path / "b.png", whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
    with pytest.raises(SourceError, match="The image a cannot be read"):  # though it may well be unpacked
        pixels.read(flipped)


def test_what_is_gone_or_another_one_is_not_sent(tmp_path: Path) -> None:
    drawn = RNG.integers(0, 256, (20, 20, 3), np.uint8)
    file = put(tmp_path / "a.png", forge.png(drawn))
    os.utime(tmp_path / "a.png", ns=(1, 1))
    assert lately.digest(file) == ""
    with pytest.raises(SourceError, match="was just changed"):
        lately.Lately().prepare(file, USUAL)
    (tmp_path / "a.png").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        lately.Lately().prepare(file, USUAL)
    assert not undecoded.is_faulty(file.mark), "it may come back"


def test_what_the_preview_showed_is_sent_as_it_was_made(tmp_path: Path) -> None:
    drawn = RNG.integers(0, 256, (20, 20, 4), np.uint8)
    made = lately.Lately()
    shown = made.develop(put(tmp_path / "a.png", forge.png(drawn)), USUAL).picture
    assert made.prepare(put(tmp_path / "b.png", forge.png(drawn)), USUAL) is shown
    assert made.prepare(put(tmp_path / "b.png", forge.png(drawn), is_opaque=True), USUAL) is not shown
    with pytest.raises(TypeError):
        splitting.fingerprint(put(tmp_path / "a.png", forge.png(drawn)))

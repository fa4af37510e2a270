# SPDX-License-Identifier: GPL-3.0-or-later
"""A large file that Blender has not read is read by a worker: previewed by itself, sent as Blender would read it."""

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import forge
import numpy as np
import pytest
import seen
from artist import Artist, module
from seen import chosen

LARGE_BYTES = 7_600_000
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of an interlaced PNG: first column and row, and the steps."""
RNG = np.random.default_rng(5)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def before_pixels(png: bytes, *chunks: bytes) -> bytes:
    return png[:33] + b"".join(chunks) + png[33:]


def noise(depth: int) -> np.ndarray:
    pixels = RNG.integers(0, 256, (90, 120, depth), np.uint8)
    if depth in (2, 4):
        pixels[:20, :, -1], pixels[20:40, :, -1] = 0, 255
    return pixels


def plain(depth: int) -> bytes:
    return forge.png(noise(depth))


def palette(*more: bytes) -> bytes:
    colours = chunk(b"PLTE", RNG.integers(0, 256, 768, np.uint8).tobytes())
    png = plain(1)
    head = chunk(b"IHDR", png[16:25] + b"\3" + png[26:29])
    return before_pixels(png[:8] + head + png[33:], colours, *more)


def interlaced() -> bytes:
    pixels = noise(4)
    height, width, _depth = pixels.shape
    rows = b"".join(
        b"\0" + row.tobytes() for x, y, over, down in PASSES for row in np.ascontiguousarray(pixels[y::down, x::over])
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def gamma() -> bytes:
    return before_pixels(plain(4), chunk(b"gAMA", struct.pack(">I", 100_000)))


EVERYWHERE: dict[str, Callable[[], bytes]] = {
    "grey": lambda: plain(1), "grey and alpha": lambda: plain(2), "RGB": lambda: plain(3), "RGBA": lambda: plain(4),
    "gamma": gamma,
}  # fmt: skip
WITH_A_DECODER: dict[str, Callable[[], bytes]] = {
    "palette": palette, "clear in palette": lambda: palette(chunk(b"tRNS", bytes(range(0, 250, 5)))),
    "clear colour": lambda: before_pixels(plain(1), chunk(b"tRNS", b"\0\x07")), "interlaced": interlaced,
}  # fmt: skip


def put(path: Path, content: bytes) -> bpy.types.Image:
    """Write a picture's file, made large by what no reader looks at."""
    more = bytes(LARGE_BYTES)
    path.write_bytes(content[:-12] + chunk(b"prVt", more) + content[-12:] if content[1:4] == b"PNG" else content + more)
    return bpy.data.images.load(str(path))


def left() -> Any:
    """Give what a worker gets of the picture that is chosen, as the preview has it."""
    module("blender.costs").learn(chosen())
    source = module("blender.handover").capture(chosen(), bpy.context.scene)
    return source if isinstance(source, module("core.image").PictureFile) else None


def is_same(found: Any, *, within: int = 0) -> bool:
    """Compare what a worker reads, and what is sent of that, with the same through Blender's own reading."""
    image = chosen().image
    assert not image.has_data and not module("blender.costs").seconds(chosen())
    core, prepared = module("core.pixels"), module("core.prepared")
    own = module("blender.sources").capture(chosen(), bpy.context.scene)
    assert image.has_data
    ours, theirs = core.read(found), core.read(own)
    assert within or prepared.prepare(found).content == prepared.prepare(own).content
    return ours.shape == theirs.shape and np.abs(ours.astype(int) - theirs.astype(int)).max() <= within


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("with_decoder", [False, True])
def test_it_is_sent_as_blender_would_have_read_it(
    artist: Artist, tmp_path: Path, kind: str, with_decoder: bool, request: pytest.FixtureRequest
) -> None:
    if with_decoder:
        request.getfixturevalue("whole_blender")
    artist.choose(put(tmp_path / "a.png", EVERYWHERE[kind]()))
    assert is_same(left())


@pytest.mark.parametrize("kind", WITH_A_DECODER)
def test_other_pngs_are_where_blender_brings_a_decoder(
    artist: Artist, tmp_path: Path, kind: str, whole_blender: bool
) -> None:
    artist.choose(put(tmp_path / "a.png", WITH_A_DECODER[kind]()))
    if whole_blender:
        assert is_same(left())
    else:
        module("blender.costs").learn(chosen())
        assert module("blender.lookout").is_costly(chosen())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_kinds_are_where_blender_brings_a_decoder(
    artist: Artist, tmp_path: Path, kind: str, whole_blender: bool
) -> None:
    rows = seen.gradient(128, 96)
    path = seen.write(tmp_path, f"a.{kind.lower()}", rows, kind, mode="RGB" if kind == "JPEG" else "RGBA")
    artist.choose(put(path, path.read_bytes()))
    if whole_blender:
        assert is_same(left(), within=1)
    else:
        module("blender.costs").learn(chosen())
        assert module("blender.lookout").is_costly(chosen())


@pytest.mark.parametrize("mode", ["STRAIGHT", "NONE", "CHANNEL_PACKED"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["on disk", "packed"])
def test_alpha_is_what_the_image_says(artist: Artist, tmp_path: Path, mode: str, is_packed: bool) -> None:
    image = put(tmp_path / "a.png", plain(4))
    if is_packed:
        image.pack()
        (tmp_path / "a.png").unlink()
    image.alpha_mode = mode
    artist.choose(image)
    found = left()
    assert (found.content is not None) == is_packed and is_same(found)


def test_what_is_seen_otherwise_is_left_to_blender(artist: Artist, tmp_path: Path) -> None:
    image = put(tmp_path / "a.png", plain(4))
    artist.choose(image)
    costs = module("blender.costs")
    costs.learn(chosen())
    for name, value in (
        ("alpha_mode", "PREMUL"), ("use_view_as_render", True), ("source", "SEQUENCE"),
        ("colorspace_settings.name", "Non-Color"),
    ):  # fmt: skip
        holder, _dot, last = name.rpartition(".")
        owner = getattr(image, holder) if holder else image
        was = getattr(owner, last)
        assert costs.is_for_worker(image)
        setattr(owner, last, value)
        assert not costs.is_for_worker(image), name
        setattr(owner, last, was)
    deep = seen.write(tmp_path, "deep.png", seen.gradient(64, 48), "PNG", depth="16")
    artist.choose(put(deep, deep.read_bytes()))
    costs.learn(chosen())
    assert module("blender.lookout").is_costly(chosen()) and not chosen().image.has_data


def token() -> str:
    told: str = module("blender.sight").token(chosen(), bpy.context.scene)
    return told


def previewed(artist: Artist) -> Any:
    """Have the preview made as a look of the timer does, and give it."""
    lookout = module("blender.lookout")
    module("blender.costs").learn(chosen())
    assert not lookout.is_costly(chosen()), "no click is needed"
    lookout.capture(chosen(), token(), bpy.context.scene)
    artist.wait_until(lambda: artist.session.previews.of(token()) is not None)
    return artist.session.previews.of(token())


def test_it_is_previewed_and_sent_unread(artist: Artist, tmp_path: Path) -> None:
    image = put(tmp_path / "a.png", plain(4))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    image.filepath = "//a.png"
    artist.choose(image)
    shown = previewed(artist)
    assert shown.ready.thumbnail is not None and shown.ready.size_bytes
    (job,) = artist.wait(artist.order())
    assert len(artist.simulator.control.image(job.job_id)) == shown.ready.size_bytes
    assert not image.has_data, "Blender was never asked for its pixels"


@pytest.mark.parametrize("damage", ["cut", "changed"])
@pytest.mark.parametrize("with_decoder", [False, True])
def test_what_is_damaged_is_said_as_blender_does(
    artist: Artist, tmp_path: Path, damage: str, with_decoder: bool, request: pytest.FixtureRequest
) -> None:
    if with_decoder:
        request.getfixturevalue("whole_blender")
    whole = plain(4)
    third = len(whole) // 3
    rest = b"" if damage == "cut" else bytes(8) + whole[2 * third + 8 : -12]
    artist.choose(put(tmp_path / "a.png", whole[: 2 * third] + rest + whole[-12:]))
    shown = previewed(artist)
    assert "The image a.png cannot be read" in str(shown.ready.verdicts[0])
    found = module("blender.costs")
    assert not found.is_for_worker(chosen().image), "Blender itself is asked now"
    with pytest.raises(module("core.errors").SourceError, match=r"The image a\.png cannot be read"):
        module("blender.handover").capture(chosen(), bpy.context.scene, is_ordered=True)


def test_what_was_changed_since_it_was_shown_is_shown_before_it_is_sent(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    artist.choose(put(path, plain(3)))
    previewed(artist)
    before, again = token(), put(path, plain(4))
    bpy.data.images.remove(again)
    os.utime(path, ns=(1, 1))
    handover, refusal = module("blender.handover"), module("core.errors").SourceError
    with pytest.raises(refusal, match="was just changed"):
        handover.capture(chosen(), bpy.context.scene, is_ordered=True)
    assert token() != before, "so the preview is made anew"
    previewed(artist)
    assert is_same(handover.capture(chosen(), bpy.context.scene, is_ordered=True))


def test_what_is_gone_is_said(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    artist.choose(put(path, plain(3)))
    path.unlink()
    with pytest.raises(module("core.errors").SourceError, match=r"The image a\.png cannot be read"):
        module("blender.handover").capture(chosen(), bpy.context.scene, is_ordered=True)

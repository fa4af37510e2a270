# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures are there as long as their jobs are listed, whatever becomes of the large ones."""

from __future__ import annotations

from pathlib import Path
from queue import Empty

import numpy as np
import pytest

from tests.core.workbench import Workbench, subject
from tests.simulator.server import Simulator
from trellis_blender.core import png
from trellis_blender.core.jobs import State
from trellis_blender.core.messages import Message, MiniatureRead, ModelRead
from trellis_blender.core.miniatures import OBJECT, SIDE_PIXELS, Miniatures


@pytest.mark.parametrize("alpha", [255, 40])
def test_png_of_ours_comes_back(alpha: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (13, 9, 4), np.uint8)
    pixels[..., 3] = alpha
    assert (png.decode(png.encode(pixels)) == pixels).all()


def test_any_other_png_is_refused() -> None:
    good = png.encode(np.full((4, 4, 4), 7, np.uint8))
    for damaged in (
        b"",
        b"GIF89a",
        good[:40],
        good[:-30],
        good[:16] + b"\xff\xff\xff\xff" + good[20:],
        good[:50] + b"x",
    ):
        with pytest.raises(ValueError, match="PNG"):
            png.decode(damaged)


def test_kept_small_and_read(tmp_path: Path) -> None:
    held, name = Miniatures(tmp_path / "small"), "ab" * 32
    assert held.read(name) is None and not held.has(name)
    held.keep(name, np.full((300, 600, 4), 90, np.uint8))
    small = held.read(name)
    assert small is not None and small.shape == (SIDE_PIXELS // 2, SIDE_PIXELS, 4)
    held.keep("../../elsewhere", small)
    assert [path.name for path in tmp_path.rglob("*.png")] == [f"{name}.png"]
    (tmp_path / "small" / f"{name}.png").write_bytes(b"damaged")
    assert held.read(name) is None
    held.drop(name)
    assert not held.has(name)
    assert Miniatures(None).read(name) is None


def told(bench: Workbench, kind: type[Message]) -> Message:
    """Take in messages until one of a kind comes."""
    while True:
        try:
            message = bench.engine.messages.get(timeout=120.0)
        except Empty:
            raise AssertionError(f"no {kind.__name__} came") from None
        if isinstance(message, kind):
            return message
        bench.take(message)


def test_there_after_the_picture_is_cleaned_up(bench: Workbench) -> None:
    job = bench.finish(bench.submit(subject(400)))
    assert job.state is State.DOWNLOADED
    (bench.storage.folder.parent / "store" / "sent" / f"{job.image_sha256}.png").unlink()
    bench.engine.gallery.ask(job.image_sha256)
    read = told(bench, MiniatureRead)
    assert isinstance(read, MiniatureRead) and read.rgba is not None and max(read.rgba.shape) == SIDE_PIXELS
    assert (read.rgba[SIDE_PIXELS // 2, SIDE_PIXELS // 2] == [204, 77, 26, 255]).all(), "the middle of the subject"


def test_picture_of_what_failed_and_was_billed_is_kept(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("run", "fail")
    job = bench.finish(bench.submit())
    assert job.state is State.FAILED
    bench.engine.gallery.ask(job.image_sha256)
    read = told(bench, MiniatureRead)
    assert isinstance(read, MiniatureRead) and read.rgba is not None


def test_object_is_drawn_when_it_is_read_and_never_over_a_better_one(bench: Workbench) -> None:
    job = bench.finish(bench.submit())
    assert job.path is not None
    bench.engine.read_model(job.id, job.path)
    assert isinstance(told(bench, ModelRead), ModelRead)
    read = told(bench, MiniatureRead)
    assert isinstance(read, MiniatureRead) and read.name == OBJECT + job.id and read.rgba is not None
    assert read.rgba[..., 3].max() == 255 and read.rgba[..., 3].min() == 0
    bench.engine.gallery.keep(OBJECT + job.id, np.full((8, 8, 4), 200, np.uint8))
    assert isinstance(told(bench, MiniatureRead), MiniatureRead)
    bench.engine.read_model(job.id, job.path)
    assert isinstance(told(bench, ModelRead), ModelRead)
    bench.engine.gallery.ask(OBJECT + job.id)
    again = told(bench, MiniatureRead)
    assert isinstance(again, MiniatureRead) and again.rgba is not None and (again.rgba == 200).all()

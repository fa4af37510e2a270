# SPDX-License-Identifier: GPL-3.0-or-later
"""What a preview has shown is sent without being made twice, and only if not one number of it is another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.core.conftest import OpenBench
from tests.core.pictures import framed, subject
from tests.core.test_exr import planes, written
from tests.core.test_pixels import targa
from tests.simulator.server import Simulator
from trellis_blender.core import prepared
from trellis_blender.core.components import Box
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Excerpt, ExrFile, Frame, Pixels, Source, TargaFile
from trellis_blender.core.lately import KEPT, Lately, digest
from trellis_blender.core.messages import PreviewReady
from trellis_blender.core.preparation import Preparation
from trellis_blender.core.view import PLAIN, Formula

USUAL = Preparation()
RENDER = subject(400, 300, Box(40, 60, 340, 260))


def as_floats(rgba: np.ndarray = RENDER) -> Pixels:
    height, width = rgba.shape[:2]
    return Pixels(width, height, 4, (rgba[::-1] / np.float32(255)).astype(np.float32).ravel())


def test_what_was_shown_is_sent() -> None:
    lately = Lately()
    shown = lately.develop(as_floats(), USUAL).picture
    assert lately.prepare(as_floats(), USUAL) is shown
    assert shown == prepared.prepare(as_floats())


def test_one_number_makes_another_picture() -> None:
    lately = Lately()
    shown = lately.develop(as_floats(), USUAL).picture
    other = as_floats()
    other.values[4 * 400 * 150 + 4 * 200] += 0.5
    sent = lately.prepare(other, USUAL)
    assert sent is not shown and sent.sha256 != (shown.sha256 if shown is not None else "")
    assert lately.prepare(as_floats(), replace(USUAL, margin=0.2)) is not shown
    assert lately.prepare(as_floats(), USUAL) is shown


def sources(folder: Path) -> list[Source]:
    """Give captures of every kind, each different from all others."""
    for name, content in {
        "a.tga": targa(RENDER, top_down=False), "b.tga": targa(RENDER, top_down=True),
        "a.exr": written(planes()), "b.exr": written(planes(seed=2)),
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
    floats = as_floats()
    return [
        floats, replace(floats, is_linear=True), replace(floats, is_premultiplied=True), replace(floats, view=PLAIN),
        replace(floats, view=Formula(1.0)), replace(floats, width=300, height=400),
        Frame(RENDER), Frame(RENDER, is_bottom_up=False), Frame(np.ascontiguousarray(RENDER[..., :3])),
        TargaFile(folder / "a.tga"), TargaFile(folder / "b.tga"), ExrFile(folder / "a.exr", PLAIN),
        ExrFile(folder / "b.exr", PLAIN), ExrFile(folder / "a.exr", Formula(1.0)),
        ExrFile(folder / "a.exr", PLAIN, "Second"), ExrFile(folder / "a.exr", PLAIN, is_opaque=True),
    ]  # fmt: skip


def test_captures_are_told_apart(tmp_path: Path) -> None:
    told = [digest(source) for source in sources(tmp_path)]
    assert all(told) and len(set(told)) == len(told)
    assert [digest(source) for source in sources(tmp_path)] == told
    (tmp_path / "a.exr").write_bytes(written(planes()).replace(b"2026/01/01", b"2026/01/02"))
    assert digest(ExrFile(tmp_path / "a.exr", PLAIN)) == told[11], "the time in its header is not the picture"


def test_what_cannot_be_told_is_made_each_time(tmp_path: Path) -> None:
    lately = Lately()
    cut = Excerpt(lambda: RENDER)
    assert digest(cut) == "" == digest(TargaFile(tmp_path / "gone.tga"))
    assert lately.prepare(cut, USUAL) is not lately.prepare(cut, USUAL)
    for _round in range(2):
        with pytest.raises(SourceError):
            lately.prepare(TargaFile(tmp_path / "gone.tga"), USUAL)


def test_a_file_is_removed_though_it_is_not_read(tmp_path: Path) -> None:
    lately = Lately()
    made = []
    for name in ("a.tga", "b.tga"):
        (tmp_path / name).write_bytes(targa(RENDER, top_down=False))
        made.append(lately.prepare(TargaFile(tmp_path / name), USUAL))
    assert made[0] is made[1] and not list(tmp_path.iterdir())


def test_few_are_kept() -> None:
    lately = Lately()
    first = lately.prepare(as_floats(), USUAL)
    for margin in range(1, KEPT):
        lately.prepare(as_floats(), replace(USUAL, margin=margin / 100))
    assert lately.prepare(as_floats(), USUAL) is first
    for margin in range(1, KEPT + 1):
        lately.prepare(as_floats(), replace(USUAL, margin=margin / 50))
    assert lately.prepare(as_floats(), USUAL) is not first


def test_a_press_after_the_preview_sends_what_was_shown(
    simulator: Simulator, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(simulator.url, simulator.key)
    bench.engine.preview(framed(RENDER), USUAL, "one")
    while not isinstance(told := bench.engine.messages.get(timeout=120.0), PreviewReady):
        bench.take(told)
    made = []
    monkeypatch.setattr(prepared, "develop", lambda *arguments: made.append(arguments))
    bench.submit(framed(RENDER))
    job = bench.finish()
    assert not job.error and not made
    assert len(simulator.control.image(job.job_id)) == told.size_bytes

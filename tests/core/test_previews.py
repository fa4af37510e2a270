# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be sent is shown beside the jobs: the newest wish wins, one at a time, and nothing paid is touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.core.pictures import framed, subject
from tests.core.workbench import DEADLINE_SECONDS, Workbench
from tests.simulator.server import Simulator
from trellis_blender.core import png, prepared
from trellis_blender.core.components import Box
from trellis_blender.core.image import TargaFile
from trellis_blender.core.jobs import State
from trellis_blender.core.messages import PreviewReady
from trellis_blender.core.preflight import Code
from trellis_blender.core.preparation import Preparation

USUAL = Preparation()
RENDER = subject(400, 300, Box(40, 60, 340, 260))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(prepared, "png", SimpleNamespace(encode=made.encode))  # miniatures are made by others
    yield made
    made.open.set()


class Gate:
    """Holds up every picture while it is encoded, and counts how many there are at once."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Semaphore(0)
        self.at_once = self.most_at_once = 0
        self.encoder = png.encode

    def encode(self, rgba: np.ndarray) -> bytes:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.reached.release()
        assert self.open.wait(DEADLINE_SECONDS)
        self.at_once -= 1
        return self.encoder(rgba)

    def wait(self) -> None:
        assert self.reached.acquire(timeout=DEADLINE_SECONDS)


def previews(bench: Workbench, until: str) -> list[PreviewReady]:
    """Take in what is told up to the preview with this token."""
    found: list[PreviewReady] = []
    while not found or found[-1].token != until:
        message = bench.engine.messages.get(timeout=DEADLINE_SECONDS)
        bench.take(message)
        if isinstance(message, PreviewReady):
            found.append(message)
    return found


def test_a_preview_is_what_would_be_sent(bench: Workbench) -> None:
    bench.engine.preview(framed(RENDER), USUAL, "one")
    (shown,) = previews(bench, "one")
    picture = prepared.prepare(framed(RENDER))
    assert (shown.width, shown.height, shown.size_bytes) == (312, 312, len(picture.content))
    assert shown.thumbnail is not None
    assert shown.thumbnail.shape == (256, 256, 4)
    assert shown.verdicts == ()
    assert shown.seconds > 0


def test_what_is_sent_is_what_the_preview_showed(simulator: Simulator, bench: Workbench) -> None:
    wide = Preparation(margin=0.3)
    bench.engine.preview(framed(RENDER), wide, "one")
    (shown,) = previews(bench, "one")
    job = bench.finish(bench.submit(framed(RENDER), preparation=wide))
    assert job.preparation == wide
    sent = simulator.control.image(job.job_id)
    assert len(sent) == shown.size_bytes
    assert sent == prepared.prepare(framed(RENDER), wide).content


def test_the_very_same_is_not_made_again(bench: Workbench, gate: Gate, tmp_path: Path) -> None:
    """Every undo asks for it anew, since Blender tells that all images may have changed; it held a core for seconds."""
    path = tmp_path / "render.tga"
    Image.fromarray(RENDER).save(path)
    gate.open.set()
    told = []
    for token in ("one", "two"):
        bench.engine.preview(framed(RENDER), USUAL, token)
        told += previews(bench, token)
    assert told[0].sha256 == told[1].sha256 and told[0].verdicts == told[1].verdicts
    assert (told[1].width, told[1].seconds) == (told[0].width, told[0].seconds)
    assert gate.reached.acquire(blocking=False) and not gate.reached.acquire(blocking=False), "made once"
    bench.engine.preview(framed(RENDER), Preparation(margin=0.3), "otherwise")
    bench.engine.preview(TargaFile(path), USUAL, "file")
    previews(bench, "file")
    bench.engine.preview(framed(subject(400, 300, Box(40, 60, 340, 261))), USUAL, "painted")
    (shown,) = previews(bench, "painted")
    assert shown.sha256 != told[0].sha256 and not path.exists()


def test_only_the_newest_wish_is_made(bench: Workbench, gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "render.tga"
    Image.fromarray(RENDER).save(path)
    bench.engine.preview(framed(RENDER), USUAL, "one")
    gate.wait()
    bench.engine.preview(TargaFile(path), USUAL, "two")
    bench.engine.preview(framed(RENDER), USUAL, "three")
    bench.engine.preview(framed(RENDER), USUAL, "four")
    gate.open.set()
    assert [shown.token for shown in previews(bench, "four")] == ["one", "four"]
    bench.engine.preview(framed(RENDER), USUAL, "five")
    previews(bench, "five")
    assert gate.most_at_once == 1
    assert not path.exists(), "the file of what was never made is removed"


def test_a_verdict_instead_of_a_size(bench: Workbench) -> None:
    bench.engine.preview(framed(subject(40, 30)), USUAL, "ghost")
    (shown,) = previews(bench, "ghost")
    assert [verdict.code for verdict in shown.verdicts] == [Code.NOTHING_OPAQUE]
    assert (shown.size_bytes, shown.thumbnail is not None) == (0, True)


def test_a_source_that_cannot_be_read_is_said(bench: Workbench, tmp_path: Path) -> None:
    bench.engine.preview(TargaFile(tmp_path / "gone.tga"), USUAL, "gone")
    (shown,) = previews(bench, "gone")
    (verdict,) = shown.verdicts
    assert (verdict.code, verdict.is_refusal) == (Code.UNREADABLE, True)
    assert "Render it again" in verdict.sentence
    assert shown.thumbnail is None


def test_a_defect_of_ours_is_said_and_the_next_preview_made(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_rgba: np.ndarray) -> bytes:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr(png, "encode", broken)
        bench.engine.preview(framed(RENDER), USUAL, "one")
        (shown,) = previews(bench, "one")
    assert "ZeroDivisionError" in shown.verdicts[0].sentence
    bench.engine.preview(framed(RENDER), USUAL, "two")
    (shown,) = previews(bench, "two")
    assert shown.verdicts == ()


def test_jobs_that_are_sent_go_on_beside_a_preview(simulator: Simulator, bench: Workbench, gate: Gate) -> None:
    """A preview that takes long holds up no poll and no download."""
    gate.open.set()
    job_id = bench.submit()
    bench.reach(job_id, State.ACCEPTED, State.PROCESSING, State.COMPLETED)
    gate.open.clear()
    while gate.reached.acquire(blocking=False):
        continue
    bench.engine.preview(framed(RENDER), USUAL, "slow")
    gate.wait()
    assert bench.finish().state is State.DOWNLOADED
    gate.open.set()
    previews(bench, "slow")


def test_the_pictures_of_jobs_and_previews_are_made_one_at_a_time(bench: Workbench, gate: Gate) -> None:
    bench.engine.preview(framed(RENDER), USUAL, "one")
    gate.wait()
    job_id = bench.submit(framed(RENDER))
    gate.open.set()
    previews(bench, "one")
    assert bench.finish(job_id).state is State.DOWNLOADED
    assert gate.most_at_once == 1


def test_closing_leaves_no_file_of_a_wish(bench: Workbench, gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "render.tga"
    Image.fromarray(RENDER).save(path)
    bench.engine.preview(framed(RENDER), USUAL, "one")
    gate.wait()
    bench.engine.preview(TargaFile(path), USUAL, "two")
    closing = threading.Thread(target=bench.engine.close)
    closing.start()
    gate.open.set()
    closing.join(DEADLINE_SECONDS)
    assert not path.exists()
    told = []
    while True:
        try:
            told.append(bench.engine.messages.get_nowait())
        except Empty:
            break
    assert "two" not in [message.token for message in told if isinstance(message, PreviewReady)]


def test_what_is_refused_is_never_sent(simulator: Simulator, bench: Workbench) -> None:
    for render, word in ((subject(40, 30), "nothing opaque"), (subject(40, 30, Box(2, 2, 30, 28), alpha=200), "half")):
        job = bench.finish(bench.submit(framed(render)))
        assert job.state is State.REFUSED
        assert word in job.error
        assert job.error.endswith("Nothing was sent, and nothing was billed.")
    assert simulator.control.jobs() == []

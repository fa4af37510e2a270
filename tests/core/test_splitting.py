# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture is split beside the jobs; each subject comes out alone, and a picture that was changed is told apart."""

from __future__ import annotations

from pathlib import Path
from queue import Empty

import numpy as np
import pytest

from tests.core.drawing import Drawing, Rgba
from tests.core.workbench import DEADLINE_SECONDS, Workbench
from trellis_blender.core import pixels, sheet, splits, splitting
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import Frame, Pixels, Source, TargaFile
from trellis_blender.core.messages import SheetJudged, SheetReady
from trellis_blender.core.preflight import Code, Severity
from trellis_blender.core.preparation import Preparation
from trellis_blender.core.splitting import MOST_SUBJECTS

USUAL = Preparation()


def three() -> Drawing:
    """A disc, a block, and a smaller disc in the corner that the block's box leaves free."""
    return Drawing(600, 400).disc((20, 20, 220, 220)).block((300, 60, 560, 300)).disc((40, 260, 140, 360))


def frame(rgba: Rgba) -> Frame:
    return Frame(rgba, is_bottom_up=False)


def told(bench: Workbench, token: str) -> SheetReady:
    """Take in what is told up to the answer with this token."""
    while True:
        message = bench.engine.messages.get(timeout=DEADLINE_SECONDS)
        bench.take(message)
        if isinstance(message, SheetReady) and message.token == token:
            return message


def test_each_subject_comes_out_alone() -> None:
    rgba = three().rgba()
    split = splitting.split(frame(rgba), USUAL, "Toy")
    assert [one.name for one in split.sheet.subjects] == ["Toy 1", "Toy 2", "Toy 3"]
    for one in split.sheet.subjects:
        alone = pixels.read(split.cutout(one))
        assert np.array_equal(alone, sheet.cut(rgba, one))
        assert np.count_nonzero(alone[..., 3] > 204) == one.pixels
    assert sum(one.pixels for one in split.sheet.subjects) == np.count_nonzero(rgba[..., 3] > 204)


def test_an_icon_shows_one_subject_whole_and_no_other() -> None:
    rgba = Drawing(400, 400).disc((0, 0, 400, 400)).rgba()
    rgba[90:310, 90:310] = 0  # a ring …
    rgba[150:250, 150:250] = (0, 0, 255, 255)  # … around a block
    split = splitting.split(frame(rgba), USUAL, "Toy")
    ring, block = sorted(split.sheet.subjects, key=lambda one: one.box.left)
    icon = split.icon(ring, 64)
    assert icon.shape == (64, 64, 4)
    assert not icon[24:40, 24:40].any()
    assert icon[32, 4, 3] == 255
    assert (split.icon(block, 64)[4:-4, 4:-4] == (0, 0, 255, 255)).all()


def test_an_icon_keeps_the_shape() -> None:
    split = splitting.split(frame(Drawing(600, 300).block((0, 0, 400, 100)).block((10, 200, 400, 260)).rgba()),
                            USUAL, "Toy")  # fmt: skip
    rows = np.flatnonzero(split.icon(split.sheet.subjects[0], 64)[..., 3].any(axis=1))
    assert (rows[0], rows[-1]) == (24, 39)


def test_an_even_background_is_cut() -> None:
    masked = three().rgba()
    opaque = np.where(masked[..., 3:] > 128, masked, np.uint8(250))
    opaque[..., 3] = 255
    split = splitting.split(frame(opaque), USUAL, "Toy")
    assert [one.box for one in split.sheet.subjects] == [one.box for one in sheet.split(masked).subjects]


@pytest.mark.parametrize(("rgba", "said"), [
    (np.zeros((40, 40, 4), np.uint8), "nothing opaque"),
    (Drawing(100, 100).disc((10, 10, 90, 90)).rgba(), "only one subject"),
    (np.random.default_rng(1).integers(0, 255, (90, 90, 4), np.uint8) | np.array([0, 0, 0, 255], np.uint8),
     "not of one colour"),
])  # fmt: skip
def test_what_is_no_sheet_is_said(rgba: Rgba, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        splitting.split(frame(rgba), USUAL, "Toy")


@pytest.mark.parametrize("count", [MOST_SUBJECTS, MOST_SUBJECTS + 1])
def test_more_than_a_sheet_may_have(count: int) -> None:
    drawing = Drawing(800, 400)
    for number in range(count):
        left, top = 80 * (number % 10) + 10, 80 * (number // 10) + 10
        drawing.block((left, top, left + 50, top + 50))
    if count <= MOST_SUBJECTS:
        assert len(splitting.split(frame(drawing.rgba()), USUAL, "Toy").sheet.subjects) == count
    else:
        with pytest.raises(SourceError, match=f"{count} pieces"):
            splitting.split(frame(drawing.rgba()), USUAL, "Toy")


def sources(rgba: Rgba, folder: Path) -> list[Source]:
    """Give the same picture in every way that it is captured."""
    height, width = rgba.shape[:2]
    path = folder / "picture.tga"
    path.write_bytes(bytes(12) + width.to_bytes(2, "little") + height.to_bytes(2, "little") + bytes(2) + rgba.tobytes())
    floats = (rgba[::-1] / 255).astype(np.float32)
    return [frame(rgba), Pixels(width, height, 4, floats.ravel()), TargaFile(path)]


@pytest.mark.parametrize("side", [64, 2048])
def test_a_stroke_of_the_brush_is_noticed(tmp_path: Path, side: int) -> None:
    rgba = np.full((side, side, 4), 200, np.uint8)
    before = [splitting.fingerprint(source) for source in sources(rgba, tmp_path)]
    assert before == [splitting.fingerprint(source) for source in sources(rgba, tmp_path)]
    assert (tmp_path / "picture.tga").exists(), "it is still to be sent"
    rgba[20:32, 20:32, 1] = 90
    after = [splitting.fingerprint(source) for source in sources(rgba, tmp_path)]
    assert not set(before) & set(after)


def judged(bench: Workbench, count: int) -> dict[tuple[int, ...], list[tuple[Code, Severity]]]:
    """Take in what is told of so many subjects."""
    found: dict[tuple[int, ...], list[tuple[Code, Severity]]] = {}
    while len(found) < count:
        message = bench.engine.messages.get(timeout=DEADLINE_SECONDS)
        bench.take(message)
        if isinstance(message, SheetJudged):
            found |= {parts: [(one.code, one.severity) for one in told] for parts, told in message.verdicts.items()}
    return found


def dusty() -> Rgba:
    """Two large blocks, a small disc that lies at the frame's edge, and dust of which nothing opaque is left."""
    rgba = Drawing(2048, 1536).block((40, 40, 640, 440)).block((700, 40, 1300, 440)).disc((1640, -20, 1700, 40)).rgba()
    rgba[1000:1240:4, 20:1520:4] = (200, 90, 40, 255)
    return rgba


def test_each_subject_is_judged_as_it_would_be_alone(bench: Workbench) -> None:
    bench.engine.splits.ask(frame(dusty()), USUAL, "Toy", "one")
    split = told(bench, "one").split
    assert split is not None
    found = judged(bench, 4)
    small, dust, one, other = (found[it.parts] for it in sorted(split.sheet.subjects, key=lambda it: it.pixels))
    assert one == other == []
    assert small == [(Code.CUT_OFF, Severity.WARNING), (Code.SMALL, Severity.WARNING)]
    assert dust[0][1] is Severity.REFUSAL
    merged = split.merged([0, 1])
    bench.engine.splits.judge(merged, USUAL, "one")
    assert judged(bench, len(merged.unjudged)), "what was merged is another picture"


def test_nobody_is_told_of_the_subjects_of_an_older_picture(bench: Workbench) -> None:
    bench.engine.splits.ask(frame(three().rgba()), USUAL, "Toy", "one")
    split = told(bench, "one").split
    assert split is not None
    judged(bench, 3)
    bench.engine.splits.ask(frame(three().rgba()), USUAL, "Toy", "two")
    bench.engine.splits.judge(split, USUAL, "one")
    tokens = []
    while len(tokens) < 3:
        message = bench.engine.messages.get(timeout=DEADLINE_SECONDS)
        tokens += [message.token] if isinstance(message, SheetJudged) else []
    with pytest.raises(Empty):
        bench.engine.messages.get(timeout=0.2)
    assert set(tokens) == {"two"}


def test_a_subject_that_cannot_be_judged_is_not_sent(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(splits.splitting, "judge", broken)
    bench.engine.splits.ask(frame(three().rgba()), USUAL, "Toy", "one")
    assert set(map(tuple, judged(bench, 3).values())) == {((Code.UNREADABLE, Severity.REFUSAL),)}


def test_the_engine_splits_and_tells(bench: Workbench) -> None:
    bench.engine.splits.ask(frame(three().rgba()), USUAL, "Toy", "one")
    one = told(bench, "one")
    assert one.split is not None
    assert len(one.split.sheet.subjects) == 3
    judged(bench, 3)
    bench.engine.splits.ask(frame(np.zeros((9, 9, 4), np.uint8)), USUAL, "Toy", "two")
    two = told(bench, "two")
    assert two.split is None
    assert "nothing opaque" in two.sentence
    with pytest.raises(Empty):
        bench.engine.messages.get(timeout=0.05)


def test_a_subject_is_sent_as_any_picture(bench: Workbench) -> None:
    split = splitting.split(frame(three().rgba()), USUAL, "Toy")
    jobs = [bench.finish(bench.submit(split.cutout(one))) for one in split.sheet.subjects]
    assert len({job.image_sha256 for job in jobs}) == 3
    assert all(job.importable for job in jobs)


def test_a_defect_is_told_too(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(splits.splitting, "split", broken)
    bench.engine.splits.ask(frame(three().rgba()), USUAL, "Toy", "one")
    answer = told(bench, "one")
    assert answer.split is None
    assert answer.sentence

# SPDX-License-Identifier: GPL-3.0-or-later
"""What was sent can be sent again, byte for byte, until Clean Up; without it, only what gives the very same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.workbench import Workbench, subject
from tests.simulator.server import Simulator
from trellis_blender.core.album import Album
from trellis_blender.core.image import Pixels, Sent
from trellis_blender.core.jobs import State
from trellis_blender.core.messages import CleanedUp


def kept(bench: Workbench) -> list[Path]:
    return sorted((bench.storage.folder.parent / "store" / "sent").iterdir())


def test_the_very_bytes_are_sent_once_more(bench: Workbench, simulator: Simulator) -> None:
    first = bench.finish(bench.submit())
    assert first.state is State.DOWNLOADED
    assert [path.stem for path in kept(bench)] == [first.image_sha256]
    assert not list((bench.storage.folder.parent / "store" / "pictures").iterdir())
    second = bench.finish(bench.submit(Sent(first.image_sha256, "subject")))
    assert second.state is State.DOWNLOADED and second.image_sha256 == first.image_sha256
    sent = simulator.control.jobs()[-2:]
    assert simulator.control.image(sent[0]["id"]) == simulator.control.image(sent[1]["id"])
    assert [path.stem for path in kept(bench)] == [first.image_sha256]


def test_gone_it_is_prepared_anew_if_that_gives_the_same(bench: Workbench) -> None:
    first = bench.finish(bench.submit())
    kept(bench)[0].unlink()
    second = bench.finish(bench.submit(Sent(first.image_sha256, "subject", subject())))
    assert second.state is State.DOWNLOADED and second.image_sha256 == first.image_sha256


@pytest.mark.parametrize(
    ("instead", "said"), [(None, "image subject is not in this file"), (subject(64), "image subject has changed since")]
)
def test_gone_for_good_nothing_is_sent(
    bench: Workbench, simulator: Simulator, instead: Pixels | None, said: str
) -> None:
    first = bench.finish(bench.submit())
    kept(bench)[0].write_bytes(b"changed")
    accepted = simulator.control.counters()["accepted"]
    second = bench.finish(bench.submit(Sent(first.image_sha256, "subject", instead)))
    assert second.state is State.REFUSED
    assert said in second.error and "nothing was billed" in second.error
    assert simulator.control.counters()["accepted"] == accepted


def test_what_came_to_nothing_is_kept_only_if_it_may_be_ordered_again(bench: Workbench, simulator: Simulator) -> None:
    simulator.control.misbehave("submit", "400")
    assert bench.finish(bench.submit()).state is State.REFUSED
    assert not (bench.storage.folder.parent / "store" / "sent").exists()
    simulator.control.misbehave("submit", "402")
    refused = bench.finish(bench.submit(seed=1))
    assert [path.stem for path in kept(bench)] == [refused.image_sha256] and refused.picture_kept


def test_clean_up_counts_and_removes_them(bench: Workbench) -> None:
    bench.finish(bench.submit())
    (picture,) = kept(bench)
    size = picture.stat().st_size
    bench.engine.upkeep.clean_up(0)
    cleaned = None
    while not isinstance(cleaned, CleanedUp):
        cleaned = bench.engine.messages.get(timeout=120)
    assert not picture.exists() and (cleaned.files, cleaned.pictures, cleaned.freed_bytes) == (0, 1, size)
    assert "Repeat Exactly" in cleaned.sentence
    assert len(bench.files()) == 1, "an object that never stood in a scene stays"


@pytest.mark.parametrize("name", ["", "../../key", "a" * 63, "A" * 64, "0" * 64 + "/x"])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "key.png").write_bytes(b"secret")
    assert Album(tmp_path / "a" / "b").read(name) is None

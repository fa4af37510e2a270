# SPDX-License-Identifier: GPL-3.0-or-later
"""What came otherwise than it was asked for is said; what came as asked is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from trellis_blender.core import delivered, records, request
from trellis_blender.core.jobs import Job


def job(faces: int, pixels: int | None = 2048, **asked: Any) -> Job:
    return Job("crown", request.build(asked), "https://server", faces=faces, texture_pixels=pixels)


@pytest.mark.parametrize("faces", [500_000, 490_000, 510_000])
def test_what_came_as_asked_is_not_worth_a_word(faces: int) -> None:
    assert delivered.difference(job(faces)) == "" and not delivered.is_too_heavy(job(faces))


@pytest.mark.parametrize(("faces", "heavy"), [(510_001, True), (1_000_000, True), (489_999, False), (12, False)])
def test_faces(faces: int, heavy: bool) -> None:
    assert delivered.difference(job(faces)) == f"Not as asked: {faces:,} faces instead of 500,000."
    assert delivered.is_too_heavy(job(faces)) is heavy


def test_faces_that_were_typed() -> None:
    assert delivered.difference(job(10_100, decimation_target=10_000)) == ""
    assert "instead of 10,000" in delivered.difference(job(20_000, decimation_target=10_000))


def test_texture_size() -> None:
    assert delivered.difference(job(500_000, 1024)) == "Not as asked: textures of 1024 pixels instead of 2048."
    assert delivered.difference(job(500_000, 4096, texture_size="4096")) == ""
    assert delivered.difference(job(500_000, 0)) == "Not as asked: no texture."


def test_textures_of_several_sizes() -> None:
    """One that came as asked hides none that did not."""
    several = replace(job(500_000, 2048), texture_least=64)
    assert delivered.difference(several) == "Not as asked: textures of 64 to 2048 pixels instead of 2048."
    assert delivered.difference(replace(several, texture_least=2048)) == ""


def test_both_in_one_sentence() -> None:
    said = delivered.difference(job(600_000, 1024))
    assert said == "Not as asked: 600,000 faces instead of 500,000 and textures of 1024 pixels instead of 2048."


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert delivered.difference(job(0)) == "" and delivered.difference(job(500_000, None)) == ""


def test_is_kept_in_the_record() -> None:
    assert records.from_text(records.to_text(job(600_000, 1024))).texture_pixels == 1024

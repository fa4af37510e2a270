# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job and its object are called after a picture."""

from __future__ import annotations

import pytest

from trellis_blender.core.naming import stem


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("mushroom.png", "mushroom"), ("mushroom.png.001", "mushroom"), ("mushroom.PNG.1024", "mushroom"),
        ("mushroom.001", "mushroom.001"), ("mushroom", "mushroom"), ("v1.2", "v1.2"), ("v1.png.12", "v1.png.12"),
        (".png", ".png"), (".png.001", ".png.001"), ("a.b.jpg.002", "a.b"), ("cup.png.001.png", "cup.png.001"),
    ],
)  # fmt: skip
def test_ending_of_a_file_is_no_part_of_a_name(name: str, called: str) -> None:
    assert stem(name, {"png", "jpg"}) == called

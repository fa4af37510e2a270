# SPDX-License-Identifier: GPL-3.0-or-later
"""A line more in the file of an asset library's catalogs."""

from trellis_blender.core.catalogs import added, line_of

KNOWN = "# comment\n\nVERSION 1\n\n1111-a:Props/Street:Props-Street\n"


def test_a_line_is_found_by_its_catalog() -> None:
    assert line_of(KNOWN, "1111-a") == "1111-a:Props/Street:Props-Street"
    assert line_of(KNOWN, "1111") == "" and line_of("", "1111-a") == ""


def test_a_line_is_put_behind_the_others() -> None:
    assert added(KNOWN, "2222-b:Trees:Trees") == KNOWN + "2222-b:Trees:Trees\n"
    assert added("", "2222-b:Trees:Trees") == "VERSION 1\n\n2222-b:Trees:Trees\n"

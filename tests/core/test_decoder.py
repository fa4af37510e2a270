# SPDX-License-Identifier: GPL-3.0-or-later
"""A decoder that may be missing says so, and nothing is left for it. Where there is one: blender/test_portraits.py."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from tests.blender import forge
from trellis_blender.core import decoder

PNG = forge.png(np.zeros((3, 5, 3), np.uint8))


def test_without_a_library_nothing_is_left_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_broken", [])
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    assert not decoder.is_readable(PNG, 9)
    with pytest.raises(ValueError, match="OpenImageIO cannot be used"):
        decoder.read(PNG, 9)


def test_one_that_does_not_load_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_broken", ["of another Python"])
    monkeypatch.setitem(sys.modules, "OpenImageIO", ModuleType("OpenImageIO"))
    assert not decoder.is_readable(PNG, 9)


def test_what_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_broken", [])
    monkeypatch.setitem(sys.modules, "OpenImageIO", ModuleType("OpenImageIO"))
    assert decoder.is_readable(PNG, 5) and not decoder.is_readable(PNG, 4), "too large"
    for other in (b"", b"GIF89a" + bytes(30), b"BM" + bytes(40), b"RIFF", PNG[:20]):
        assert not decoder.is_readable(other, 9)


def test_a_disk_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenImageIO", ModuleType("OpenImageIO"))
    monkeypatch.setattr("tempfile.tempdir", "/nowhere at all")
    with pytest.raises(ValueError, match="cannot be put down"):
        decoder.read(PNG, 9)

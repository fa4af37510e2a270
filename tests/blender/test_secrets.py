# SPDX-License-Identifier: GPL-3.0-or-later
"""The key is in Blender's preferences and in one request header, and nowhere else: not on disk, not in any output."""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import pictures
import pytest
from artist import Artist, module


def holding(secret: bytes, *folders: Path, but: Path) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and but not in path.parents and secret in path.read_bytes():
                yield path


def test_the_key_is_nowhere(
    artist: Artist, tmp_path: Path, profile: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = artist.simulator.key
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    bpy.ops.trellis.generate()
    artist.settings.seed = 1
    artist.simulator.control.misbehave("poll", "error_in_ok", message=f"you sent {key}")
    artist.wait(artist.order())
    artist.settings.seed = 2
    artist.simulator.control.misbehave("submit", "500", message=f"your key is {key}")
    with pytest.raises(RuntimeError) as raised:
        bpy.ops.trellis.generate()
    artist.settings.seed = 3
    artist.simulator.control.misbehave("run", "fail", message=f"no good: {key}")
    failed = artist.wait(artist.order())[0]
    bpy.ops.trellis.test_connection()
    artist.wait_until(lambda: not artist.session.checking)

    texts = [str(raised.value), failed.error, repr(artist.session.jobs), repr(artist.session.connection)]
    texts += [repr(module("blender.preferences").key()), caplog.text, "".join(capfd.readouterr())]
    assert not [text for text in texts if key in text]
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=False)
    assert b"mushroom" in path.read_bytes() and key.encode() not in path.read_bytes()
    folders = (artist.folder, Path(tempfile.gettempdir()), profile)
    others = tmp_path.parent  # where other tests keep whole profiles, preferences and all
    assert list(holding(key.encode(), *folders, but=others)) == []
    assert list(holding(key.encode(), tmp_path, but=tmp_path / "nothing")) == []
    assert not [name for name, value in os.environ.items() if key in value and name != "TRELLIS_SIMULATOR"]
    assert not artist.simulator.control.violations()


def test_the_key_goes_into_no_scene_and_no_undo(artist: Artist) -> None:
    names = [item.identifier for item in artist.settings.bl_rna.properties]
    assert not [name for name in names if "key" in name]
    definition = artist.preferences.bl_rna.properties["api_key"]
    assert definition.subtype == "PASSWORD"

# SPDX-License-Identifier: GPL-3.0-or-later
"""What helps whoever helps: the report and the log tell what happened, and neither holds the key."""

import logging

import bpy
import pictures
import pytest
from artist import Artist, module

from footprint import PACKAGE


def report(**about: str) -> str:
    """Give what is copied: in a text, since a Blender without a window has no clipboard."""
    assert bpy.ops.trellis.copy_diagnostics(**about) == {"FINISHED"}
    text = bpy.data.texts["TRELLIS Report"]
    assert not text.use_fake_user
    return str(text.as_string())


def test_report_and_log_tell_what_happened_without_the_key(artist: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    key = artist.simulator.key
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.simulator.control.misbehave("run", "fail", message=f"no good: {key}")
    failed = artist.wait(artist.order())[0]
    bpy.ops.trellis.test_connection()
    artist.wait_until(lambda: not artist.session.checking)
    logging.getLogger(PACKAGE).getChild("core.engine").warning("somebody says %s", key)

    text = report()
    assert f"Blender: {bpy.app.version_string}" in text and f"server: {artist.simulator.url}" in text
    assert "API key: typed in the preferences" in text and "Connected." in text
    assert "failed: 1" in text and failed.error in text
    assert "texture_size: '1024'\n" in text and "resolution: '1024' (default)" in text
    about = report(job_id=failed.id)
    assert f"id: {failed.id}" in about and "Last Test Connection" not in about

    bpy.ops.trellis.show_log()
    shown = bpy.data.texts["TRELLIS Log"].as_string()
    assert "WARNING core.engine: somebody says [" in shown
    bpy.ops.trellis.show_log()
    assert [item.name for item in bpy.data.texts] == ["TRELLIS Log", "TRELLIS Report"]

    monkeypatch.setenv("EMPIRIOLABS_API_KEY", key)
    artist.preferences.api_key = ""
    texts = [text, about, shown, report()]
    assert "API key: from the environment" in texts[-1]
    assert not [said for said in texts if key in said or "api_key" in said]
    with pytest.raises(RuntimeError, match="no longer in the list"):
        bpy.ops.trellis.copy_diagnostics(job_id="nothing")


def test_a_key_is_pasted_as_it_was_copied_and_nothing_else(artist: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    preferences = module("blender.preferences")
    artist.preferences.server_url = ""
    bpy.context.preferences.is_dirty = False
    preferences.paste_key('  "Bearer sk-empiriolabs-0123456789"\n')
    assert bpy.context.preferences.is_dirty, "else Blender does not save it when it quits, and the key is lost"
    assert preferences.key().reveal() == "sk-empiriolabs-0123456789"
    with pytest.raises(module("core.errors").InvalidSetting, match="clipboard holds no API key"):
        preferences.paste_key("my shopping list")
    assert artist.preferences.api_key == "sk-empiriolabs-0123456789"
    monkeypatch.setenv("EMPIRIOLABS_API_KEY", "sk-empiriolabs-of-the-environment")
    assert not bpy.ops.trellis.paste_key.poll()
    assert preferences.key().reveal() == "sk-empiriolabs-of-the-environment"

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server tells of itself reaches the panel: prices, ranges, defaults, what is new there and what is gone."""

import json
import time
from decimal import Decimal
from pathlib import Path

import bpy
import layouts
import pytest
from artist import FEW_FACES, PATIENCE_SECONDS, Artist, module
from offering import CHANGED, checked, prepare, reason, sent, shown, wanted


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    """An artist whose server has told that it changed."""
    return prepare(artist, tmp_path)


def test_defaults_follow_until_a_value_is_set(ready: Artist) -> None:
    settings = ready.settings
    assert (settings.seed_live, settings.remesh_live) == (7, False)
    assert (wanted(ready).value("seed"), wanted(ready).value("remesh")) == (7, False)
    assert module("blender.open_fields").shown("seed") == "seed_live"
    assert module("blender.open_fields").shown("max_num_tokens") == "max_num_tokens"
    ready.wait(ready.order())
    assert sent(ready) == {
        "resolution": "512", "pipeline_type": "512", "seed": 7, "remesh": False, "decimation_target": FEW_FACES,
    }  # fmt: skip
    settings.seed_live = 42
    assert (settings.seed, wanted(ready).value("seed")) == (42, 42)
    settings.property_unset("seed")
    assert settings.seed_live == 7


def test_ranges_follow(ready: Artist) -> None:
    settings = ready.settings
    settings.ss_sampling_steps = 1000
    assert settings.ss_sampling_steps == 100, "Blender's own fields stop at the end of the range, too"
    settings.texture_size = "8192"
    assert settings.texture_size == "8192" and wanted(ready).value("texture_size") == "8192"
    settings.tex_slat_sampling_steps = 20
    assert reason() == ""
    ready.simulator.control.settings(
        schema_overrides={"ss_sampling_steps": {"maximum": 50}, "texture_size": {"enum": ["1024", "2048"]}}
    )  # fmt: skip
    checked(ready)
    assert settings.ss_sampling_steps == 100, "what the artist has set is not changed behind the back"
    assert reason() == "Sampling Steps (ss_sampling_steps) is 100, but must be a whole number from 1 to 50"
    settings.ss_sampling_steps = 60
    assert settings.ss_sampling_steps == 50
    assert reason() == "Texture Size (texture_size) is 8192, but must be one of 1024, 2048"
    assert settings.texture_size == "8192"
    settings.texture_size = "1024"
    assert reason() == ""


def test_unknown_price_does_not_block(ready: Artist) -> None:
    ready.simulator.control.settings(unpriced=["512"])
    checked(ready)
    assert not wanted(ready).is_priced and reason() == ""
    ready.preferences.daily_cap = 0.4
    assert "cap" in reason(), "it may cost as much as the dearest"
    ready.preferences.property_unset("daily_cap")
    job = ready.wait(ready.order())[0]
    assert module("core.recipe").of(job, "1").price_usd in (None, Decimal("0.03"))


def test_new_parameters_are_sent_when_switched_on_and_copied_and_repeated(ready: Artist) -> None:
    settings, additions = ready.settings, module("blender.additions")
    assert bpy.types.TRELLIS_PT_additions_view3d.poll(bpy.context)
    assert not [name for name in wanted(ready).parameters if name in CHANGED["schema_added"]]
    for name in CHANGED["schema_added"]:
        assert bpy.ops.trellis.use_addition(parameter=name) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="no new parameter bogus"):
        bpy.ops.trellis.use_addition(parameter="bogus")
    edge, passes = settings.additions["edge_sharpness"], settings.additions["passes"]
    mood, watertight, note = (settings.additions[name] for name in ("mood", "watertight", "note"))
    assert (edge.as_float, passes.as_int, mood.as_choice, watertight.as_bool, note.as_text) == (
        pytest.approx(0.5), 3, "calm", False, "",
    )  # fmt: skip
    edge.as_float, passes.as_int, mood.as_choice, watertight.as_bool, note.as_text = 0.7, 99, "wild", True, "soft"
    expected = {"edge_sharpness": 0.7, "passes": 9, "mood": "wild", "watertight": True, "note": "soft"}
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert {name: value for name, value in sent(ready).items() if name in expected} == expected
    for name in ("mood", "note"):
        bpy.ops.trellis.use_addition(parameter=name, use=False)
    assert additions.values(settings, module("blender.offers").current()).keys() == {
        "edge_sharpness", "passes", "watertight",
    }  # fmt: skip
    made = bpy.context.active_object
    assert made is not None and json.loads(made["trellis_recipe"])["parameters"]["mood"] == "wild"
    assert bpy.ops.trellis.repeat_exactly() == {"FINISHED"}
    ready.wait()
    assert {name: value for name, value in sent(ready).items() if name in expected} == expected
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert {name: value for name, value in wanted(ready).parameters.items() if name in expected} == expected


def test_what_is_sent_besides_is_marked_and_reset(ready: Artist) -> None:
    """Its sub-panel is closed at first, and nothing told that a parameter goes along with every job."""

    def mark() -> str:
        with layouts.editor():  # before its title where the sidebar is narrow, else behind it
            heads = ("draw_header", "draw_header_preset")
            drawn = (layouts.drawn(bpy.types.TRELLIS_PT_additions_view3d, name) for name in heads)
            return " ".join(text for made in drawn for text in layouts.texts(made))

    assert "reset_settings" not in mark()
    for name in ("mood", "passes"):
        bpy.ops.trellis.use_addition(parameter=name)
    bpy.ops.trellis.use_addition(parameter="mood", use=False)
    assert "reset_settings(group='NEW')" in mark()
    assert module("blender.resets").differing(ready.settings, "NEW") == 1
    assert "reset_settings(group='NEW')" in shown("additions")
    ready.settings.remesh = False
    assert bpy.ops.trellis.reset_settings(group="NEW") == {"FINISHED"}
    assert "passes" not in wanted(ready).parameters and "reset_settings" not in mark()
    assert ready.settings.is_property_set("remesh"), "the other sub-panels stay as they are"


def test_a_new_parameter_is_saved_with_its_scene(ready: Artist, tmp_path: Path) -> None:
    bpy.ops.trellis.use_addition(parameter="mood")
    ready.settings.additions["mood"].as_choice = "wild"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert "mood" not in wanted(ready).parameters
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    assert wanted(ready).parameters["mood"] == "wild"


def test_what_is_gone_is_not_sent_and_said_before_it_is_repeated(ready: Artist) -> None:
    ready.simulator.control.settings(schema_removed=[])
    checked(ready)
    ready.settings.remesh_band = 2.0
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert sent(ready)["remesh_band"] == 2.0
    ready.simulator.control.settings(schema_removed=["remesh_band"])
    checked(ready)
    assert "remesh_band" not in wanted(ready).parameters and reason() == ""
    with pytest.raises(RuntimeError, match="no longer has Remesh Band"):
        bpy.ops.trellis.repeat_exactly()
    count = ready.simulator.accepted()
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    ready.wait(ready.order())
    assert ready.simulator.accepted() == count + 1 and "remesh_band" not in sent(ready)


def test_malformed_description_is_said_and_changes_nothing(ready: Artist) -> None:
    before = module("blender.offers").current()
    ready.simulator.control.settings(schema_raw='{"supported_parameters": [{"name": "resolution", "enum": []}]}')
    checked(ready)
    assert module("blender.offers").current() == before
    server = module("blender.preferences").endpoint().base_url
    assert "offers no choice at all" in ready.session.money.offer_fault(server)
    said = "The server's newest description cannot be read: the price may have changed"
    assert said in shown("main")
    ready.simulator.control.settings(schema_raw="")
    checked(ready)
    assert said not in shown("main")


def test_what_is_new_tells_its_type_and_range_before_it_is_switched_on(ready: Artist) -> None:
    text = shown("additions")
    assert "A number from 0.0 to 1.0" in text
    assert "A whole number from 1 to 9" in text
    assert "One of calm, wild" in text
    assert "On or off" in text
    assert "A text" in text


def test_one_that_cannot_be_read_holds_up_no_price(ready: Artist) -> None:
    ready.simulator.control.settings(
        schema_added={"textureFormat": {"type": "string"}, "tags": {"type": "array"}}, prices={"512": 0.04}
    )
    checked(ready)
    assert wanted(ready).price_usd == Decimal("0.04")
    text = shown("additions")
    assert "textureFormat, which is no name" in text
    assert "tags is of the type array, for which there is no field" in text


def test_the_next_blender_knows_it_without_asking(ready: Artist) -> None:
    ready.session = ready.new_session()
    asked = sum(entry["route"] == "model" for entry in ready.simulator.control.log())
    module("blender.watch")._open()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while wanted(ready).price_usd != Decimal("0.03"):
        assert time.monotonic() < deadline
        ready.tick()
        time.sleep(0.01)
    assert sum(entry["route"] == "model" for entry in ready.simulator.control.log()) == asked

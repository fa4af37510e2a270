# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server tells of itself reaches the panel: prices, ranges, defaults, what is new there and what is gone."""

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import bpy
import layouts
import pictures
import pytest
from artist import FEW_FACES, PATIENCE_SECONDS, Artist, module

CHANGED: dict[str, Any] = {
    "schema_overrides": {
        "ss_sampling_steps": {"maximum": 100}, "seed": {"default": 7}, "tex_slat_sampling_steps": {"maximum": 20},
        "texture_size": {"enum": ["1024", "2048", "4096", "8192"]}, "remesh": {"default": False},
    },
    "schema_added": {
        "edge_sharpness": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "description": "How sharp."},
        "passes": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        "mood": {"type": "enum", "enum": ["calm", "wild"], "default": "calm"},
        "watertight": {"type": "boolean", "default": False},
        "note": {"type": "text"},
    },
    "schema_removed": ["remesh_band"],
    "prices": {"512": 0.03},
}  # fmt: skip


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    """An artist whose server has told that it changed."""
    artist.store_folder = tmp_path / "store"
    for name in ("texture_size", "decimation_target"):
        artist.preferences.property_unset(name)
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.settings.resolution, artist.settings.decimation_target = "512", FEW_FACES
    artist.simulator.control.settings(**CHANGED)
    return checked(artist)


def checked(artist: Artist) -> Artist:
    """Press Test Connection, and wait for the answer."""
    assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    artist.wait_until(lambda: not artist.session.checking)
    return artist


def sent(artist: Artist) -> dict[str, Any]:
    values = dict(artist.simulator.newest()["sent"])
    return {name: value for name, value in values.items() if name not in ("model", "image")}


def wanted(artist: Artist) -> Any:
    return module("blender.properties").build_request(artist.settings)


def shown(panel: str) -> str:
    """Give what a panel says; lines are broken by the width that there is."""
    with layouts.editor():
        return " ".join(layouts.texts(layouts.drawn(getattr(bpy.types, f"TRELLIS_PT_{panel}_view3d"))))


def reason() -> str:
    return str(module("blender.readiness").generate_reason(bpy.context))


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
    assert "ss_sampling_steps is 100, but must be a whole number from 1 to 50" in reason()
    settings.ss_sampling_steps = 60
    assert settings.ss_sampling_steps == 50
    assert "texture_size is '8192', but must be one of 1024, 2048" in reason()
    assert settings.texture_size == "8192"
    settings.texture_size = "1024"
    assert reason() == ""


def test_presets_follow(ready: Artist) -> None:
    """A preset is in force once it is pressed, and says what it gives at this server."""
    presets, settings = module("blender.presets"), ready.settings
    ready.simulator.control.settings(schema_overrides={
        "decimation_target": {"maximum": 200_000, "default": 100_000}, "ss_sampling_steps": {"maximum": 16},
    })  # fmt: skip
    checked(ready)
    told = module("blender.operators.quality_preset").told
    for name, faces in (("Hero", 200_000), ("Standard", 100_000), ("Blockout", 50_000)):
        bpy.ops.trellis.apply_preset(preset=name)
        assert presets.active(settings).name == name
        assert settings.decimation_target == faces and reason() == ""
        assert f"{faces:,} faces" in told(presets.named(name))


def test_a_preset_sets_nothing_that_is_not_offered_and_says_so(
    ready: Artist, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One more choice at the server of yesterday ended in a traceback, half of the preset set."""
    presets, settings = module("blender.presets"), ready.settings
    huge = module("core.presets").preset("Huge", {"resolution": "2048", "texture_size": "8192"}, "Huge")
    presets.note(huge)
    ready.simulator.control.settings(
        schema_overrides={"resolution": {"enum": ["512", "1024"]}}, schema_removed=["ss_sampling_steps"]
    )
    checked(ready)
    for name in ("Huge", "Hero"):
        settings.resolution, settings.texture_size = "512", "1024"
        bpy.ops.trellis.apply_preset(preset=name)
        assert (settings.resolution, settings.texture_size, reason()) == ("1024", "4096", "")
        assert presets.active(settings).name == "Huge" and presets.price(presets.named(name)) == Decimal("0.249")
        assert f"The server does not offer all of {name}; it is now Resolution 1024" in capfd.readouterr().out
    settings.resolution = "512"
    for name in ("Huge", "Hero"):
        assert bpy.ops.trellis.generate(preset=name, decimation_target=FEW_FACES) == {"FINISHED"}
        assert ready.simulator.newest()["price"] == 0.249 and "ss_sampling_steps" not in sent(ready)
    with pytest.raises(RuntimeError, match=r"no longer has Sampling Steps \(ss_sampling_steps\)\. Leave it out"):
        bpy.ops.trellis.generate(ss_sampling_steps=20)
    presets.forget("Huge")
    assert settings.resolution == "512"


def test_an_order_by_a_preset_is_not_dearer_than_it_unasked(ready: Artist) -> None:
    """It went to the next resolution that was offered, ten times as dear, and said so afterwards."""
    ready.simulator.control.settings(schema_overrides={"resolution": {"enum": ["1024", "1536"], "default": "1024"}})
    checked(ready)
    module("blender.presets").note(module("core.presets").preset("Mine", {"resolution": "512"}, "Mine"))
    for name in ("Blockout", "Mine"):
        with pytest.raises(RuntimeError, match=r"resolution is '512', but must be one of 1024, 1536"):
            bpy.ops.trellis.generate(preset=name, decimation_target=FEW_FACES)
    assert ready.simulator.accepted() == 0
    assert bpy.ops.trellis.generate(preset="Mine", resolution="1024", decimation_target=FEW_FACES) == {"FINISHED"}
    assert ready.simulator.newest()["price"] == 0.249
    module("blender.presets").forget("Mine")
    assert bpy.ops.trellis.apply_preset(preset="Blockout") == {"FINISHED"}, "there the button says the price"
    assert ready.settings.resolution == "1024"


def test_price_follows_and_is_what_the_button_orders_at(ready: Artist) -> None:
    assert wanted(ready).price_usd == Decimal("0.03")
    with layouts.editor():
        assert "Generate · $0.03" in layouts.texts(layouts.drawn(bpy.types.TRELLIS_PT_main_view3d))
    ready.simulator.control.settings(prices={"512": 0.05})
    checked(ready)
    stale = module("blender.operators.generate").order(bpy.context, price="0.03")
    job = ready.wait(stale)[0]
    assert job.unsent and "rose from $0.03 to $0.05" in job.error and ready.simulator.accepted() == 0
    assert bpy.ops.trellis.resume(job=job.id) == {"FINISHED"}
    assert ready.wait(job)[0].price_usd == Decimal("0.05")
    assert ready.simulator.newest()["price"] == 0.05


def test_a_favourite_does_what_the_button_does_now(ready: Artist) -> None:
    """It carries the price of the day it was made, for the resolution of that day; each press left a stopped job."""
    order, again = (module(f"blender.operators.{name}").order for name in ("generate", "order_again"))
    ready.settings.resolution = "512"
    with layouts.editor():
        layouts.drawn(bpy.types.TRELLIS_PT_main_view3d)
    ready.settings.resolution = "1024"
    for price in ("0.025", "0.03"):  # of another day, and of another resolution today
        ready.settings.seed += 1
        job = ready.wait(order(bpy.context, price=price))[0]
        assert (job.state.value, job.price_usd) == ("imported", Decimal("0.249"))
    ready.simulator.control.misbehave("submit", "402")
    refused = ready.wait(order(bpy.context))[0]
    assert ready.wait(again(refused, price="0.025"))[0].suspended is False
    assert {job["price"] for job in ready.simulator.control.jobs()} == {0.249}


def test_a_button_in_its_place_is_held_to_what_it_said(ready: Artist) -> None:
    """Also when the resolution is another one by then: a menu that is open is not drawn anew."""
    order = module("blender.operators.generate").order
    ready.settings.resolution = "1024"
    with bpy.context.temp_override(**{module("blender.identity").BUTTON: bpy.context.scene}):
        job = ready.wait(order(bpy.context, price="0.025"))[0]
    assert job.unsent and "rose from $0.025 to $0.249" in job.error and ready.simulator.accepted() == 0


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

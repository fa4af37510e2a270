# SPDX-License-Identifier: GPL-3.0-or-later
"""What is ordered of a server that changed: by presets, which it may no longer have whole, and at its price."""

from decimal import Decimal
from pathlib import Path

import bpy
import layouts
import pytest
from artist import FEW_FACES, Artist, module
from offering import checked, prepare, reason, sent, wanted

pytestmark = pytest.mark.any_blender


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    """An artist whose server has told that it changed."""
    return prepare(artist, tmp_path)


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


def test_what_the_caller_chose_is_not_said_to_be_the_presets(ready: Artist, capfd: pytest.CaptureFixture[str]) -> None:
    """It said which resolution the preset had now, and refused the caller's own."""
    module("blender.presets").note(module("core.presets").preset("Mine", {"resolution": "2048"}, "Mine"))
    ready.simulator.control.settings(schema_overrides={"resolution": {"enum": ["1024", "1536"], "default": "1024"}})
    checked(ready)
    capfd.readouterr()
    with pytest.raises(RuntimeError, match=r"resolution is '512', but must be one of 1024, 1536"):
        bpy.ops.trellis.generate(preset="Mine", resolution="512", decimation_target=FEW_FACES)
    module("blender.presets").forget("Mine")
    assert "it is now" not in capfd.readouterr().out and ready.simulator.accepted() == 0


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
        ordered = order(bpy.context, price="0.025")
    job = ready.wait(ordered)[0]
    assert job.unsent and "rose from $0.025 to $0.249" in job.error and ready.simulator.accepted() == 0

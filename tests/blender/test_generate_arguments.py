# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate called with arguments: they are for this one order, and the scene stays as it is."""

import re
from pathlib import Path
from typing import Any

import bpy
import buttons
import pictures
import pytest
from artist import Artist, module
from test_sources import render

pytestmark = pytest.mark.any_blender
PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators.md"


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    artist.settings.resolution, artist.settings.seed = "512", 7
    return artist


@pytest.fixture
def on_disk(tmp_path: Path) -> str:
    """A picture that no image of this file is of."""
    image = pictures.put("cup", pictures.mushroom(16, 16))
    image.filepath_raw, image.file_format = str(tmp_path / "cup.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return str(tmp_path / "cup.png")


def said(settings: Any) -> dict[str, Any]:
    """Give all that a scene asks for, and which of it is its own."""
    names = [item.identifier for item in settings.bl_rna.properties if item.identifier not in ("rna_type", "additions")]
    return {name: (getattr(settings, name), settings.is_property_set(name)) for name in names}


def refused(match: str, **named: Any) -> None:
    with pytest.raises(RuntimeError, match=match):
        bpy.ops.trellis.generate(**named)


def test_for_this_order_alone(ready: Artist) -> None:
    ready.settings.pipeline_type = "512"
    before = said(ready.settings)
    assert bpy.ops.trellis.generate(
        seed=11, resolution="1024", texture_size="2048", decimation_target=20_000, ss_sampling_steps=5,
        shape_slat_guidance_strength=3.3, remesh=False, name="Red Cup", crop=False, background="CUT",
    ) == {"FINISHED"}  # fmt: skip
    first = ready.simulator.newest()["sent"]
    wanted = {"seed": 11, "texture_size": "2048", "decimation_target": 20_000, "ss_sampling_steps": 5,
              "shape_slat_guidance_strength": 3.3, "remesh": False}  # fmt: skip
    defaults = {parameter.name: parameter.default for parameter in module("core.catalogue").SETTINGS}
    assert {name: first.get(name, defaults[name]) for name in wanted} == wanted
    assert "resolution" not in first and "pipeline_type" not in first, "it is the service's default"
    (job,) = ready.session.jobs.values()
    assert not job.preparation.crop and job.preparation.background.value == "cut"
    assert bpy.context.view_layer.objects.active.name == "Red Cup" and said(ready.settings) == before
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    second = ready.simulator.newest()["sent"]
    assert (second["seed"], second["resolution"], second["pipeline_type"]) == (7, "512", "512")
    assert "mushroom" in bpy.data.objects and ready.simulator.accepted() == 2


def test_by_a_preset(ready: Artist) -> None:
    ready.settings.resolution = "1536"
    assert bpy.ops.trellis.generate(preset="Blockout", texture_size="2048") == {"FINISHED"}
    sent = ready.simulator.newest()["sent"]
    assert (sent["resolution"], sent["decimation_target"], sent["seed"]) == ("512", 50_000, 7)
    assert "texture_size" not in sent, "what is given beside a preset counts"
    assert ready.settings.resolution == "1536"
    refused("Masterpiece", preset="Masterpiece")
    assert ready.simulator.accepted() == 1


def test_of_another_picture(ready: Artist, on_disk: str) -> None:
    """Also where the scene has none: the button is off then, and whoever says a picture is not refused."""
    ready.settings.source_image = None
    assert not buttons.generate()
    pictures.put("tree", pictures.mushroom(16, 16))
    for given, name in (("tree", "tree"), (on_disk, "cup"), (on_disk, "cup.001")):
        known = list(bpy.data.images)
        assert bpy.ops.trellis.generate(image=given) == {"FINISHED"}
        assert bpy.context.view_layer.objects.active.name == name
        assert not [image for image in bpy.data.images if image not in known and image.name == "cup.png"]
    refused("no file", image="nowhere.png")
    refused("Pick an image")
    assert ready.settings.source_image is None and ready.simulator.accepted() == 3


def test_of_another_picture_though_the_panels_would_be_refused(ready: Artist) -> None:
    ready.settings.resolution, ready.settings.pipeline_type = "512", "1536_cascade"
    assert not buttons.generate()
    assert bpy.ops.trellis.generate(resolution="512") == {"FINISHED"}
    refused("pipeline_type")
    assert ready.simulator.accepted() == 1


@pytest.mark.parametrize(("named", "match"), [
    ({"seed": -1}, "seed is -1"),
    ({"decimation_target": 5}, "decimation_target is 5"),
    ({"texture_size": "300"}, "texture_size is '300'"),
    ({"resolution": "512", "pipeline_type": "1536_cascade"}, "pipeline_type"),
    ({"ss_guidance_strength": 50.0}, "ss_guidance_strength is 50"),
    ({"name": "two\nlines"}, "name is"),
    ({"resolution": "AUTO"}, "resolution is 'AUTO'"),
    ({"margin": 0.9}, "margin is 0.9"),
    ({"margin": float("nan")}, "margin is nan"),
    ({"tolerance": -1.0}, "tolerance is -1"),
    ({"max_price_usd": 0.024}, r"costs \$0\.025, more than \$0\.024"),
    ({"max_price_usd": 0.248, "resolution": "1024"}, r"costs \$0\.249, more than \$0\.248"),
    ({"max_price_usd": 0.0}, r"more than \$0\.00"),
    ({"max_price_usd": -1.0}, "max_price_usd is -1"),
    ({"max_price_usd": float("nan")}, "max_price_usd is nan"),
    ({"price": "0.001"}, r"more than \$0\.001"),
    ({"price": "cheap"}, "price is 'cheap'"),
])  # fmt: skip
def test_what_is_wrong_is_refused_and_costs_nothing(ready: Artist, named: dict[str, Any], match: str) -> None:
    refused(match, **named)
    assert ready.simulator.control.counters()["requests"] == 0 and not ready.session.jobs


def test_what_costs_as_much_as_is_allowed_is_sent(ready: Artist) -> None:
    """Blender's floats have 32 bits, in which 0.249 is less."""
    assert bpy.ops.trellis.generate(max_price_usd=0.249, resolution="1024") == {"FINISHED"}
    assert bpy.ops.trellis.generate(price="0.025") == {"FINISHED"}
    assert ready.simulator.accepted() == 2


def test_the_cap_is_of_what_is_ordered(ready: Artist) -> None:
    ready.preferences.daily_cap = 0.1
    assert buttons.generate()
    refused("cap", resolution="1024")
    ready.settings.resolution = "1024"
    assert not buttons.generate()
    assert bpy.ops.trellis.generate(resolution="512") == {"FINISHED"}
    assert ready.simulator.accepted() == 1


def test_a_second_click_pays_nothing_with_arguments_too(ready: Artist, on_disk: str) -> None:
    """As a key does that was given arguments; a picture from disk is another image at each click."""
    generate, wish = module("blender.operators.generate"), module("blender.instead").Wish
    generate.order(bpy.context, guard=True, wish=wish(values={"seed": 9}))
    with pytest.raises(generate.AlreadyStarted):
        generate.order(bpy.context, guard=True, wish=wish(values={"seed": 9}))
    generate.order(bpy.context, guard=True, wish=wish(values={"seed": 10}))
    for expected in (1, 0):
        choice, loaded = module("blender.scripting").picture(on_disk)
        known = len(ready.session.jobs)
        try:
            generate.order(bpy.context, choice, guard=True, wish=wish(image=on_disk))
        except generate.AlreadyStarted:
            assert not expected
        bpy.data.images.remove(loaded)
        assert len(ready.session.jobs) == known + expected
    assert len(ready.wait()) == ready.simulator.accepted() == 3


def test_the_last_render_with_arguments(ready: Artist) -> None:
    render(bpy.context.scene, pictures.mushroom())
    assert bpy.ops.trellis.generate_render(seed=3, name="Fly Agaric") == {"FINISHED"}
    assert ready.simulator.newest()["sent"]["seed"] == 3 and "Fly Agaric" in bpy.data.objects


def test_the_pages_example_runs_as_it_stands(ready: Artist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    monkeypatch.chdir(tmp_path)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "garden.blend"))
    ready.settings.source_image.save(filepath=str(tmp_path / "mushroom.png"))
    exec(compile(example, str(PAGE), "exec"), {"__name__": "__main__"})
    assert [job["sent"]["seed"] for job in ready.simulator.control.jobs()] == [1, 2, 3]
    assert {"Mushroom 1", "Mushroom 2", "Mushroom 3"} <= {item.name for item in bpy.data.objects}

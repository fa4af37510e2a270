# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene's properties and the catalogue agree, and what is set there reaches the server as the value it is."""

from collections.abc import Iterator
from typing import Any

import bpy
import buttons
import pictures
import pytest
from artist import FEW_FACES, Artist, module

PREFERRED = ("resolution", "texture_size", "decimation_target")
PICTURE = ("crop", "margin", "background", "tolerance", "holes")
_TYPES = {"enum": "ENUM", "int": "INT", "float": "FLOAT", "bool": "BOOLEAN"}


def parameters() -> list[Any]:
    """Give the catalogue's settings, from the installed extension."""
    return list(module("core.catalogue").SETTINGS)


@pytest.fixture
def ready(artist: Artist) -> Artist:
    """An artist with a picture chosen and preferences at the service's defaults."""
    for name in PREFERRED:
        artist.preferences.property_unset(name)
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def sent(artist: Artist) -> dict[str, Any]:
    """Start a job and give the parameters as they reached the server."""
    count = artist.simulator.accepted()
    job = artist.order()
    told = artist.wait_for_state(job, "accepted", "processing", "completed", "downloading", "downloaded", "refused")
    assert told.state.value != "refused", told.error
    assert artist.simulator.accepted() == count + 1
    values = dict(artist.simulator.newest()["sent"])
    assert values.pop("model", None) in (None, "trellis-2-4b")
    values.pop("image", None)
    return values


def ends(parameter: Any) -> Iterator[Any]:
    if parameter.kind.value == "enum":
        yield from parameter.values
    elif parameter.kind.value == "bool":
        yield from (False, True)
    else:
        yield from (parameter.minimum, parameter.maximum)


def check_definition(owner: Any, parameter: Any, *, is_open: bool = False) -> None:
    """``is_open``: a server may have another range, so that Blender is told the catalogue's as the usual one only."""
    definition = owner.bl_rna.properties[parameter.name]
    kind = parameter.kind.value
    assert definition.type == _TYPES[kind], parameter.name
    assert definition.name == parameter.label
    assert parameter.description in definition.description and not definition.description.endswith(".")
    if kind == "enum":
        items = [(item.identifier, item.name) for item in definition.enum_items if item.identifier != "AUTO"]
        is_live = is_open and parameter.name in PREFERRED  # the choices are asked for with a scene only
        assert items == ([] if is_live else list(parameter.choices))
        assert is_live or definition.default in (parameter.default, "AUTO")
    elif kind == "bool":
        assert definition.default is parameter.default
    else:
        assert definition.default == pytest.approx(parameter.default, abs=1e-6)
        assert (definition.soft_min, definition.soft_max) == (parameter.minimum, parameter.maximum), parameter.name
        hard = (definition.hard_min, definition.hard_max)
        assert is_open or hard == (parameter.minimum, parameter.maximum), parameter.name


def test_every_property_agrees_with_the_catalogue(artist: Artist) -> None:
    assert len(parameters()) == 33
    for parameter in parameters():
        check_definition(artist.settings, parameter, is_open=True)
    for name in PREFERRED:
        check_definition(artist.preferences, module("core.catalogue").BY_NAME[name], is_open=True)


def test_preparation_as_set_goes_with_the_job(ready: Artist) -> None:
    preparation = module("core.preparation")
    assert module("blender.properties").preparation(ready.settings) == preparation.Preparation()
    ready.settings.crop, ready.settings.margin, ready.settings.background = True, 0.3, "CUT"
    ready.settings.tolerance, ready.settings.holes = 0.2, True
    job = ready.wait(ready.order())[0]
    assert job.preparation == preparation.Preparation(True, 0.3, preparation.Background.CUT, 0.2, True)


def test_preparation_follows_the_preferences_until_the_scene_has_its_own(ready: Artist) -> None:
    properties, settings, own = module("blender.properties"), ready.settings, ready.preferences
    keep, cut = (module("core.preparation").Background[name] for name in ("KEEP", "CUT"))
    own.crop, own.margin, own.background, own.tolerance, own.holes = False, 0.25, "CUT", 0.3, True
    preparation = module("core.preparation").Preparation
    assert properties.preparation(settings) == preparation(False, 0.25, cut, 0.3, True)
    settings.background, settings.margin = "KEEP", 0.5
    own.margin, own.tolerance = 0.1, 0.2
    assert properties.preparation(settings) == preparation(False, 0.5, keep, 0.2, True)
    assert [name for name in PICTURE if properties.is_own(settings, name)] == ["margin", "background"]
    bpy.ops.trellis.reset_settings(name="margin")
    assert properties.preparation(settings) == preparation(False, 0.1, keep, 0.2, True)
    for name in PICTURE:
        properties.follow_preference(settings, name)
        own.property_unset(name)
    assert properties.preparation(settings) == preparation()


def test_no_property_but_the_catalogues(artist: Artist) -> None:
    ours = {item.identifier for item in artist.settings.bl_rna.properties} - {"rna_type", "name"}
    known = {parameter.name for parameter in parameters()} | {"source", "source_image", "source_url"}
    known |= set(PICTURE)
    known |= {"object_size", "object_size_own", "object_size_is_own", "fit_to_selection", "fit"}
    known |= {name + suffix for name in (*PREFERRED, *PICTURE) for suffix in ("_own", "_is_own")} | {"additions"}
    live = module("blender.open_fields")
    known |= {parameter.name + live.LIVE_SUFFIX for parameter in parameters() if live.has_live(parameter)}
    assert ours == known


def test_untouched_settings_send_nothing_but_the_picture(ready: Artist) -> None:
    assert sent(ready) == {}


def test_both_ends_of_every_parameter_reach_the_server(ready: Artist) -> None:
    """All at once, low and high; a value equal to the service's default is left out."""
    by_name = module("core.catalogue").BY_NAME
    rounds = max(len(list(ends(parameter))) for parameter in parameters())
    for number in range(rounds):
        expected: dict[str, Any] = {}
        for parameter in parameters():
            choices = list(ends(parameter))
            value = choices[min(number, len(choices) - 1)]
            setattr(ready.settings, parameter.name, value)
            if value != parameter.default:
                expected[parameter.name] = value
        assert sent(ready) == expected
        for name, value in ready.simulator.newest()["sent"].items():
            if name in expected:
                assert type(value) is type(by_name[name].default), name


def test_outside_the_range_blender_keeps_to_the_end(ready: Artist) -> None:
    for parameter in parameters():
        if parameter.kind.value in ("int", "float"):
            step = 1 if parameter.kind.value == "int" else 0.5
            setattr(ready.settings, parameter.name, parameter.minimum - step)
            assert getattr(ready.settings, parameter.name) == parameter.minimum, parameter.name
            if parameter.maximum < 2**31 - 1:
                setattr(ready.settings, parameter.name, parameter.maximum + step)
                assert getattr(ready.settings, parameter.name) == parameter.maximum, parameter.name


@pytest.mark.parametrize("value", [0.1, 0.3, 0.7, 0.9, 1.1, 7.3, 0.123, 19.99])
def test_a_decimal_stays_what_was_typed(ready: Artist, value: float) -> None:
    """Blender's floats have 32 bits: 0.7 comes back as 0.699999988."""
    ready.settings.ss_guidance_strength = value
    ready.settings.tex_slat_guidance_interval_end = min(value, 1.0)
    expected = {"ss_guidance_strength": value, "tex_slat_guidance_interval_end": min(value, 1.0)}
    assert sent(ready) == {name: number for name, number in expected.items() if number != 0.9 or "end" not in name}


def test_enumerations_travel_as_strings(ready: Artist) -> None:
    ready.settings.texture_size, ready.settings.resolution = "4096", "512"
    assert sent(ready) == {"texture_size": "4096", "resolution": "512", "pipeline_type": "512"}


@pytest.mark.parametrize(
    ("name", "preferred", "own"),
    [("resolution", "512", "1536"), ("texture_size", "1024", "4096"), ("decimation_target", 20_000, 30_000)],
)
def test_follows_the_preference_until_overridden(ready: Artist, name: str, preferred: Any, own: Any) -> None:
    setattr(ready.preferences, name, preferred)
    assert getattr(ready.settings, name) == preferred
    assert sent(ready)[name] == preferred
    setattr(ready.settings, name, own)
    assert getattr(ready.settings, name) == own
    assert getattr(ready.preferences, name) == preferred
    assert sent(ready)[name] == own
    setattr(ready.preferences, name, module("core.catalogue").BY_NAME[name].default)
    assert getattr(ready.settings, name) == own
    assert bpy.ops.trellis.reset_settings(name=name) == {"FINISHED"}
    assert getattr(ready.settings, name) == module("core.catalogue").BY_NAME[name].default
    assert name not in sent(ready)


def test_overriding_with_the_preferences_own_value_stays(ready: Artist) -> None:
    """Who sets a value means it, even when the preference happens to be the same."""
    ready.settings.decimation_target = ready.preferences.decimation_target
    ready.preferences.decimation_target = FEW_FACES
    assert ready.settings.decimation_target == 500_000


def test_overrides_belong_to_the_scene_and_are_saved_with_it(ready: Artist, tmp_path: Any) -> None:
    ready.settings.texture_size = "4096"
    other = bpy.data.scenes.new("other")
    assert other.trellis.texture_size == ready.preferences.texture_size
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    ready.settings.texture_size = "1024"
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert ready.settings.texture_size == "4096"


def test_a_contradiction_disables_generate_and_says_why(ready: Artist) -> None:
    assert buttons.generate()
    ready.settings.resolution, ready.settings.pipeline_type = "512", "1536_cascade"
    assert not buttons.generate()
    reason = module("blender.readiness").generate_reason(bpy.context)
    assert "pipeline_type" in reason and "1536_cascade" in reason and "512" in reason
    with pytest.raises(RuntimeError, match="pipeline_type"):
        bpy.ops.trellis.generate()
    assert ready.simulator.accepted() == 0
    ready.settings.pipeline_type = "AUTO"
    assert buttons.generate()

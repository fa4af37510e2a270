# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality presets: the built-in ones are what the service takes, and the artist's own are read and never run."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from trellis_blender.core import presets, request
from trellis_blender.core.catalogue import BY_NAME
from trellis_blender.core.errors import InvalidRequest
from trellis_blender.core.offer import BUILT_IN as BUILT_IN_OFFER
from trellis_blender.core.offer import Offer
from trellis_blender.core.presets import BLOCKOUT, BUILT_IN, HERO, NAMES, STANDARD


def test_the_built_in_ones_set_everything_and_tell_their_price() -> None:
    assert [preset.name for preset in BUILT_IN] == ["Blockout", "Standard", "Hero"]
    assert [preset.values["resolution"] for preset in BUILT_IN] == ["512", "1024", "1536"]
    assert all(set(preset.values) == set(NAMES) and not preset.is_own for preset in BUILT_IN)
    assert dict(STANDARD.values) == {name: BY_NAME[name].default for name in NAMES}


@pytest.mark.parametrize("preset", BUILT_IN, ids=lambda preset: preset.name)
def test_the_built_in_ones_send_confirmed_parameters_only(preset: presets.Preset) -> None:
    sent = request.build(preset.values).parameters
    assert all(BY_NAME[name].confirmed for name in sent)
    assert bool(sent) is (preset is not STANDARD)


def test_which_one_is_active() -> None:
    own = presets.preset("Prop", {"resolution": "512", "decimation_target": 12_000}, "Prop")
    values = {**HERO.values}
    assert presets.active(values, [*BUILT_IN, own]) is HERO
    assert presets.active({**values, "decimation_target": 999_999}, [*BUILT_IN, own]) is None
    assert presets.active({**BLOCKOUT.values, "decimation_target": 12_000}, [*BUILT_IN, own]) is own


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    for stem, faces in (("Prop_10", 20_000), ("Prop_2", 30_000), ("apple", 40_000)):
        (tmp_path / f"{stem}.py").write_text(presets.text({**BLOCKOUT.values, "decimation_target": faces}))
    found = presets.read([tmp_path / "nothing here", tmp_path])
    assert [preset.name for preset in found] == ["apple", "Prop 2", "Prop 10"]
    assert [preset.values["decimation_target"] for preset in found] == [40_000, 30_000, 20_000]
    assert found[1].file == "Prop_2" and found[1].values["resolution"] == "512"


@pytest.mark.parametrize("name", [r"ÄÖ / ..\x:y", 'say "hey"', "日本 · ½"])
def test_a_name_that_no_file_has_is_read_again(tmp_path: Path, name: str) -> None:
    (tmp_path / "stem.py").write_text(presets.text(BLOCKOUT.values, name), encoding="utf-8")
    (found,) = presets.read([tmp_path])
    assert (found.name, found.file, found.values) == (name, "stem", BLOCKOUT.values)


@pytest.mark.parametrize("line", ["# name = ", '# name = "', '# name = "a" b', "# name = 7", '# name = " "', "# name"])
def test_what_is_no_name_leaves_that_of_the_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "Prop_2.py").write_text(f"{line}\n{presets.text(BLOCKOUT.values)}", encoding="utf-8")
    assert [each.name for each in presets.read([tmp_path])] == ["Prop 2"]


def test_names_are_the_same_however_they_are_typed() -> None:
    assert presets.key(" Ä  b") == presets.key("a\u0308 B") != presets.key("a b")
    assert presets.free_stem("a_b", ["A_B", "a_b_2"]) == "a_b_3"


@pytest.mark.parametrize(
    ("stem", "allowed"),
    [
        ("Prop_2", "Prop_2"),
        ("a|b\x07", "a_b"),
        ("\x07", ""),
        ("NUL", "NUL_"),
        ("com1", "com1_"),
        ("Console", "Console"),
    ],
)
def test_a_files_stem_is_one_that_every_system_takes(stem: str, allowed: str) -> None:
    assert presets.allowed_stem(stem) == allowed
    assert presets.shown_name(allowed) == presets.shown_name(allowed.rstrip("_")), "and it is shown without a trace"


def test_of_equal_names_the_first_folders_counts(tmp_path: Path) -> None:
    """A studio's folder may be anywhere, and out of reach."""
    own, studio, closed = tmp_path / "own", tmp_path / "studio", tmp_path / ("x" * 300)
    for folder, files in ((own, ("Game_Prop", "mine")), (studio, ("game_prop", "Studio"))):
        folder.mkdir()
        for stem in files:
            (folder / f"{stem}.py").write_text(presets.text({"resolution": "512" if folder == own else "1536"}))
    found = presets.read([closed, own, studio])
    assert [(each.name, each.folder, each.values["resolution"]) for each in found] == [
        ("Game Prop", own, "512"), ("mine", own, "512"), ("Studio", studio, "1536"),
    ]  # fmt: skip


def test_a_preset_of_some_parameters_leaves_the_price_open() -> None:
    found = presets.parse("Light", "import bpy\nbpy.context.scene.trellis.decimation_target = 10000\n", "Light")
    assert found is not None and found.values == {"decimation_target": 10_000}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "settings.seed = 3\n",
        "settings.resolution = 2048\n",
        "settings.decimation_target = 5.5\n",
        "settings.decimation_target = 10 ** 5\n",
        "settings.decimation_target = __import__('os').getpid()\n",
        "settings.resolution = [\n",
        "\0",
        "(" * 5000,
        "other.resolution = '512'\n",
    ],
)
def test_a_file_that_is_no_preset_is_none(written: str) -> None:
    assert presets.parse("Odd", written, "Odd") is None


def test_a_file_is_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    (tmp_path / "Sly.py").write_text(f"open({str(trace)!r}, 'w').close()\nsettings.resolution = '512'\n")
    (tmp_path / "Broken.py").write_bytes(b"settings.resolution = '512'\n# \xff\n")
    assert [preset.name for preset in presets.read([tmp_path])] == ["Sly"]
    assert not trace.exists()


def test_a_value_that_cannot_be_is_no_preset() -> None:
    with pytest.raises(InvalidRequest):
        presets.preset("Odd", {"resolution": 700})


def test_at_a_server_they_are_what_it_can_have() -> None:
    """Its defaults where a built-in one says nothing else, and no number that it refuses."""
    named = dict(BUILT_IN_OFFER.by_name)
    named["decimation_target"] = replace(named["decimation_target"], maximum=200_000, default=100_000)
    named["ss_sampling_steps"] = replace(named["ss_sampling_steps"], maximum=16, default=10)
    offer = replace(BUILT_IN_OFFER, parameters=tuple(named.values()))
    assert dict(STANDARD.at(offer).values) == {name: named[name].default for name in NAMES}
    hero = HERO.at(offer).values
    assert (hero["decimation_target"], hero["ss_sampling_steps"]) == (200_000, 16)
    assert hero["shape_slat_sampling_steps"] == 20
    assert BLOCKOUT.at(offer).values["ss_sampling_steps"] == 10 and hero["resolution"] == "1536"
    own = presets.preset("Prop", {"decimation_target": 900_000}, "Prop")
    assert own.at(offer).values == {"decimation_target": 200_000} and own.at(BUILT_IN_OFFER) == own
    assert [each.at(BUILT_IN_OFFER) for each in BUILT_IN] == list(BUILT_IN)


@pytest.mark.parametrize(("choices", "prices", "is_refused"), [
    (("1024", "1536"), {}, True),
    (("256", "1024"), {}, False),
    (("256", "1024"), {"256": "0.30"}, True),
    (("768", "1024"), {"768": "0.02"}, False),
    (("768", "1024"), {}, True),
    (("512", "1024"), {"512": "0.90"}, False),
])  # fmt: skip
def test_an_order_by_a_preset_becomes_nothing_dearer(
    choices: tuple[str, ...], prices: dict[str, str], is_refused: bool
) -> None:
    named = dict(BUILT_IN_OFFER.by_name)
    named["resolution"] = replace(named["resolution"], choices=tuple((each, each) for each in choices))
    told = {name: price for name, price in BUILT_IN_OFFER.prices.items() if name in choices and name != "512"}
    told |= {name: Decimal(price) for name, price in prices.items()}
    offer = replace(BUILT_IN_OFFER, parameters=tuple(named.values()), prices=told)
    for preset in (BLOCKOUT, presets.preset("Mine", {"resolution": "512"}, "Mine")):
        found = preset.at(offer)
        if not is_refused:
            found.check_price(offer)
            continue
        with pytest.raises(InvalidRequest, match=f"resolution is '512', but must be one of {', '.join(choices)}"):
            found.check_price(offer)


@pytest.mark.parametrize(("choices", "nearest"), [
    (("512", "1024", "1536"), "1536"),
    (("1024", "512"), "1024"),
    (("1024", "4096"), "1024"),
    (("4096", "3072"), "3072"),
    (("512", "ultra"), "512"),
    (("512", "2048", "ultra"), "2048"),
])  # fmt: skip
def test_a_choice_that_is_not_offered_is_the_next_lower_one(choices: tuple[str, ...], nearest: str) -> None:
    """More may cost more; where choices are no numbers, it is the default."""
    offer = with_resolutions(*choices)
    own = presets.preset("Huge", {"resolution": "2048", "decimation_target": 10_000}, "Huge").at(offer)
    assert dict(own.values) == {"resolution": nearest, "decimation_target": 10_000}
    assert own.replaced == (() if nearest == "2048" else ("resolution",))
    request.build(own.values, offer=offer)


def test_what_a_server_no_longer_has_is_not_in_a_preset() -> None:
    parameters = tuple(p for p in BUILT_IN_OFFER.parameters if p.name != "ss_sampling_steps")
    offer = replace(BUILT_IN_OFFER, parameters=parameters, gone=frozenset({"ss_sampling_steps"}))
    hero = HERO.at(offer)
    assert set(hero.values) == set(NAMES) - {"ss_sampling_steps"} and hero.replaced == ()
    request.build(hero.values, offer=offer)
    nothing_left = presets.preset("Steps", {"ss_sampling_steps": 20}, "Steps").at(offer)
    assert presets.active(dict(hero.values), [hero, nothing_left]) == hero, "one that sets nothing is like no settings"


def with_resolutions(*choices: str) -> Offer:
    named = dict(BUILT_IN_OFFER.by_name)
    named["resolution"] = replace(
        named["resolution"], choices=tuple((each, each) for each in choices), default=choices[0]
    )
    return replace(BUILT_IN_OFFER, parameters=tuple(named.values()))

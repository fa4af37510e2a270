# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality presets, resets and the dice, as scripts and buttons call them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import Artist, module

OURS = ("resolution", "texture_size", "decimation_target")


@pytest.fixture
def settings(artist: Artist) -> Iterator[Any]:
    """A new scene's settings, the preferences at the service's defaults, and no presets of the artist's own."""
    for name in OURS:
        artist.preferences.property_unset(name)
    presets = module("blender.presets")
    for path in presets.folder().glob("*.py"):
        path.unlink()
        presets.forget(path.stem)
    yield bpy.context.scene.trellis
    for path in presets.folder().glob("*.py"):
        path.unlink()


def active(settings: Any) -> str:
    found = module("blender.presets").active(settings)
    return found.name if found is not None else "Custom"


def price(settings: Any) -> str:
    return str(module("blender.properties").build_request(settings).price_usd)


def differing(settings: Any, group: str) -> int:
    return int(module("blender.resets").differing(settings, group))


def test_built_in_presets_set_the_scene_and_the_price(settings: Any) -> None:
    assert active(settings) == "Standard"
    for name, cost in (("Blockout", "0.025"), ("Hero", "0.499"), ("standard", "0.249")):
        assert bpy.ops.trellis.apply_preset(preset=name) == {"FINISHED"}
        assert active(settings) == name.capitalize() and price(settings) == cost
    assert differing(settings, "ALL") == 0, "what is the default anyway is not marked"
    settings.ss_sampling_steps = 13
    assert active(settings) == "Custom"
    settings.pipeline_type = "1536_cascade"
    bpy.ops.trellis.apply_preset(preset="Blockout")
    assert price(settings) == "0.025", "an override that contradicts the preset is dropped"
    with pytest.raises(RuntimeError, match=r"no preset Mud; there are Blockout, Standard, Hero"):
        bpy.ops.trellis.apply_preset(preset="Mud")


def test_own_presets_are_blenders_and_outlive_the_extension(settings: Any) -> None:
    settings.decimation_target = 12_000
    settings.resolution = "512"
    assert bpy.ops.trellis.save_preset(name="Game Prop") == {"FINISHED"}
    assert active(settings) == "Game Prop"
    path = Path(bpy.utils.preset_paths("trellis_blender")[0]) / "Game_Prop.py"
    assert path.is_file() and path.is_relative_to(bpy.utils.resource_path("USER"))
    assert "extensions" not in path.relative_to(bpy.utils.resource_path("USER")).parts

    bpy.ops.trellis.apply_preset(preset="Hero")
    exec(compile(path.read_text(), str(path), "exec"), {})  # as Blender runs a preset
    assert active(settings) == "Game Prop" and settings.decimation_target == 12_000

    bpy.ops.extensions.package_install_files(
        filepath=os.environ["TRELLIS_ZIP"], repo="user_default", enable_on_install=True, overwrite=True
    )
    module("blender.presets").wait()
    settings = bpy.context.scene.trellis
    bpy.ops.trellis.apply_preset(preset="Standard")
    assert bpy.ops.trellis.apply_preset(preset="game prop") == {"FINISHED"}
    assert active(settings) == "Game Prop" and price(settings) == "0.025"

    assert bpy.ops.trellis.save_preset(name="Game_Prop", remove_name=True) == {"FINISHED"}
    assert not path.exists() and active(settings) == "Custom"


def test_one_of_the_artists_own_is_overwritten_under_its_name(settings: Any) -> None:
    presets = module("blender.presets")
    for name, faces in (("Game Prop", 12_000), ("game prop ", 13_000)):
        settings.decimation_target = faces
        assert bpy.ops.trellis.save_preset(name=name) == {"FINISHED"}
        assert active(settings) == "Game Prop"
        assert presets.named("Game Prop").values["decimation_target"] == faces
    (path,) = presets.folder().glob("*.py")
    assert path.name == "Game_Prop.py" and "decimation_target = 13000" in path.read_text()
    assert [each.name for each in presets.every() if each.is_own] == ["Game Prop"]


def test_a_preset_is_called_as_it_was_saved(settings: Any) -> None:
    """Its file cannot be: some signs are spelled out there."""
    presets, name = module("blender.presets"), r"ÄÖ / ..\x:y"
    for given, faces in ((name, 12_000), (" a;b  c ", 13_000), ("a_b c", 14_000), ("/" * 64, 15_000)):
        settings.decimation_target = faces
        assert bpy.ops.trellis.save_preset(name=given) == {"FINISHED"}
        presets.refresh(anew=True)
        presets.wait()
        bpy.ops.trellis.apply_preset(preset="Hero")
        assert bpy.ops.trellis.apply_preset(preset=given) == {"FINISHED"}
        assert settings.decimation_target == faces
        assert active(settings) == " ".join(given.split())
    assert len(own_names()) == 4, "none took another's file"
    bpy.ops.trellis.apply_preset(preset=name)
    settings.decimation_target = 16_000
    assert bpy.ops.trellis.save_preset(name=name.lower()) == {"FINISHED"}
    assert active(settings) == name and len(own_names()) == 4
    assert name in own_names(), "as the panel lists it"
    for given in (name, "a;b c"):
        assert bpy.ops.trellis.save_preset(name=given, remove_name=True) == {"FINISHED"}
        presets.wait()
    assert sorted(own_names()) == ["/" * 64, "a_b c"]
    settings.decimation_target = 14_000
    assert active(settings) == "a_b c"


@pytest.mark.parametrize("again", ["Foo", "foo "])
def test_what_is_saved_before_the_presets_were_read_overwrites_its_own_file(settings: Any, again: str) -> None:
    """As by a script or a key, right after the start: a second file was written, and the first one won."""
    presets = module("blender.presets")
    for name, faces in (("Foo", 12_000), (again, 13_000)):
        presets.unregister()  # what was read is forgotten
        settings.decimation_target = faces
        assert bpy.ops.trellis.save_preset(name=name) == {"FINISHED"}
    presets.refresh(anew=True)
    presets.wait()
    assert own_names() == ["Foo"] and presets.named("Foo").values["decimation_target"] == 13_000
    assert [path.name for path in presets.folder().glob("*.py")] == ["Foo.py"]


@pytest.mark.parametrize(
    ("name", "file"),
    [("one\ntwo\tthree", "one_two_three.py"), ("Con", "Con_.py"), ("lpt1", "lpt1_.py"), ("a|b\x07c", "a_b_c.py")],
)
def test_a_presets_file_is_called_as_every_system_allows(settings: Any, name: str, file: str) -> None:
    presets = module("blender.presets")
    for faces in (12_000, 13_000):
        settings.decimation_target = faces
        assert bpy.ops.trellis.save_preset(name=name) == {"FINISHED"}
        presets.refresh(anew=True)
        presets.wait()
        assert [path.name for path in presets.folder().glob("*")] == [file]
        assert own_names() == [" ".join(name.split())] and presets.named(name).values["decimation_target"] == faces
    assert bpy.ops.trellis.save_preset(name=name, remove_name=True) == {"FINISHED"}
    assert list(presets.folder().glob("*")) == []


@pytest.fixture
def studio(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A studio's presets, in one of Blender's *Script Directories*."""
    presets, folder = module("blender.presets"), tmp_path / "presets" / "trellis_blender"
    folder.mkdir(parents=True)
    settings.resolution, settings.decimation_target = "512", 12_000
    for name in ("Studio", "Game Prop"):
        assert bpy.ops.trellis.save_preset(name=name) == {"FINISHED"}
        written = presets.folder() / f"{name.replace(' ', '_')}.py"
        (folder / written.name).write_bytes(written.read_bytes())
        assert bpy.ops.trellis.save_preset(name=name, remove_name=True) == {"FINISHED"}
    entered = bpy.context.preferences.filepaths.script_directories
    place = entered.new()
    place.name, place.directory = "studio", str(tmp_path)
    assert str(folder) in bpy.utils.preset_paths("trellis_blender")
    presets.refresh(anew=True)
    presets.wait()
    yield folder
    entered.remove(place)
    presets.refresh(anew=True)
    presets.wait()


def own_names() -> list[str]:
    return [each.name for each in module("blender.presets").every() if each.is_own]


def test_a_studios_are_those_of_its_script_directories(settings: Any, studio: Path) -> None:
    """Blender's own menus have them; here there were the artist's own only."""
    assert own_names() == ["Game Prop", "Studio"]
    bpy.ops.trellis.apply_preset(preset="Hero")
    assert bpy.ops.trellis.apply_preset(preset="studio") == {"FINISHED"}
    assert (settings.resolution, settings.decimation_target) == ("512", 12_000)
    with pytest.raises(
        RuntimeError, match=f"The preset Studio is in a folder of scripts that is not your own: {studio}"
    ):
        bpy.ops.trellis.save_preset(name="Studio", remove_name=True)
    with pytest.raises(RuntimeError, match="There is no preset Mud of your own"):
        bpy.ops.trellis.save_preset(name="Mud", remove_name=True)
    assert sorted(path.name for path in studio.iterdir()) == ["Game_Prop.py", "Studio.py"]


def test_ones_own_stands_before_a_studios(settings: Any, studio: Path) -> None:
    presets, before = module("blender.presets"), (studio / "Game_Prop.py").read_bytes()
    settings.decimation_target = 13_000
    assert bpy.ops.trellis.save_preset(name="game prop") == {"FINISHED"}
    for _ in range(2):
        assert own_names() == ["Game Prop", "Studio"]
        assert presets.named("Game Prop").values["decimation_target"] == 13_000
        presets.refresh(anew=True)
        presets.wait()
    assert [path.name for path in presets.folder().glob("*.py")] == ["Game_Prop.py"]
    assert bpy.ops.trellis.save_preset(name="Game_Prop", remove_name=True) == {"FINISHED"}
    presets.wait()
    assert presets.named("Game Prop").values["decimation_target"] == 12_000
    assert (studio / "Game_Prop.py").read_bytes() == before and not list(presets.folder().glob("*.py"))


@pytest.mark.parametrize("name", ["", "  ", "hero", "Standard", "!"])
def test_a_name_that_cannot_be_is_refused(settings: Any, name: str) -> None:
    with pytest.raises(RuntimeError, match=r"[Tt]ype (a|another) name"):
        bpy.ops.trellis.save_preset(name=name)
    assert list(module("blender.presets").folder().glob("*.py")) == []


def test_what_differs_is_counted_and_reset(settings: Any) -> None:
    resets = module("blender.resets")
    every = set(resets.GROUPS["ALL"])
    parameters = {parameter.name for parameter in module("core.catalogue").SETTINGS}
    assert parameters < every and all(hasattr(settings, name) for name in every)
    assert differing(settings, "ALL") == 0

    settings.tex_slat_rescale_t = 4.0
    settings.tex_slat_sampling_steps = 20
    settings.margin = 0.3
    settings.texture_size = "4096"
    settings.seed = 7
    assert [differing(settings, group) for group in ("MATERIAL", "PICTURE", "PANEL", "SHAPE")] == [2, 1, 2, 0]
    assert differing(settings, "ADVANCED") == 2, "of all stages, and of nothing that stands above them"
    bpy.ops.trellis.reset_settings(name="tex_slat_rescale_t")
    assert settings.tex_slat_rescale_t == 3.0 and differing(settings, "MATERIAL") == 1
    bpy.ops.trellis.reset_settings(group="MATERIAL")
    assert differing(settings, "MATERIAL") == 0 and differing(settings, "PICTURE") == 1
    bpy.ops.trellis.reset_settings(name="texture_size")
    assert settings.texture_size == "2048" and not settings.texture_size_is_own
    bpy.ops.trellis.reset_settings()
    assert differing(settings, "ALL") == 0 and settings.seed == 42
    with pytest.raises(RuntimeError, match="no setting nonsense"):
        bpy.ops.trellis.reset_settings(name="nonsense")


def test_a_value_as_the_preference_has_it_still_is_the_scenes_own(settings: Any, artist: Artist) -> None:
    settings.texture_size = "2048"
    assert differing(settings, "PANEL") == 0 and settings.texture_size_is_own
    artist.preferences.texture_size = "1024"
    assert settings.texture_size == "2048" and differing(settings, "PANEL") == 1
    bpy.ops.trellis.reset_settings(group="PANEL")
    assert settings.texture_size == "1024"


def test_a_value_that_was_typed_as_the_default_has_no_way_back_beside_it(settings: Any, artist: Artist) -> None:
    """Typed, or put there by Backspace over the field, which sets the default that Blender knows."""
    artist.preferences.margin, artist.preferences.texture_size = 0.15, "2048"
    resets = module("blender.resets")
    for name in resets.GROUPS["ALL"]:
        setattr(settings, name, getattr(settings, name))
    assert differing(settings, "ALL") == 0
    settings.margin, settings.tex_slat_rescale_t = 0.150001, 2.999999
    assert differing(settings, "ALL") == 0, "fields show no difference"
    settings.margin, settings.object_size = 0.16, 2.0
    assert [resets.differs(settings, name) for name in ("margin", "object_size", "texture_size")] == [True, True, False]
    for name in resets.GROUPS["ALL"]:
        default = settings.bl_rna.properties[name].default
        if default != "":  # of a choice whose items are a callback's, which Blender does not tell
            setattr(settings, name, default)
    assert [name for name in resets.GROUPS["ALL"] if resets.differs(settings, name)] == ["margin"]
    assert settings.margin != 0.15 and settings.object_size == 1.0
    bpy.context.scene.unit_settings.scale_length = 0.01
    assert resets.differs(settings, "object_size") and settings.object_size == 1.0
    settings.object_size = 100.0
    assert not resets.differs(settings, "object_size")


def test_the_dice_draws_another_seed(settings: Any) -> None:
    drawn = []
    for _ in range(4):
        assert bpy.ops.trellis.random_seed() == {"FINISHED"}
        drawn.append(settings.seed)
    assert len(set(drawn)) == 4 and all(0 <= seed <= 2147483647 for seed in drawn)

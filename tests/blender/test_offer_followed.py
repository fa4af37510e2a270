# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server has otherwise is so in the preferences' defaults and in the history's filter, too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import layouts
import pytest
from artist import FEW_FACES, Artist, module
from offering import checked, prepare, reason, sent, wanted

OTHER: dict[str, Any] = {
    "schema_overrides": {
        "resolution": {"enum": ["512", "1024", "1536", "2048"]},
        "pipeline_type": {"enum": ["512", "1024_cascade", "1536_cascade", "2048_cascade"]},
        "texture_size": {"enum": ["1024", "2048", "4096", "8192"], "default": "4096"},
        "decimation_target": {"minimum": 1000, "maximum": 200_000, "default": 100_000},
    },
    "schema_added": {}, "schema_removed": [], "prices": {"2048": 0.9},
}  # fmt: skip


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Iterator[Artist]:
    """An artist with a server that has more resolutions and fewer faces, and nothing set in the preferences."""
    artist.preferences.property_unset("resolution")
    prepare(artist, tmp_path)
    artist.simulator.control.settings(**OTHER)
    module("blender.history").clear_filters()
    yield checked(artist)
    module("blender.history").clear_filters()
    for name in ("resolution", "texture_size", "decimation_target"):
        artist.preferences.property_unset(name)


def rows() -> list[str]:
    module("blender.history").sync()
    return [row.name for row in bpy.context.window_manager.trellis_history.rows]


def page(artist: Artist) -> tuple[list[str], str]:
    """Give the properties that the preferences draw as defaults, and what can be read there."""
    made = layouts.layout()
    module("blender.preferences.objects").draw_defaults(made, artist.preferences)
    names = [module("blender.preferences.defaults").shown(name) for name in module("blender.preferences").DEFAULTS]
    return names, " ".join(layouts.texts(made))


def test_history_finds_jobs_at_a_resolution_of_the_server(ready: Artist) -> None:
    """It offered the built-in ones: a job at another could be found under Any only."""
    held, made = bpy.context.window_manager.trellis_history, {}
    for resolution in ("512", "2048"):
        ready.settings.resolution = resolution
        made[resolution] = ready.wait(ready.order())[0].id
    for resolution, job_id in made.items():
        held.resolution = resolution
        assert held.resolution == resolution and rows() == [job_id]
    held.resolution = "1024"
    assert rows() == [] and module("blender.history").is_filtered()
    held.resolution = "2048"
    ready.simulator.control.settings(schema_overrides={})
    checked(ready)
    assert held.resolution == "2048" and rows() == [made["2048"]], "the job is there whatever the server has today"
    assert bpy.ops.trellis.clear_filters() == {"FINISHED"}
    assert held.resolution == "ANY" and set(rows()) == set(made.values())
    with pytest.raises(TypeError, match="4096"):
        held.resolution = "4096"


def test_a_resolution_that_is_no_choice_any_more_hides_nothing(ready: Artist) -> None:
    held = bpy.context.window_manager.trellis_history
    job = ready.wait(ready.order())[0]
    held.resolution = "2048"
    assert rows() == []
    ready.simulator.control.settings(schema_overrides={})
    checked(ready)
    assert held.resolution == "ANY" and rows() == [job.id]


def test_a_default_may_be_what_only_the_server_has(ready: Artist) -> None:
    own = ready.preferences
    module("blender.properties").follow_preference(ready.settings, "resolution")
    own.resolution, own.texture_size = "2048", "8192"
    assert (ready.settings.resolution, ready.settings.texture_size) == ("2048", "8192")
    ready.wait(ready.order())
    assert (sent(ready)["resolution"], sent(ready)["texture_size"]) == ("2048", "8192")
    ready.simulator.control.settings(schema_overrides={})
    checked(ready)
    assert (own.resolution, ready.settings.resolution) == ("2048", "2048"), "it is seen what is not offered"
    assert "Resolution" in reason()
    own.resolution, own.texture_size = "512", "1024"
    assert not reason() and ready.settings.resolution == "512"
    with pytest.raises(TypeError, match="2048"):
        own.resolution = "2048"


def test_the_page_shows_the_servers_defaults_until_one_is_set(ready: Artist) -> None:
    """It showed the catalogue's 500 000 faces, which that server does not take, and scenes had 100 000."""
    own, settings = ready.preferences, ready.settings
    module("blender.properties").follow_preference(settings, "decimation_target")
    names, told = page(ready)
    assert names == ["resolution", "texture_size_live", "decimation_target_live"]
    assert "From 1000 to 200000" in told
    assert (own.decimation_target_live, own.texture_size_live) == (100_000, "4096")
    assert wanted(ready).value("decimation_target") == settings.decimation_target == 100_000
    own.decimation_target_live = 500_000
    assert own.decimation_target == own.decimation_target_live == settings.decimation_target == 200_000
    own.texture_size_live = "8192"
    assert own.texture_size == own.texture_size_live == settings.texture_size == "8192"
    assert not reason()
    own.decimation_target = FEW_FACES // 100
    assert own.decimation_target == 1000
    report = module("blender.diagnostics").report()
    assert "decimation_target: 1000" in report and "_live" not in report and "_named" not in report
    ready.simulator.control.settings(schema_overrides={})
    assert page(checked(ready))[0] == list(module("blender.preferences").DEFAULTS)

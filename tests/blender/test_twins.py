# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would pay once more for the very same object is told so at the button, and has it for free by a button."""

from pathlib import Path
from typing import Any

import bpy
import layouts
import numpy as np
import pictures
import pytest
from artist import Artist, module
from buttons import generate
from test_preview import preview
from test_preview import token as preview_token
from test_restart import restart

HERE, COMING = "You have this object already", "The very same object is being made"
STOPPED = "This object is paid for already"
ADDRESS = "https://pictures.example/cup.png"


@pytest.fixture
def ready(ready: Artist) -> Artist:
    """One who sees the picture as it would be sent."""
    preview(ready)
    return ready


def read(kind: str) -> str:
    """Read what stands in the panel of an editor."""
    with layouts.editor(kind) as area:
        if kind == "IMAGE_EDITOR":
            area.spaces.active.image = bpy.context.scene.trellis.source_image
        return " ".join(layouts.texts(layouts.drawn(module("blender.panels.main").Main)))


def told() -> str:
    """Read what is said of the very same order below the button, with the buttons that come with it."""
    drawn = read("VIEW_3D")
    assert ("Generate Again · $" in drawn) == any(line in drawn for line in (HERE, COMING, STOPPED))
    below = drawn[drawn.index("ops.trellis.generate(") :]
    return below[min((below.index(line) for line in (HERE, COMING, STOPPED) if line in below), default=len(below)) :]


def ordered(artist: Artist) -> Any:
    (job,) = artist.wait(artist.order())
    return job


def test_it_says_so_once_the_object_is_there(ready: Artist) -> None:
    assert not told()
    job = ordered(ready)
    assert job.state.value == "imported" and told().startswith(HERE)
    assert f'show_object(job="{job.id}")' in told() and f'import_job(job="{job.id}")' in told()
    for kind in layouts.EDITORS:
        drawn = read(kind)
        assert "Generate Again · $" in drawn and drawn.index("ops.trellis.generate(") < drawn.index(HERE)
    assert generate(), "it is said, and forbids nothing"
    again = ordered(ready)
    assert again.state.value == "imported" and ready.simulator.accepted() == 2


def test_the_balance_keeps_its_place(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was told after a job was refused, and moved the button that pays once more under the mouse."""
    ordered(ready)
    drawn = []
    for line in ("", "Balance $100.00"):
        monkeypatch.setattr(module("blender.readiness"), "money_line", lambda line=line: line)
        with layouts.editor():
            drawn.append(str(layouts.drawn(module("blender.panels.main").Main).introspect()).count("'type'"))
    assert drawn[0] == drawn[1] > 1


def test_all_keeps_its_place_while_the_picture_is_looked_at_again(ready: Artist) -> None:
    """Each undo tells that every image may have changed: the rows below went, and a button that pays took their place.

    So it is for a picture that is changed in fact, until it is known.
    """
    ordered(ready)
    image, main = ready.settings.source_image, module("blender.panels.main").Main

    def rows() -> int:
        with layouts.editor():
            return str(layouts.drawn(main).introspect()).count("'type'")

    count, words, token = rows(), told(), preview_token()
    assert words.startswith(HERE)
    image.update_tag()
    bpy.context.view_layer.update()
    assert preview_token() != token, "Blender tells of a change"
    assert told() == words and rows() == count
    assert preview(ready).ready.sha256 and told() == words and rows() == count
    values = np.ones(len(image.pixels), np.float32)
    image.pixels.foreach_set(values)
    image.update_tag()
    bpy.context.view_layer.update()
    assert told() == words
    preview(ready)
    assert not told(), "another picture, as is known by now"


def test_another_seed_setting_or_picture_is_not_the_same(ready: Artist) -> None:
    ordered(ready)
    assert told()
    with layouts.editor():
        assert bpy.ops.trellis.random_seed() == {"FINISHED"}
    assert not told(), "the die makes it another order"
    ready.settings.seed = 100
    assert told()
    faces, margin = ready.settings.decimation_target, ready.settings.margin
    ready.settings.decimation_target = 12_345
    assert not told()
    ready.settings.decimation_target = faces
    assert told()
    ready.settings.margin = 0.3
    assert not told(), "it is not known yet what would be sent"
    preview(ready)
    assert not told(), "made ready otherwise"
    ready.settings.margin = margin
    assert told()
    ready.preferences.server_url = "https://elsewhere.example"
    assert not told()
    ready.preferences.server_url = ready.simulator.url
    image = ready.settings.source_image
    image.pixels.foreach_set(np.array(image.pixels[:], np.float32) * 0.5)
    image.update_tag()
    bpy.context.view_layer.update()
    preview(ready)
    assert not told(), "painted over"


def test_another_image_of_the_same_pixels_is_the_same(ready: Artist) -> None:
    ordered(ready)
    ready.choose(pictures.put("copy", pictures.mushroom(32, 24)))
    assert not told()
    preview(ready)
    assert told()


def test_while_it_is_being_made(ready: Artist) -> None:
    ready.simulator.control.settings(job_seconds=3600.0)
    job = ready.order()
    ready.wait_for_state(job, "processing")
    assert told().startswith(COMING)
    assert bpy.ops.trellis.cancel(job=job.id) == {"FINISHED"}
    assert ready.wait(job)[0].state.value == "cancelled"
    assert not told()


@pytest.mark.parametrize(("route", "fault", "state"), [("run", "fail", "failed"), ("submit", "402", "refused")])
def test_what_was_lost_is_not_had(ready: Artist, route: str, fault: str, state: str) -> None:
    ready.simulator.control.misbehave(route, fault)
    assert ordered(ready).state.value == state and not told()


def test_what_has_stopped_is_had_for_nothing(ready: Artist) -> None:
    ready.simulator.control.misbehave("download", "500", times=None)
    job = ordered(ready)
    assert job.suspended and told().startswith(STOPPED) and f'resume(job="{job.id}")' in told()
    ready.simulator.control.behave()
    assert bpy.ops.trellis.resume(job=job.id) == {"FINISHED"}
    assert ready.wait(job)[0].state.value == "imported" and told().startswith(HERE)
    assert ready.simulator.accepted() == 1


def test_the_buttons_do_what_they_say(ready: Artist) -> None:
    job = ordered(ready)
    item = bpy.data.objects["mushroom"]
    with layouts.editor():
        assert bpy.ops.trellis.show_object(job=job.id) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active == item and item.select_get()
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert len(bpy.data.collections["TRELLIS"].objects) == 2 and ready.simulator.accepted() == 1
    assert bpy.ops.trellis.remove_job(job=job.id) == {"FINISHED"}
    assert not told(), "what was taken out of the list is not offered"


def test_after_a_new_start(ready: Artist, tmp_path: Path) -> None:
    ordered(ready)
    restart(ready)
    assert not told(), "the picture is not known yet"
    preview(ready)
    assert told().startswith(HERE)


def test_an_address_is_compared_as_it_is(ready: Artist) -> None:
    ready.settings.source, ready.settings.source_url = "URL", ADDRESS
    assert not told()
    ordered(ready)
    assert told().startswith(HERE)
    ready.settings.source_url = f"{ADDRESS}?2"
    assert not told()


def test_drawing_asks_nobody(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered(ready)
    ready.rest()
    before = ready.simulator.control.counters()["requests"]
    jobs = list(ready.session.jobs.values())
    monkeypatch.setattr(Path, "stat", lambda *_given, **_named: pytest.fail("the disk is looked at"))
    assert told()
    monkeypatch.undo()
    assert ready.simulator.control.counters()["requests"] == before and list(ready.session.jobs.values()) == jobs

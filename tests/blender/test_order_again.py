# SPDX-License-Identifier: GPL-3.0-or-later
"""What was refused is ordered once more by one button, and comes to where the first was to stand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import buttons
import layouts
import leafing
import pictures
import pytest
import sheets
from artist import Artist, module
from mathutils import Vector

CURSOR = (3.0, -2.0, 0.5)


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    bpy.context.scene.cursor.location = CURSOR
    return leafing.prepare(artist, tmp_path)


@pytest.fixture
def offline() -> Iterator[Any]:
    """Give the preference that is to be switched off for a while."""
    system = bpy.context.preferences.system
    yield system
    system.use_online_access = True


def boxes() -> list[bpy.types.Object]:
    return [item for item in bpy.data.objects if item.get("trellis_placeholder")]


def read(artist: Artist, job: Any) -> str:
    """Read what stands in a job's row, and the operators behind its buttons."""
    made = layouts.layout()
    panel = module("blender.panels.jobs")
    panel.draw_stage(made, job, artist.session)
    panel.draw_ways(made, job, artist.session)
    return " ".join(layouts.texts(made))


def refuse(artist: Artist, *jobs: Any) -> list[Any]:
    """Wait until jobs were refused, and what stands for them in the scene has gone."""
    ended = artist.wait(*jobs)
    artist.tick()
    assert {job.state.value for job in ended} == {"refused"} and not boxes(), [job.error for job in ended]
    return ended


def press(artist: Artist, job: Any, price: str) -> Any:
    """Order as the button of a job does, each time anew, and give the one that takes its place."""
    assert module("blender.operators.order_again").order(job, price=price) is not None
    (fresh,) = [one for one in artist.session.jobs.values() if one.replaces == job.id]
    assert job.id not in artist.session.jobs and job.id not in artist.session.history.rows
    return fresh


def test_empty_balance_then_topped_up(ready: Artist, offline: Any) -> None:
    ready.simulator.control.settings(balance=0.01)
    (old,) = refuse(ready, module("blender.operators.generate").order(bpy.context, with_placeholder=True))
    row = read(ready, old)
    assert "Not accepted" in row and "Try Again · $0.025" in row and "trellis.order_again" in row
    offline.use_online_access = False
    assert not bpy.ops.trellis.order_again.poll()
    offline.use_online_access = True
    (old,) = refuse(ready, press(ready, old, price="0.025"))  # still empty
    ready.simulator.control.settings(balance=10.0)
    bpy.context.scene.cursor.location = (0.0, 0.0, 0.0)
    fresh = press(ready, old, price="0.025")
    (box,) = boxes()
    assert box.location == Vector(CURSOR) and box.name.startswith("mushroom · ")
    with buttons.pressed():
        assert bpy.ops.trellis.order_again(job=old.id, price="0.025") == {"CANCELLED"}, (
            "a second click does nothing more"
        )
    assert ready.wait(fresh)[0].state.value == "imported" and not boxes()
    assert bpy.data.objects["mushroom"] == box and box.location == Vector(CURSOR)
    assert ready.simulator.accepted() == 1 and "Try Again" not in read(ready, ready.session.jobs[fresh.id])


def test_a_new_session_and_an_unknown_price(ready: Artist) -> None:
    """The key was mistyped; the next day it is pasted anew, and the server does not tell what the object costs."""
    ready.simulator.control.settings(unpriced=["512"])
    ready.preferences.api_key = f"{ready.simulator.key}-mistyped"
    (old,) = refuse(ready, ready.order())
    ready.preferences.api_key = ready.simulator.key
    ready.session = ready.new_session()
    assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    ready.wait_until(lambda: old.id in ready.session.jobs and not ready.session.checking)
    ready.wait_until(lambda: module("blender.offers").current().price_of("512") is None)
    old = ready.session.jobs[old.id]
    assert "Try Again · Price Unknown" in read(ready, old)
    assert ready.wait(press(ready, old, price=""))[0].state.value == "imported"
    assert ready.simulator.accepted() == 1


def test_variants_and_the_objects_of_a_sheet_come_to_their_places(ready: Artist) -> None:
    item = leafing.make()
    ready.simulator.control.misbehave("submit", "402", times=None)
    refused = refuse(ready, leafing.begin(101), leafing.begin(102))
    ready.simulator.control.behave("submit")
    press(ready, refused[0], price="0.025")
    again = module("blender.operators.order_again")
    with pytest.raises(again.AlreadyStarted):
        again.order(refused[1], guard=True)  # the second click of two, which fell on another job's row
    press(ready, refused[1], price="0.025")  # a script knows which it means
    ready.wait()
    assert leafing.seeds(item) == [100, 101, 102]
    ready.choose(pictures.put("Garden.png", sheets.drawing()))
    bpy.ops.trellis.split_sheet("EXEC_DEFAULT")
    ready.simulator.control.misbehave("submit", "402")
    jobs = ready.wait(*module("blender.operators.generate_sheet").order(bpy.context, with_placeholders=True))
    (old,) = [job for job in jobs if job.state.value == "refused"]
    ready.tick()
    fresh = press(ready, old, price="0.025")
    (box,) = boxes()
    assert ready.wait(fresh)[0].state.value == "imported"
    assert len({one.users_collection for one in map(bpy.data.objects.get, (job.name for job in jobs))}) == 1
    assert bpy.data.objects[old.name] == box and dict(fresh.origin) == dict(old.origin)

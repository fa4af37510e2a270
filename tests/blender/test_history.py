# SPDX-License-Identifier: GPL-3.0-or-later
"""The history in Blender: rows in order, nothing of them in a file, deleting, and what is said when jobs end unseen."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import layouts
import numpy as np
import pytest
from artist import Artist, module
from pictures import mushroom, put

MANY = 1000


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(put("mushroom", mushroom()))
    artist.settings.resolution = "512"
    return artist


@pytest.fixture
def held(ready: Artist) -> Iterator[Any]:
    """The list, showing everything, as it does afterwards."""
    module("blender.history").clear_filters()
    history = bpy.context.window_manager.trellis_history
    history.order, history.reverse, history.several = "DATE", False, False
    yield history
    module("blender.history").clear_filters()


def rows(held: Any) -> list[str]:
    module("blender.history").sync()
    return [row.name for row in held.rows]


def finished(artist: Artist, *seeds: int) -> list[Any]:
    made = []
    for seed in seeds:
        artist.settings.seed = seed
        made.append(artist.order())
    return artist.wait(*made)


def many(artist: Artist, count: int) -> None:
    jobs = module("core.jobs")
    asked = module("core.request").build({})
    for number in range(count):
        name, when = f"thing {number}", time.time() - number * 60.0
        artist.session.take_job(jobs.Job(
            name, asked, "http://127.0.0.1:1", state=jobs.State.IMPORTED, created_at=when, ended_at=when,
            path=Path("a.glb"), faces=10,
        ))  # fmt: skip


def test_rows_follow_the_jobs_and_what_is_searched_for(ready: Artist, held: Any) -> None:
    first, second = finished(ready, 11, 22)
    assert set(rows(held)) == {first.id, second.id}
    held.text = "22"
    assert [row.name for row in held.rows] == [second.id], "without waiting for a tick"
    held.active = 0
    assert module("blender.history").active_id() == second.id
    held.standing = "RUNNING"
    assert not held.rows and module("blender.history").active_id() == ""
    bpy.ops.trellis.clear_filters()
    assert len(held.rows) == 2 and held.active == [row.name for row in held.rows].index(second.id)


def test_nothing_of_it_goes_into_a_file(ready: Artist, held: Any, tmp_path: Path) -> None:
    ready.settings.source_image.pack()
    (job,) = finished(ready, 7)
    other = module("core.jobs").replace(job, id="f" * 32, name="of another file")
    ready.session.take_job(other)
    held.text = "sought"
    held.text = ""
    held.active = 0
    assert other.id in rows(held)
    held.text = "of another"
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=False)
    saved = path.read_bytes()
    assert b"of another" not in saved and other.id.encode() not in saved
    assert job.id.encode() in saved, "of the object that is in it"
    assert [row.name for row in held.rows] == [other.id], "it is back after saving"
    bpy.ops.wm.read_homefile(use_empty=True)
    assert {row.name for row in bpy.context.window_manager.trellis_history.rows} == {job.id, other.id}


def test_deleted_without_its_file_and_with_it(ready: Artist, held: Any) -> None:
    first, second, third = finished(ready, 1, 2, 3)
    rows(held)
    assert bpy.ops.trellis.delete_jobs(jobs=first.id) == {"FINISHED"}
    assert first.path.is_file() and first.id not in [row.name for row in held.rows]
    held.several = True
    for row in held.rows:
        row.ticked = True
    assert bpy.ops.trellis.delete_jobs(files=True) == {"FINISHED"}
    ready.wait_until(lambda: ready.session.removed is not None)
    assert ready.session.removed.files == 2 and not second.path.exists() and not third.path.exists()
    assert not held.rows and not ready.session.jobs
    assert [item.name for item in bpy.data.objects if item.get("trellis_job")], "the objects stay"


def test_running_jobs_are_not_deleted(ready: Artist, held: Any) -> None:
    ready.simulator.control.settings(job_seconds=600.0)
    job = ready.wait_for_state(ready.order(), "processing")
    assert bpy.ops.trellis.delete_jobs(jobs=job.id) == {"CANCELLED"}
    assert job.id in ready.session.jobs


def test_settings_of_a_job_come_back_to_the_panel(ready: Artist) -> None:
    (job,) = finished(ready, 4711)
    ready.settings.seed, ready.settings.resolution, ready.settings.source_image = 1, "1536", None
    assert bpy.ops.trellis.copy_job_settings(job=job.id) == {"FINISHED"}
    assert (ready.settings.seed, ready.settings.resolution) == (4711, "512")
    assert ready.settings.source_image == bpy.data.images["mushroom"]


def test_imported_again_from_the_history(ready: Artist) -> None:
    (job,) = finished(ready, 5)
    before = len(bpy.data.objects)
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert len(bpy.data.objects) == before + 1


def test_pictures_come_when_a_row_asks_for_them(ready: Artist, tmp_path: Path) -> None:
    ready.store_folder = tmp_path / "store"
    (job,) = finished(ready, 5)
    miniatures = module("blender.miniatures")
    asked: list[str] = []

    def ask(name: str) -> None:
        asked.append(name)
        ready.session.live().gallery.ask(name)

    names = [job.image_sha256, module("core.miniatures").OBJECT + job.id, "0" * 64]
    ready.wait_until((ready.store_folder / "small" / f"{names[1]}.png").is_file)  # drawn after it was imported
    assert [miniatures.icon(name, ask) for name in names] == [0, 0, 0] and asked == names
    assert ready.session.watched
    ready.wait_until(lambda: not miniatures.is_awaited())
    assert [name in miniatures._slots for name in names] == [True, True, False]
    for name in names:
        miniatures.icon(name, ask)
    assert asked == names, "neither what is here nor what is nowhere is asked for at every draw"


def test_pictures_are_here_before_the_list_is_opened(ready: Artist, tmp_path: Path) -> None:
    """That of the object, too, which is made only when it stands in the scene."""
    ready.store_folder = tmp_path / "store"
    (job,) = finished(ready, 5)
    miniatures, tidings = module("blender.miniatures"), module("blender.tidings")
    name = module("core.miniatures").OBJECT + job.id
    tidings.show(changed=True)
    ready.wait_until((ready.store_folder / "small" / f"{name}.png").is_file)
    ready.wait_until(lambda: {name, job.image_sha256} <= miniatures._slots.keys())


def test_what_is_hardly_there_is_hardly_drawn() -> None:
    """Blender takes icons as premultiplied: a rim of next to no alpha was as bright as the subject."""
    miniatures, messages = module("blender.miniatures"), module("core.messages")
    picture = np.zeros((16, 16, 4), np.uint8)
    picture[2:14, 2:14] = 200, 100, 240, 2
    picture[4:12, 4:12] = 200, 100, 240, 255
    miniatures.icon("a" * 64, [].append)
    miniatures.take(messages.MiniatureRead("a" * 64, picture))
    icon = miniatures._icons[miniatures._slots["a" * 64]]
    for pixels, side in ((icon.image_pixels, 16), (icon.icon_pixels, 16)):
        drawn = np.empty(side * side, np.int32)
        pixels.foreach_get(drawn)
        shown = drawn.view(np.uint8).reshape(side, side, 4)
        assert shown[2, 2].tolist() == [2, 1, 2, 2] and shown[8, 8].tolist() == [200, 100, 240, 255]
    miniatures.forget()


@pytest.mark.parametrize(("units", "most"), [(38, 2), (24, 2), (18, 3)])
def test_sentences_fill_the_room_that_a_popover_has(units: int, most: int) -> None:
    """It was wrapped to the width of the sidebar that the popover opened from."""
    made, text = layouts.layout(), module("blender.text")
    sentence = "It stands inside Mushroom House. Hide or move that to see it, or leaf on."
    with text.room(units * 20 * 0.7):
        text.draw_wrapped(made, sentence, icon="INFO")
    lines = layouts.texts(made)[1:]  # behind the popup's heading
    assert " ".join(lines) == sentence and len(lines) <= most
    assert max(map(len, lines)) * 6 < units * 20 * 0.7


def test_filters_above_a_list_are_not_below_it_again() -> None:
    panels, held = module("blender.panels.history"), module("blender.history").of(bpy.context)
    said = {}
    for kind in (panels.TRELLIS_UL_history_wide, panels.TRELLIS_UL_history_medium, panels.TRELLIS_UL_history_short):
        made = layouts.layout()
        panels.draw_filters(made, held, is_rest=kind.has_filters_above)
        said[kind.__name__.rpartition("_")[2]] = set(layouts.texts(made)[1:])
    assert said["wide"] == said["medium"] == {"Reverse", "Choose Several"}
    assert said["wide"] - {"Reverse"} < said["short"] and len(said["short"]) > 4


def test_portrait_of_the_object_takes_the_place_of_the_grey_picture(ready: Artist, tmp_path: Path) -> None:
    ready.store_folder = tmp_path / "store"
    (job,) = finished(ready, 5)
    portraits, kept = module("blender.portraits"), ready.store_folder / "small"
    path = kept / f"{module('core.miniatures').OBJECT}{job.id}.png"
    ready.wait_until(path.is_file)
    grey = path.read_bytes()
    mesh = bpy.data.objects["mushroom"].data
    portraits.icon(mesh)
    deadline = time.monotonic() + 60.0
    while portraits.serve() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    ready.wait_until(lambda: path.read_bytes() != grey)


def test_pictures_that_do_not_fit_make_room(ready: Artist) -> None:
    miniatures, messages = module("blender.miniatures"), module("core.messages")
    picture = mushroom(16, 8)
    asked: list[str] = []
    for number in range(miniatures.KEPT + 5):
        miniatures.icon(f"{number:064x}", asked.append)
        miniatures.take(messages.MiniatureRead(f"{number:064x}", picture))
        assert f"{number:064x}" in miniatures._slots
    assert len(miniatures._icons) == miniatures.KEPT
    assert f"{0:064x}" not in miniatures._slots, "the oldest gave way"
    miniatures.forget()


def test_thousand_jobs_are_listed_without_a_hitch(ready: Artist, held: Any) -> None:
    many(ready, MANY)
    assert len(rows(held)) == MANY
    history = module("blender.history")
    before = list(held.rows)
    assert not history.sync(), "nothing is done when nothing changed"
    assert len(before) == MANY
    held.text = "thing 100"
    assert [ready.session.jobs[row.name].name for row in held.rows] == ["thing 100"]
    for job_id in list(ready.session.jobs):
        ready.session.history.drop(job_id)
    assert rows(held) == []


def test_told_once_and_marked_as_new_until_it_was_seen(ready: Artist) -> None:
    tidings = module("blender.tidings")
    (job,) = finished(ready, 3)
    assert tidings.show(changed=True) == [(True, "TRELLIS: mushroom has come")], "no sidebar shows it here"
    assert tidings.show(changed=True) == []
    news = ready.session.news
    assert news.is_new(job.id) and module("blender.statusbar").shown() == "TRELLIS: 1 new"
    news.age(time.monotonic() + 60.0)
    assert news.is_new(job.id), "nobody has drawn it"
    news.drawn(job.id)
    assert not news.age(time.monotonic()) and news.age(time.monotonic() + 60.0)
    tidings.show(changed=True)
    assert module("blender.statusbar").shown() == ""


def test_trouble_is_told_as_a_warning_with_its_sentence(ready: Artist) -> None:
    ready.simulator.control.settings(balance=0.001)
    (job,) = finished(ready, 3)
    ((is_good, said),) = module("blender.tidings").show(changed=True)
    assert not is_good and job.error in said


def test_status_bar_says_how_far_the_jobs_are(ready: Artist, preferences: Any) -> None:
    statusbar, tidings = module("blender.statusbar"), module("blender.tidings")
    ready.simulator.control.settings(job_seconds=600.0)
    ready.wait_for_state(ready.order(), "processing")
    tidings.show(changed=True)
    assert statusbar.shown().startswith("TRELLIS: 1 job")
    preferences.status_bar = False
    try:
        tidings.show(changed=True)
        assert statusbar.shown() == ""
    finally:
        preferences.status_bar = True


@pytest.mark.parametrize(("width", "scale", "units"), [
    (1920, 1.0, 38), (1280, 1.0, 38), (1280, 2.0, 30), (2560, 2.0, 38), (1100, 2.0, 24), (800, 2.0, 18), (300, 1.0, 18),
])  # fmt: skip
def test_the_large_history_is_no_wider_than_the_window(artist: Artist, width: int, scale: float, units: int) -> None:
    """Blender fixes a popover's width for good, and cuts off what does not fit."""
    panel = getattr(bpy.types, module("blender.operators.show_history").popover(width, scale))
    assert panel.bl_ui_units_x == units
    with layouts.editor():
        layouts.drawn(panel)

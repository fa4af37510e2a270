# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs outlive the file they were asked for in: opening another loses nothing, and puts nothing where it is strange."""

from pathlib import Path
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, module, our_threads


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def open_new() -> None:
    bpy.ops.wm.read_homefile(use_empty=True)


def check_waits_to_be_imported(artist: Artist, job: Any) -> None:
    told = artist.wait(job)[0]
    assert told.state.value == "downloaded" and told.importable and not told.error
    artist.rest()
    assert "mushroom" not in bpy.data.objects
    assert bpy.ops.trellis.import_job(job=job.id) == {"FINISHED"}
    assert "mushroom" in bpy.context.scene.objects
    assert artist.simulator.accepted() == 1


@pytest.mark.parametrize("when", ["running", "downloaded"])
def test_another_file_was_opened(ready: Artist, when: str) -> None:
    job = ready.order()
    if when == "downloaded":
        ready.wait_for_state(job, "downloaded")
    open_new()
    assert module("blender.session").current() is ready.session and job.id in ready.session.jobs
    check_waits_to_be_imported(ready, job)


def test_factory_settings_of_the_file_only(ready: Artist) -> None:
    job = ready.order()
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert hasattr(bpy.context.scene, "trellis")
    check_waits_to_be_imported(ready, job)


def test_a_saved_file_was_opened_instead(ready: Artist, tmp_path: Path) -> None:
    other = tmp_path / "other.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(other), copy=True)
    job = ready.order()
    bpy.ops.wm.open_mainfile(filepath=str(other))
    check_waits_to_be_imported(ready, job)


def test_the_same_file_was_opened_again(ready: Artist, tmp_path: Path) -> None:
    """As *Revert* does: the file that asked is here again, so its object comes."""
    path = tmp_path / "mine.blend"
    bpy.context.scene.cursor.location.x = 4.0
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    job = ready.order()
    open_new()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert ready.wait(job)[0].state.value == "imported"
    assert bpy.data.objects["mushroom"].name in bpy.context.scene.objects
    assert bpy.data.objects["mushroom"].matrix_world.translation.x == pytest.approx(4.0, abs=0.6)


def test_saving_under_another_name_changes_nothing(ready: Artist, tmp_path: Path) -> None:
    job = ready.order()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "first.blend"))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "second.blend"))
    assert ready.wait(job)[0].state.value == "imported"


def test_object_and_textures_survive_saving(ready: Artist, tmp_path: Path) -> None:
    path = tmp_path / "mine.blend"
    ready.wait(ready.order())
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    for file in ready.folder.iterdir():
        file.unlink()
    open_new()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    item = bpy.data.objects["mushroom"]
    images = [node.image for node in item.data.materials[0].node_tree.nodes if node.type == "TEX_IMAGE"]
    assert images and all(image.packed_file and tuple(image.size) == (1024, 1024) for image in images)


def test_jobs_of_two_files_at_once(ready: Artist) -> None:
    first = ready.order()
    open_new()
    picture = pictures.mushroom(16, 16)
    picture[..., 0] = 7
    ready.choose(pictures.put("second", picture))
    second = ready.order()
    states = [job.state.value for job in ready.wait(first, second)]
    assert states == ["downloaded", "imported"]
    assert "second" in bpy.data.objects and "mushroom" not in bpy.data.objects


def test_waiting_in_edit_mode_while_another_file_is_opened(ready: Artist) -> None:
    scene = bpy.context.scene
    scene.collection.objects.link(bpy.data.objects.new("chair", bpy.data.meshes.new("chair")))
    bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
    job = ready.order()
    bpy.ops.object.mode_set(mode="EDIT")
    ready.wait_for_state(job, "downloaded")
    ready.tick()
    assert ready.session.waiting
    open_new()
    check_waits_to_be_imported(ready, job)
    assert not ready.session.waiting


def test_the_preferences_folder_is_used_and_the_old_files_stay(ready: Artist, tmp_path: Path) -> None:
    bpy.ops.trellis.generate()
    ready.preferences.download_folder = str(tmp_path / "elsewhere")
    ready.settings.seed = 9
    bpy.ops.trellis.generate()
    first, second = ready.session.jobs.values()
    assert first.path.exists() and second.path.parent == tmp_path / "elsewhere"
    assert len(our_threads()) >= 1


def test_default_folder_is_the_extensions_own(ready: Artist, profile: Path) -> None:
    ready.preferences.download_folder = ""
    bpy.ops.trellis.generate()
    path = next(iter(ready.session.jobs.values())).path
    assert path.is_relative_to(profile / "extensions" / ".user")
    path.unlink()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are read beside the main thread, one at a time; what is built is named, and whole or not there at all."""

import threading
from pathlib import Path
from typing import Any

import bpy
import forge
import numpy as np
import pictures
import pytest
from artist import Artist, module
from datablocks import all_names

PICTURE = forge.png(np.full((8, 8, 4), 200, np.uint8))


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def read(folder: Path, name: str = "made") -> tuple[Path, Any]:
    path = folder / f"{name}.glb"
    path.write_bytes(forge.glb(forge.globe(), forge.Look(PICTURE, PICTURE)))
    return path, module("core.model").read(path)


def test_a_worker_reads_one_file_at_a_time(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    model = module("core.model")
    readers: list[str] = []
    done = model.read

    def noted(path: Path, **named: Any) -> Any:
        readers.append(threading.current_thread().name)
        return done(path, **named)

    monkeypatch.setattr(model, "read", noted)
    jobs = []
    for seed in range(3):
        ready.settings.seed = seed
        jobs.append(ready.wait_for_state(ready.order(), "downloaded"))
    arrivals = ready.session.intake.arrivals
    while len(arrivals):
        ready.tick()
        assert sum(wish.is_reading for wish in arrivals._wishes.values()) <= 1
    assert [ready.session.jobs[job.id].state.value for job in jobs] == ["imported"] * 3
    assert len(readers) == 3 and all(name.startswith("trellis-") for name in readers)


def test_a_file_that_is_damaged_after_it_was_looked_at(ready: Artist) -> None:
    job = ready.wait_for_state(ready.order(), "downloaded")
    before = all_names()
    arrivals = ready.session.intake.arrivals
    ready.session.take(module("core.messages").FileChecked(job.id, job.path))
    job.path.write_bytes(job.path.read_bytes()[:1000])
    arrivals._wishes[job.id].is_asked = True
    ready.wait(job)
    ready.wait_until(lambda: bool(ready.session.jobs[job.id].error))
    assert "damaged" in ready.session.jobs[job.id].error and not arrivals
    assert all_names() == before


def test_what_fails_half_way_leaves_nothing(ready: Artist, tmp_path: Path, here: Any) -> None:
    path, found = read(tmp_path)
    found.mesh.uvs = found.mesh.uvs[:-4]  # Blender refuses an array of the wrong length
    before = all_names()
    with pytest.raises(module("core.errors").ModelFileError, match="The file is kept"):
        module("blender.importer").import_file(path, found, name="thing", place=here, select=True)
    assert all_names() == before


def test_everything_bears_the_name(ready: Artist, tmp_path: Path, here: Any) -> None:
    items = [
        module("blender.importer").import_file(*read(tmp_path), name="old chair", place=here, select=False)
        for _ in range(2)
    ]
    assert [item.name for item in items] == ["old chair", "old chair.001"]
    assert {item.data.name for item in items} == {"old chair", "old chair.001"}
    images = [image for image in bpy.data.images if image.name.startswith("old chair")]
    assert len(images) == 4 == len({bpy.path.abspath(image.filepath) for image in images}), "Unpack would overwrite"
    assert all(image.packed_file and image.users == 1 for image in images)
    assert {image.name.partition(".")[0] for image in images} == {"old chair Base Color", "old chair ORM"}


@pytest.mark.parametrize("name", ["x" * 200, "猫" * 60])
def test_long_names_leave_room_for_what_an_image_is(ready: Artist, tmp_path: Path, here: Any, name: str) -> None:
    item = module("blender.importer").import_file(*read(tmp_path), name=name, place=here, select=False)
    nodes = item.data.materials[0].node_tree.nodes
    names = sorted(node.image.name for node in nodes if node.type == "TEX_IMAGE")
    assert [each.removeprefix(name[:15]).split(" ", 1)[1] for each in names] == ["Base Color", "ORM"]

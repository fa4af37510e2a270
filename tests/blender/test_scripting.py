# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python API: the documentation's examples run as they stand, and whatever is refused has cost nothing."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
import pytest
from artist import Artist, module

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scripting.md"


@pytest.fixture
def api(artist: Artist) -> Any:
    return module("api")


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture on disk, in the folder that the script runs in; no image of the file."""
    image = pictures.put("mushroom", pictures.mushroom(16, 16))
    image.filepath_raw, image.file_format = str(tmp_path / "mushroom.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mushroom.png"


def example(name: str) -> str:
    found = re.search(
        rf"<!-- example: {name} -->\n```python\n(.*?)```\n<!-- /example -->", PAGE.read_text("utf-8"), re.S
    )
    assert found
    return found[1]


def test_the_example_without_a_window_runs_as_it_stands(
    artist: Artist, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(example("waiting"), str(PAGE), "exec"), {"__name__": "__main__"})
    assert artist.simulator.accepted() == 2
    assert sorted(job["sent"]["seed"] for job in artist.simulator.control.jobs()) == [1, 2]
    first, second = (item for item in bpy.context.scene.objects if item.type == "MESH")
    assert {first.name, second.name} == {"mushroom", "mushroom.001"}
    assert sorted(item.location.x for item in (first, second)) == [0.0, 1.5]
    assert max(first.dimensions) == pytest.approx(1.0, abs=1e-4)
    assert len(re.findall(r"faces for 0\.025 US dollars", capsys.readouterr().out)) == 2
    assert "mushroom.png" not in bpy.data.images, "the picture was loaded for the order alone"


def test_a_picture_in_the_folder_of_the_user(api: Any, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(picture.parent))
    job = api.generate("~/mushroom.png", resolution="512")
    assert job.wait().name == "mushroom"
    bpy.data.images.load(str(picture)), bpy.data.images.load(str(picture))
    again = api.generate(bpy.data.images["mushroom.png.001"], resolution="512")
    assert again.wait().name == "mushroom", "the ending is no part of the name"


def test_the_example_in_a_window_waits_without_one(
    artist: Artist, api: Any, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(example("called"), str(PAGE), "exec"), {"__name__": "__main__"})
    [job] = api.jobs()
    assert job.state == "imported" and [item.name for item in bpy.context.scene.objects] == ["mushroom"]
    assert job.parameters == {"decimation_target": 10000, "texture_size": "1024"}
    assert artist.session.jobs[job.id].preparation.background.value == "cut"

    artist.simulator.control.misbehave("run", "fail", message="no luck")
    exec(compile(example("called"), str(PAGE), "exec"), {"__name__": "__main__"})
    assert "no luck" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"resolution": "2048"}, "resolution is '2048', but must be"), ({"seed": -1}, "seed is -1, but must be"),
        ({"sede": 1}, "no parameter of that name"), ({"margin": 0.9}, "margin is 0.9, but must be"),
        ({"background": "blue"}, "must be keep or cut"), ({"crop": 1}, "must be True or False"),
        ({"max_price_usd": 0.2}, r"costs \$0\.249, more than \$0\.20"), ({"image_url": "x"}, "image_url"),
        ({"name": 5}, "name is 5, but must be a text"), ({"name": "a\nb"}, "of one line"),
        ({"name": "\ud800"}, "of one line"), ({"name": "a\0b"}, "of one line"), ({"name": "x" * 10_000}, "255 letters"),
        ({"name": None}, "name is None"), ({"max_price_usd": float("nan")}, "max_price_usd is nan, but must be"),
        ({"max_price_usd": float("inf")}, "is inf"), ({"max_price_usd": Decimal("sNaN")}, "sNaN"),
        ({"max_price_usd": "0.3"}, "is '0.3', but must be"), ({"max_price_usd": True}, "is True, but must be"),
        ({"max_price_usd": -1}, "is -1, but must be"), ({"seed": 10**5000}, "seed is <int>, but must be"),
        ({"resolution": 10**5000}, "resolution is <int>"), ({"ss_rescale_t": 10**400}, "ss_rescale_t is 1000"),
        ({"ss_rescale_t": float("nan")}, "is nan, but must be"), ({"seed": "7"}, "seed is '7', but must be"),
        ({"seed": [1]}, r"seed is \[1\]"), ({"remesh": 1}, "remesh is 1"), ({"background": 10**5000}, "keep or cut"),
        ({"margin": 10**5000}, "margin is <int>"), ({"crop": None}, "crop is None"),
    ],
)  # fmt: skip
def test_what_is_refused_has_sent_nothing(
    artist: Artist, api: Any, picture: Path, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(api.TrellisError, match=said):
        api.generate(picture, **arguments)
    assert artist.simulator.control.log() == [] and artist.session.jobs == {}
    assert list(bpy.data.images) == []


def test_what_the_preferences_forbid_is_refused(artist: Artist, api: Any, picture: Path) -> None:
    own = artist.preferences
    own.server_url, own.api_key = "https://trellis.test", ""
    with pytest.raises(api.TrellisError, match="No API key yet"):
        api.generate(picture)
    own.server_url, own.api_key = artist.simulator.url, artist.simulator.key
    bpy.context.preferences.system.use_online_access = False
    try:
        with pytest.raises(api.TrellisError, match="Online access is off"):
            api.generate(picture)
    finally:
        bpy.context.preferences.system.use_online_access = True
    with pytest.raises(api.TrellisError, match="There is no file"):
        api.generate("nothing.png")
    with pytest.raises(api.TrellisError, match="has a space"):
        api.generate("http://a.example/x y.png")
    for wrong in (5, None, ["mushroom.png"], object()):
        with pytest.raises(api.TrellisError, match="must be an image of this file, the path"):
            api.generate(wrong)
    for gone in ("~", "~/nothing.png", "~/a\0b", "~\ud800", "x" * 10_000, "a\0b", "\ud800", b"nothing.png"):
        with pytest.raises(api.TrellisError, match="There is no file"):
            api.generate(gone)
    for folder in (".", picture.parent):
        with pytest.raises(api.TrellisError, match=f"{picture.parent.name} is a folder. Choose a picture in it"):
            api.generate(folder)
    removed = bpy.data.images.new("removed", 4, 4)
    bpy.data.images.remove(removed)
    with pytest.raises(api.TrellisError, match="no longer in the file"):
        api.generate(removed)
    Path("text.png").write_text("no picture")
    with pytest.raises(api.TrellisError, match="cannot be read"):
        api.generate("text.png")
    assert artist.simulator.accepted() == 0 and artist.session.jobs == {}


def test_a_job_tells_how_it_stands_and_how_it_ended(artist: Artist, api: Any, picture: Path) -> None:
    artist.simulator.control.settings(job_seconds=3600.0)
    job = api.generate(picture, name="Toadstool", resolution=np.int64(512), ss_guidance_strength=7, seed=np.int32(3))
    with pytest.raises(api.TrellisError, match=r"not done after 0\.2 s"):
        job.wait(0.2)
    assert not job.done and not job.succeeded and job.path is None and job.price_usd == Decimal("0.025")
    with pytest.raises(api.TrellisError, match="no object yet"):
        job.import_()
    for wrong in (float("nan"), -1, "5", 10**400):
        with pytest.raises(api.TrellisError, match=r"timeout is .*, but must be a number of seconds"):
            job.wait(wrong)
    with pytest.raises(api.TrellisError, match="callback is None, but must be a function"):
        job.when_done(None)
    artist.simulator.control.advance(3600.0)
    assert job.wait(200) is job and job.done and job.succeeded and job.state == "downloaded"
    assert job.path and job.path.is_file() and job.error == "" and job.progress == 1.0
    assert job.parameters["resolution"] == "512" and job.parameters["ss_guidance_strength"] == 7.0
    artist.tick()
    assert not bpy.context.scene.objects, "where a script orders, the script imports"
    for place in ({"location": (1, 2)}, {"location": 5}, {"location": "abc"}, {"location": (1, 2, float("nan"))},
                  {"size": -1}, {"size": float("inf")}, {"size": "1"}):  # fmt: skip
        with pytest.raises(api.TrellisError, match=r"(location|size) is .*, but must be"):
            job.import_(**place)
    item = job.import_((1.0, 2.0, 3.0))
    assert item.name == "Toadstool" and item.location.to_tuple() == (1.0, 2.0, 3.0)
    assert job.state == "imported" and job.import_() is not item
    assert api.jobs() == [job] and repr(job) == f"<Job {job.id[:8]} 'Toadstool' imported>"

    artist.simulator.control.settings(job_seconds=0.0)
    artist.simulator.control.misbehave("run", "fail", message="no luck")
    failed = api.generate(bpy.data.images.load(str(picture)), seed=4)
    with pytest.raises(api.TrellisError, match="no luck"):
        failed.wait(200)
    assert failed.done and not failed.succeeded and "no luck" in failed.error
    empty = api.generate(pictures.put("empty", pictures.mushroom(16, 16) * 0.0))
    with pytest.raises(api.TrellisError, match="nothing was billed"):
        empty.wait(200)
    bpy.ops.trellis.remove_job(job=failed.id)
    with pytest.raises(api.TrellisError, match="no longer in the list"):
        _ = failed.state
    assert repr(failed).endswith("removed>")


def test_the_largest_place_is_taken(artist: Artist, api: Any, picture: Path) -> None:
    job = api.generate(picture, name=" Toadstool \U0001f344 ", max_price_usd=Decimal("0.249")).wait()
    item = job.import_((1e9, -1e9, 0), size=1e9)
    assert item.name == "Toadstool \U0001f344" and item.location.to_tuple() == (1e9, -1e9, 0.0)
    assert max(item.dimensions) == pytest.approx(1e9, rel=1e-4)


def test_an_address_that_hides_a_line_break_gives_a_name_in_one_line(artist: Artist, api: Any) -> None:
    assert api.generate("http://127.0.0.1:1/toad%0A%00stool.png").name == "toad  stool"


def test_on_another_thread_everything_is_refused(artist: Artist, api: Any, picture: Path) -> None:
    """It was taken there without a word, and Blender may end of what is touched there."""
    job = api.generate(picture, resolution="512").wait()
    calls = {
        "generate": lambda: api.generate(picture, resolution="512"), "jobs": api.jobs, "wait": job.wait,
        "import_": job.import_, "cancel": job.cancel, "when_done": lambda: job.when_done(print),
        "state": lambda: job.state, "path": lambda: job.path, "done": lambda: job.done,
    }  # fmt: skip
    objects = len(bpy.data.objects)
    with ThreadPoolExecutor(1) as thread:
        for name, call in calls.items():
            with pytest.raises(api.TrellisError, match="main thread alone, so nothing was done"):
                thread.submit(call).result()
            assert (artist.simulator.accepted(), len(artist.session.jobs)) == (1, 1), name
        assert thread.submit(repr, job).result().startswith("<Job "), "a log may be written anywhere"
    assert len(bpy.data.objects) == objects and job.import_().name == "mushroom"


def test_a_record_whose_name_is_no_text_breaks_nothing(artist: Artist, api: Any, picture: Path, tmp_path: Path) -> None:
    """An early version took any name for an order, and could read its own list no more."""
    artist.store_folder = tmp_path / "store"
    artist.new_session()
    job = api.generate(picture).wait()
    artist.session.close()
    connection = sqlite3.connect(tmp_path / "store" / "jobs.sqlite3")
    with connection:
        connection.execute("UPDATE jobs SET record=json_set(record, '$.name', 5)")
    connection.close()
    artist.session = artist.new_session()
    assert [(kept.name, kept.state) for kept in api.jobs()] == [("5", "downloaded")]
    assert api.jobs() == [job] and job.import_().name == "5"

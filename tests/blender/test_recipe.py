# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe is on the object and its mesh, goes wherever they go, and orders the very same once more."""

import json
from pathlib import Path
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, module
from lives import Lives
from stand_in import StandIn

CHANGED = {"seed": 77, "resolution": "512", "ss_guidance_strength": 6.5, "remesh": False}


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    artist.store_folder = tmp_path / "store"
    artist.choose(pictures.put("mushroom.png", pictures.mushroom(32, 24)))
    for name, value in CHANGED.items():
        setattr(artist.settings, name, value)
    return artist


@pytest.fixture
def made(ready: Artist) -> bpy.types.Object:
    """An object that was generated with changed settings; it is active."""
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    return bpy.context.view_layer.objects.active


def recipe(item: bpy.types.ID) -> dict[str, Any]:
    return json.loads(item["trellis_recipe"])


def ordered(artist: Artist, press: Any) -> list[Any]:
    """Press, wait until what was ordered has ended, and give those jobs."""
    known = set(artist.session.jobs)
    assert press() == {"FINISHED"}
    return artist.wait(*[job for name, job in artist.session.jobs.items() if name not in known])


def bodies(artist: Artist) -> list[dict[str, Any]]:
    """Give what each paid request held, as the server received it; the picture by its hash."""
    posts = [entry for entry in artist.simulator.control.log() if entry["route"] == "submit"]
    assert len(posts) == len(artist.simulator.control.jobs())
    return [{**job["sent"], "image": job["picture"]} for job in artist.simulator.control.jobs()]


def test_it_says_all_that_was_sent(ready: Artist, made: bpy.types.Object) -> None:
    (job,) = ready.session.jobs.values()
    found = recipe(made)
    assert made.data["trellis_recipe"] == made["trellis_recipe"]
    assert made["trellis_job"] == made.data["trellis_job"] == job.id
    (sent,) = ready.simulator.control.jobs()
    assert {"model": found["model"], **found["parameters"]} == sent["sent"]
    assert found["image"]["sha256"] == sent["picture"] and found["image"]["name"] == "mushroom.png"
    assert (found["version"], found["seed"], found["price_usd"]) == (1, 77, "0.025")
    assert (found["job"], found["server_job"], found["server"]) == (job.id, sent["id"], job.server)
    assert found["addon"] == module("core.version").version()
    assert ready.simulator.key not in made["trellis_recipe"]


def test_repeat_exactly_sends_the_same(ready: Artist, made: bpy.types.Object) -> None:
    ready.settings.seed, ready.settings.resolution = 1, "1536"  # nothing of the panel counts
    bpy.data.images["mushroom.png"].pixels[0] = 0.5  # nor does the image, while what was sent is kept
    (job,) = ordered(ready, bpy.ops.trellis.repeat_exactly)
    assert job.state.value == "imported"
    first, second = bodies(ready)
    assert first == second


def test_repeat_exactly_without_the_image_in_the_file(ready: Artist, made: bpy.types.Object) -> None:
    bpy.data.images.remove(bpy.data.images["mushroom.png"])
    ordered(ready, bpy.ops.trellis.repeat_exactly)
    first, second = bodies(ready)
    assert first == second


def clean_up(artist: Artist) -> None:
    artist.session.housekeeping.clean_up(artist.session.live(), 0)
    artist.wait_until(lambda: artist.session.housekeeping.cleaned is not None)
    assert artist.session.housekeeping.cleaned.pictures == 1


def test_after_clean_up_the_image_is_made_ready_once_more(ready: Artist, made: bpy.types.Object) -> None:
    clean_up(ready)
    ordered(ready, bpy.ops.trellis.repeat_exactly)
    first, second = bodies(ready)
    assert first == second


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_after_clean_up_another_picture_is_not_sent_for_it(ready: Artist, made: bpy.types.Object, how: str) -> None:
    clean_up(ready)
    image = bpy.data.images["mushroom.png"]
    if how == "changed":
        image.pixels[4 * 32 * 12 + 4 * 16] = 0.9
    else:
        bpy.data.images.remove(image)
    with pytest.raises(RuntimeError, match="no longer kept"):
        bpy.ops.trellis.repeat_exactly()
    job = [*ready.session.jobs.values()][-1]
    assert job.state.value == "refused" and "no longer kept" in job.error and "nothing was billed" in job.error
    assert ready.simulator.accepted() == 1


def test_reroll_differs_in_the_seed_alone(ready: Artist, made: bpy.types.Object) -> None:
    ordered(ready, bpy.ops.trellis.reroll_seed)
    first, second = bodies(ready)
    assert first["seed"] == 77 != second["seed"]
    assert {**first, "seed": 0} == {**second, "seed": 0}


def test_copied_settings_ask_for_the_same(ready: Artist, made: bpy.types.Object) -> None:
    for name in CHANGED:
        ready.settings.property_unset(name)
    ready.settings.source = "AUTO"
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert {name: getattr(ready.settings, name) for name in CHANGED} == CHANGED
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    first, second = bodies(ready)
    assert first == second


def test_which_picture_copied_settings_choose_is_said(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    """Another picture of that name, or that of before, was sent and paid for without a word."""
    capfd.readouterr()
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert "with the image mushroom.png of this file; it was found by its name" in capfd.readouterr().out
    bpy.data.images.remove(bpy.data.images["mushroom.png"])
    other = pictures.put("cat.png", pictures.mushroom(16, 16))
    ready.settings.source, ready.settings.source_image = "IMAGE", other
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert ready.settings.source_image == other
    assert "its picture stays: mushroom.png is no image of this file" in capfd.readouterr().out


PREPARED = {"crop": False, "margin": 0.3, "background": "CUT", "tolerance": 0.2, "holes": True}
UNLIKE = {"crop": True, "margin": 0.05, "background": "KEEP", "tolerance": 0.1, "holes": False}


def prepared(artist: Artist, values: dict[str, Any]) -> dict[str, Any]:
    """Set how pictures are made ready where that is given, and give it as the panel has it."""
    for name, value in values.items():
        setattr(artist.settings, name, value)
    shares = ("margin", "tolerance")
    return {n: round(v, 5) if n in shares else v for n in PREPARED for v in [getattr(artist.settings, n)]}


@pytest.mark.parametrize("of", ["object", "job"])
def test_copied_settings_make_the_picture_ready_as_it_was(ready: Artist, of: str) -> None:
    printed = pictures.mushroom(32, 24)
    printed[printed[..., 3] < 255] = 255
    ready.choose(pictures.put("print.png", printed))
    assert prepared(ready, PREPARED) == PREPARED
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert prepared(ready, UNLIKE) == UNLIKE
    (job,) = ready.session.jobs.values()
    if of == "job":
        assert bpy.ops.trellis.copy_job_settings(job=job.id) == {"FINISHED"}
    else:
        assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert prepared(ready, {}) == PREPARED
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    first, second = bodies(ready)
    assert first == second


@pytest.mark.parametrize("told", [{}, {"margin": 0.25}, {"background": "melt", "crop": 7, "margin": None}, None])
def test_what_a_recipe_does_not_say_of_the_picture_stays(
    ready: Artist, made: bpy.types.Object, told: dict[str, Any] | None
) -> None:
    found = recipe(made)
    image = {name: value for name, value in found["image"].items() if name != "preparation"}
    text = json.dumps({**found, "image": image if told is None else {**image, "preparation": told}})
    made["trellis_recipe"] = made.data["trellis_recipe"] = text
    prepared(ready, UNLIKE)
    assert bpy.ops.trellis.copy_settings() == {"FINISHED"}
    assert prepared(ready, {}) == {**UNLIKE, **({"margin": 0.25} if told == {"margin": 0.25} else {})}


def test_a_recipe_of_a_later_version(ready: Artist, made: bpy.types.Object) -> None:
    made.data["trellis_recipe"] = json.dumps({**recipe(made), "version": 9, "mood": "calm"})
    ordered(ready, bpy.ops.trellis.repeat_exactly)
    first, second = bodies(ready)
    assert first == second
    assert recipe(module("blender.variants").meshes(made)[0])["mood"] == "calm"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', 7, [1, 2], {"a": 1}])
def test_a_strange_recipe_orders_nothing(ready: Artist, made: bpy.types.Object, text: Any) -> None:
    for owner in (made, made.data):
        owner["trellis_recipe"] = text
    try:
        outcome = bpy.ops.trellis.repeat_exactly()
    except RuntimeError as error:
        outcome = {"CANCELLED"}
        assert "model" in str(error) or "poll" in str(error)
    assert outcome == {"CANCELLED"} and ready.simulator.accepted() == 1


def test_duplicates_and_copies_have_it(ready: Artist, made: bpy.types.Object) -> None:
    for linked in (False, True):
        bpy.ops.object.select_all(action="DESELECT")
        made.select_set(True)
        bpy.context.view_layer.objects.active = made
        bpy.ops.object.duplicate(linked=linked)
        copy = bpy.context.view_layer.objects.active
        assert copy != made and recipe(copy) == recipe(copy.data) == recipe(made)


def test_gltf_carries_it_as_extras(made: bpy.types.Object, tmp_path: Path) -> None:
    path = tmp_path / "out.glb"
    bpy.ops.export_scene.gltf(filepath=str(path), export_extras=True)
    content = path.read_bytes()
    length = int.from_bytes(content[12:16], "little")
    exported = json.loads(content[20 : 20 + length])
    (node,), (mesh,) = exported["nodes"], exported["meshes"]
    assert json.loads(node["extras"]["trellis_recipe"]) == json.loads(mesh["extras"]["trellis_recipe"]) == recipe(made)
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    back = next(item for item in bpy.data.objects if item.type == "MESH")
    assert module("blender.provenance").recipe_of(back).seed == 77


def test_linked_from_another_file_it_comes_as_an_object_of_its_own(
    ready: Artist, made: bpy.types.Object, tmp_path: Path
) -> None:
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {made})
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(path), link=True) as (_source, target):
        target.objects = [made_name := "mushroom"]
    linked = bpy.data.objects[made_name]
    bpy.context.scene.collection.objects.link(linked)
    bpy.context.view_layer.objects.active = linked
    assert not bpy.ops.trellis.more_seeds.poll()
    (job,) = ordered(ready, bpy.ops.trellis.repeat_exactly)
    assert job.state.value == "imported"
    first, second = bodies(ready)
    assert first == second
    (new,) = bpy.data.collections["TRELLIS"].objects
    assert new.library is None and recipe(new)["job"] == job.id


def test_saved_reopened_and_appended_it_orders_the_same(someone: Lives, simulator: StandIn) -> None:
    """Three Blenders one after the other; the last one has only what was appended, and the artist's own store."""
    asking, other = someone.home / "asking.blend", someone.home / "other.blend"
    someone.live(("start", None), ("open", str(asking)), ("set", CHANGED), ("press", "generate"), ("rest", None),
                 ("save", None), ("quit", None))  # fmt: skip
    told = someone.live(("start", None), ("open", str(asking)), ("activate", "mushroom"),
                        ("on object", "repeat_exactly"), ("rest", None), ("save", None), ("quit", None))  # fmt: skip
    told += someone.live(("start", None), ("open", str(other)), ("append", [str(asking), "mushroom"]),
                         ("activate", "mushroom"), ("on object", "repeat_exactly"), ("rest", None), ("save", None),
                         ("quit", None))  # fmt: skip
    served = {job["id"]: job for job in simulator.control.jobs()}
    recipes = [(item["recipe"], item["on_mesh"]) for item in told if "recipe" in item]
    assert len(recipes) == 2
    for text, on_mesh in recipes:  # opened again, and appended
        found, sent = json.loads(text), served[json.loads(text)["server_job"]]
        assert text == on_mesh and {"model": found["model"], **found["parameters"]} == sent["sent"]
        assert found["image"] == {**found["image"], "sha256": sent["picture"], "name": "mushroom"}
        assert (found["version"], found["seed"], found["price_usd"]) == (1, 77, "0.025") and found["sent_at"]
    first, *others = [{**job["sent"], "image": job["picture"]} for job in simulator.control.jobs()]
    assert first["seed"] == 77 and others == [first, first]


def test_a_recipe_without_a_job_has_no_file(
    ready: Artist, made: bpy.types.Object, capfd: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps({**recipe(made), "job": ""})
    made["trellis_recipe"] = made.data["trellis_recipe"] = text
    capfd.readouterr()
    assert bpy.ops.trellis.reveal_file() == {"CANCELLED"}
    assert "does not say which job made it" in capfd.readouterr().out

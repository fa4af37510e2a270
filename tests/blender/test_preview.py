# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be sent is shown before it is: what the token knows, what a refusal stops, what is freed again."""

import re
from pathlib import Path
from typing import Any

import bpy
import buttons
import numpy as np
import pictures
import pytest
from artist import Artist, module
from leafing import undoable


def token() -> str:
    choice = module("blender.sources").choose(bpy.context)
    told: str = module("blender.sight").token(choice, bpy.context.scene)
    return told


def preview(artist: Artist) -> Any:
    """Ask for a preview as its button does, and give it when it is there."""
    assert bpy.ops.trellis.show_preview() == {"FINISHED"}
    artist.wait_until(lambda: artist.session.previews.of(token()) is not None)
    return artist.session.previews.of(token())


def reason() -> str:
    told: str = module("blender.readiness").generate_reason(bpy.context)
    return told


@pytest.fixture
def ghost() -> bpy.types.Image:
    return pictures.put("ghost", np.zeros((64, 64, 4), np.uint8))


def test_nothing_is_shown_unless_asked(artist: Artist) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    artist.tick()
    assert artist.session.previews.of(token()) is None
    assert not artist.session.watched


def test_what_is_shown_is_what_is_sent(artist: Artist, tmp_path: Path) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom(480, 400)))
    artist.settings.margin = 0.2
    shown = preview(artist)
    (job,) = artist.wait(artist.order())
    sent = artist.simulator.control.image(job.job_id)
    assert len(sent) == shown.ready.size_bytes
    received = pictures.decode(sent, tmp_path)
    assert received.shape[:2] == (shown.ready.height, shown.ready.width)


def test_what_is_shown_stays_while_variants_are_discarded(several: bpy.types.Object) -> None:
    bpy.context.view_layer.update()
    before = token()
    undoable(bpy.ops.trellis.discard_rest)
    bpy.context.view_layer.update()
    assert token() == before, "nothing of the picture has changed"
    bpy.data.images["mushroom"].update_tag()
    bpy.context.view_layer.update()
    assert token() != before, "what changes it is heard all the same"


def test_what_is_shown_stays_while_an_object_comes(artist: Artist) -> None:
    """With its own images, and before these stand in the scene Blender tells that some image has changed."""
    source = pictures.put("mushroom", pictures.mushroom(480, 400))
    artist.choose(source)
    artist.tick()
    bpy.context.view_layer.update()
    before, images = token(), len(bpy.data.images)
    for seed in (1, 2):
        artist.settings.seed = seed
        artist.wait(module("blender.operators.generate").order(bpy.context, with_placeholder=True))
        bpy.context.view_layer.update()
        assert token() == before, "nothing of the picture has changed"
    assert len(bpy.data.images) > images
    artist.settings.seed = 3
    source.update_tag()
    artist.wait(module("blender.operators.generate").order(bpy.context, with_placeholder=True))
    assert token() != before, "what changes it is heard, also while an object comes"


def test_the_icon_shows_the_picture(artist: Artist) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom(480, 400)))
    shown = preview(artist)
    thumbnails = module("blender.thumbnails")
    icon = thumbnails._icons[str((next(thumbnails._numbers) - 1) % thumbnails.SLOTS)]
    height, width = shown.ready.thumbnail.shape[:2]
    assert tuple(icon.image_size) == (width, height)
    values = np.empty(width * height * 4, np.float32)
    icon.image_pixels_float.foreach_get(values)
    rows = np.round(values.reshape(height, width, 4)[::-1] * 255).astype(int)
    assert np.abs(rows - shown.ready.thumbnail).max() <= 1


def test_no_key_and_no_server_are_needed(artist: Artist) -> None:
    artist.preferences.api_key = ""
    artist.preferences.server_url = "not an address"
    artist.choose(pictures.put("mushroom", pictures.mushroom(480, 400)))
    assert preview(artist).ready.size_bytes > 0
    assert not artist.session.watched, "the timer ends with the preview"
    assert artist.simulator.control.counters()["requests"] == 0


def test_a_refusal_stops_the_button_until_anything_changes(artist: Artist, ghost: bpy.types.Image) -> None:
    artist.choose(ghost)
    assert not reason(), "what was not looked at is not held back"
    shown = preview(artist)
    assert reason() == shown.refusal.sentence.removesuffix(".")
    assert not buttons.generate()
    artist.settings.margin = 0.3
    assert not reason(), "a refusal is of exactly this picture, made ready exactly so"
    preview(artist)
    assert reason()
    ghost.pixels.foreach_set(np.ones(64 * 64 * 4, np.float32))
    ghost.update_tag()
    bpy.context.view_layer.update()
    assert not reason(), "painted over"
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    assert not reason()


def test_warnings_do_not_stop(artist: Artist) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    shown = preview(artist)
    assert [verdict.code.value for verdict in shown.ready.verdicts] == ["small"]
    assert not reason()


def test_a_stale_refusal_lets_the_worker_decide(artist: Artist, ghost: bpy.types.Image) -> None:
    """Without a preview the job is refused all the same, and nothing is sent."""
    artist.choose(ghost)
    (job,) = artist.wait(artist.order())
    assert job.state.value == "refused"
    assert artist.simulator.accepted() == 0


def test_every_choice_has_its_token(artist: Artist) -> None:
    """What would change the picture changes the text; looking twice does not."""
    image = pictures.put("mushroom", pictures.mushroom())
    artist.choose(image)
    seen = [token()]
    assert token() == seen[0]
    for change in (
        lambda: setattr(artist.settings, "crop", False),
        lambda: setattr(artist.settings, "background", "CUT"),
        lambda: setattr(artist.settings, "tolerance", 0.2),
        lambda: setattr(artist.settings, "holes", True),
        lambda: setattr(image, "alpha_mode", "NONE"),
        lambda: setattr(image.colorspace_settings, "name", "Non-Color"),
        lambda: setattr(image, "use_view_as_render", True),
        lambda: setattr(bpy.context.scene.view_settings, "exposure", 1.0),
        lambda: artist.choose(pictures.put("other", pictures.mushroom())),
    ):
        change()
        assert token() not in seen, len(seen)
        seen.append(token())
    assert bpy.ops.trellis.reset_settings(group="PICTURE") == {"FINISHED"}
    preparation = module("blender.properties").preparation(artist.settings)
    assert preparation == module("core.preparation").USUAL


def test_a_web_address_is_neither_prepared_nor_shown(artist: Artist) -> None:
    artist.settings.source = "URL"
    artist.settings.source_url = "https://example.com/chair.png"
    assert token() == ""
    assert not bpy.ops.trellis.show_preview.poll()
    assert not reason()


def test_few_icons_are_used_over_and_over(artist: Artist) -> None:
    thumbnails = module("blender.thumbnails")
    for number in range(2 * thumbnails.SLOTS):
        artist.choose(pictures.put(f"picture {number}", pictures.mushroom()))
        preview(artist)
    assert len(thumbnails._icons) == thumbnails.SLOTS
    assert len(artist.session.previews._told) == thumbnails.SLOTS


def test_capturing_a_sequence_does_not_count_as_a_change(artist: Artist, tmp_path: Path) -> None:
    """It makes an image and removes it; a preview that began another one would never end."""
    for frame in (1, 2):
        (tmp_path / f"turn_{frame:04}.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    image = bpy.data.images.load(str(tmp_path / "turn_0001.png"))
    image.source = "SEQUENCE"
    artist.choose(image)
    bpy.context.view_layer.update()
    before = token()
    preview(artist)
    bpy.context.view_layer.update()
    assert token() == before
    bpy.context.scene.frame_set(2)
    assert token() != before


def test_size_and_time_are_shown(artist: Artist) -> None:
    artist.choose(pictures.put("mushroom", pictures.mushroom(480, 400)))
    text = module("blender.panels.source").size(preview(artist))
    assert re.fullmatch(r"\d+ × \d+ · \d+(\.\d)? (kB|MB) · ready in \d+\.\d s", text)


def test_a_card_that_is_transparent_at_its_border_is_no_subject(artist: Artist, tmp_path: Path) -> None:
    """All of it was ordered, background and all, without a word; the panel says so and offers the cut, which cuts."""
    card = np.full((400, 400, 4), 255, np.uint8)
    card[60:340, 80:320, :3] = (200, 40, 30)
    card[0] = card[-1] = card[:, 0] = card[:, -1] = 0
    artist.choose(pictures.put("card", card))
    (before,) = preview(artist).ready.verdicts
    assert (before.code.value, before.severity.value, before.remedy.value) == ("surround", "warning", "cut")
    artist.settings.background = "CUT"  # as its button does
    (after,) = preview(artist).ready.verdicts
    assert (after.code.value, after.severity.value, after.remedy.value) == ("surround", "info", "keep")
    (job,) = artist.wait(artist.order())
    received = pictures.decode(artist.simulator.control.image(job.job_id), tmp_path)
    solid = received[received[..., 3] > 204]
    assert len(solid) == 280 * 240 and (solid[:, 1] < 60).all(), "nothing of the paper"


def test_render_again_only_where_it_can_help(artist: Artist) -> None:
    can = module("blender.panels.source").can_render_again
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    small = preview(artist)
    bpy.context.scene.camera = None
    assert not can(small, bpy.context.scene)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    assert can(small, bpy.context.scene)
    artist.choose(pictures.put("large", pictures.mushroom(480, 400)))
    assert not can(preview(artist), bpy.context.scene)


def captured(image: bpy.types.Image) -> Any:
    return module("blender.sources.images").capture(image, None, bpy.context.scene)


def test_pictures_on_their_way_do_not_write_over_each_other(artist: Artist) -> None:
    """The memory of one is used for the next: only when nobody looks at the first any more, whatever their sizes."""
    images = module("blender.sources.images")
    names = {"red": (255, 0, 0, 255), "green": (0, 255, 0, 255), "blue": (0, 0, 255, 255)}
    made = {name: pictures.put(name, np.full((24, 32, 4), colour, np.uint8)) for name, colour in names.items()}
    small = pictures.put("small", np.full((8, 8, 4), 255, np.uint8))
    images.spare.keep(0.0)
    try:
        red, green = captured(made["red"]), captured(made["green"])
        place = red.values.__array_interface__["data"][0]
        assert red.values[:4].tolist() == [1, 0, 0, 1] and green.values[:4].tolist() == [0, 1, 0, 1]
        del red
        blue = captured(made["blue"])
        assert blue.values.__array_interface__["data"][0] == place, "or nothing is gained"
        assert captured(small).values.tolist() == [1.0] * 8 * 8 * 4
        assert (green.values.reshape(-1, 4) == (0, 1, 0, 1)).all() and (
            blue.values.reshape(-1, 4) == (0, 0, 1, 1)
        ).all()
    finally:
        images.spare.drop()


def test_no_memory_is_kept_where_nobody_would_let_go_of_it(artist: Artist) -> None:
    """Without a window no timer looks after it."""
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    preview(artist)
    preview(artist)
    spare = module("blender.sources.images").spare
    assert spare._block is None and not spare._until


def test_memory_is_let_go_when_no_sidebar_shows_a_preview(artist: Artist) -> None:
    images, lookout = module("blender.sources.images"), module("blender.lookout")
    images.spare.keep(0.0)
    captured(pictures.put("mushroom", pictures.mushroom()))
    assert images.spare._block is not None
    assert lookout.look() is None, "no sidebar of ours is open"
    assert images.spare._block is None and not images.spare._until

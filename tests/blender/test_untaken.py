# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture that cannot be taken stops *Generate* with the reason, until it can; and nothing that was before does."""

from pathlib import Path

import bpy
import buttons
import layouts
import pictures
import pytest
from artist import Artist, module
from test_preview import preview, reason, token
from test_sources_render import render


def test_an_image_that_cannot_be_read_stops_the_button_until_it_can(
    artist: Artist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button was on below the sentence; and a file that is back is not told of by anybody."""
    path = tmp_path / "gone.png"
    image = bpy.data.images.new("gone", 8, 8)
    image.source, image.filepath = "FILE", str(path)
    artist.choose(image)
    assert not reason() and buttons.generate(), "what was not looked at is not held back"
    shown = preview(artist)
    (verdict,) = shown.ready.verdicts
    assert "cannot be read" in verdict.sentence and verdict.is_refusal
    assert shown.icon == 0
    assert reason() == verdict.sentence.removesuffix(".") and not buttons.generate()
    assert bpy.ops.trellis.generate.poll(), "a script has it taken anew, or another one"
    other = tmp_path / "other.png"
    other.write_bytes(pictures.encode_png(pictures.mushroom(480, 400)))
    assert bpy.ops.trellis.generate(image=str(other)) == {"FINISHED"}
    shown = preview(artist)  # whatever that object brought with it
    with monkeypatch.context() as later:
        late = shown.told_at + module("blender.previews").BELIEVED_SECONDS + 1.0
        later.setattr(module("blender.previews").time, "monotonic", lambda: late)
        assert not reason() and buttons.generate(), "nobody has tried it for a while"
    assert not buttons.generate()
    path.write_bytes(other.read_bytes())
    module("blender.lookout").show(bpy.context)  # as the lookout does time and again
    artist.wait_until(lambda: not artist.session.previews.pending)
    assert artist.session.previews.of(token()).ready.size_bytes, "it is back"
    assert not reason() and buttons.generate()


def test_what_could_not_be_taken_stops_no_script(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "gone.png"
    image = bpy.data.images.new("gone", 8, 8)
    image.source, image.filepath = "FILE", str(path)
    artist.choose(image)
    preview(artist)
    path.write_bytes(pictures.encode_png(pictures.mushroom(480, 400)))
    assert reason(), "nobody has looked since"
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert artist.simulator.accepted() == 1


def test_what_cannot_be_taken_is_tried_again(artist: Artist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookout = module("blender.lookout")
    image = bpy.data.images.new("gone", 8, 8)
    image.source, image.filepath = "FILE", str(tmp_path / "gone.png")
    artist.choose(image)
    shown, choice = preview(artist), module("blender.sources").choose(bpy.context)
    assert not lookout._is_wanted(choice, token()), "just now"
    monkeypatch.setattr(lookout.time, "monotonic", lambda: shown.told_at + lookout.DOUBT_SECONDS + 0.1)
    assert lookout._is_wanted(choice, token())
    assert lookout.DOUBT_SECONDS < module("blender.previews").BELIEVED_SECONDS, "so it stays off meanwhile"
    artist.choose(pictures.put("mushroom", pictures.mushroom()))
    preview(artist)
    assert not lookout._is_wanted(module("blender.sources").choose(bpy.context), token())


def test_an_empty_slot_of_the_render_stops_the_button_until_there_is_one(artist: Artist) -> None:
    """The Image Editor shows the Render Result of a new file, and the button was on below *There is no render*."""
    scene = bpy.context.scene
    render(scene, pictures.mushroom(480, 400))
    result = next(each for each in bpy.data.images if each.type == "RENDER_RESULT")
    with layouts.editor("IMAGE_EDITOR") as area:
        area.spaces.active.image = result
        assert preview(artist).ready.size_bytes and not reason()
        result.render_slots.active_index = 1
        assert "no finished render" in preview(artist).ready.verdicts[0].sentence
        assert "no finished render" in reason() and not buttons.generate()
        drawn = " ".join(layouts.texts(layouts.drawn(module("blender.panels.main").Main)))
        assert drawn.count("no finished render") == 1, "it is said once"
        bpy.ops.render.render()
        assert not reason() and buttons.generate(), "a render was finished"
        assert preview(artist).ready.size_bytes and not reason()

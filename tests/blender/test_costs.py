# SPDX-License-Identifier: GPL-3.0-or-later
"""What a capture is expected to cost, before it is made: nothing is read to find out."""

from pathlib import Path

import bpy
import pytest
import seen
from artist import Artist, module
from seen import chosen, show
from test_sources_render import red_green_blue, render_scene, set_layer


def seconds() -> float:
    told: float = module("blender.costs").seconds(chosen())
    return told


def unmade(side: int, *, is_float: bool = False) -> bpy.types.Image:
    """A generated image as a file has it: Blender makes it when it is looked at."""
    image = bpy.data.images.new("generated", 8, 8, float_buffer=is_float)
    image.generated_width = image.generated_height = side
    assert not image.has_data
    return image


def test_copying_is_cheap_and_what_blender_alone_can_show_is_not(artist: Artist) -> None:
    for is_float, limit in ((False, 0.1), (True, 0.1)):
        artist.choose(bpy.data.images.new("wide", 3840, 2160, float_buffer=is_float))
        assert chosen().image.pixels[0] >= 0.0, "made"
        assert 0.02 < seconds() < limit
        chosen().image.use_view_as_render = True
        assert 0.02 < seconds() < limit, "the view is the worker's"
        assert not module("blender.lookout").is_costly(chosen())
    chosen().image.colorspace_settings.name = "Non-Color"
    assert chosen().image.pixels[0] >= 0.0, "made anew"
    assert module("blender.lookout").is_costly(chosen())


@pytest.mark.parametrize("is_float", [False, True])
def test_a_generated_image_that_is_not_made_yet_costs_its_making(artist: Artist, is_float: bool) -> None:
    """As one is in a file that was opened: it was free, however large, and held Blender for seconds."""
    lookout = module("blender.lookout")
    artist.choose(unmade(8192, is_float=is_float))
    assert seconds() > 1.0 and lookout.is_costly(chosen())
    assert not chosen().image.has_data, "nothing was made to find out"
    artist.choose(unmade(2048, is_float=is_float))
    assert 0.05 < seconds() < 0.2 and not lookout.is_costly(chosen())


def test_a_huge_picture_in_memory_waits_for_a_click(artist: Artist) -> None:
    costs, lookout = module("blender.costs"), module("blender.lookout")
    for side, waits in ((4096, False), (6400, True)):
        artist.choose(unmade(side))
        assert costs.numbers(chosen()) == side * side * 4, "new memory is had beforehand, also before it is made"
        assert not chosen().image.has_data
        assert chosen().image.pixels[0] >= 0.0, "made"
        assert lookout.is_costly(chosen()) == waits
        assert costs.numbers(chosen()) == side * side * 4
        bpy.data.images.remove(chosen().image)


@pytest.mark.parametrize("packed", [False, True], ids=["on disk", "packed"])
def test_a_file_that_is_not_in_memory_costs_its_reading(artist: Artist, tmp_path: Path, packed: bool) -> None:
    path = seen.write(tmp_path, "a.png", seen.gradient(400, 400), "PNG", depth="16")  # which Blender alone reads
    content = path.read_bytes()
    path.write_bytes(content + bytes(20_000_000 - len(content)))
    image = bpy.data.images.load(str(path))
    if packed:
        image.pack()
    artist.choose(image)
    costs = module("blender.costs")
    assert not seconds(), "a draw asks neither the disk nor what is packed"
    assert costs.learn(chosen()) and not costs.learn(chosen()), "it is asked once"
    assert module("blender.lookout").is_costly(chosen())
    assert seconds() == pytest.approx(20_000_000 * module("blender.costs").SECONDS_PER_BYTE)
    assert not image.has_data, "nothing was read to find out"
    assert tuple(image.size) == (400, 400)
    assert not module("blender.lookout").is_costly(chosen()), "it is in memory now"


def test_a_file_that_is_gone_costs_nothing(artist: Artist, tmp_path: Path) -> None:
    path = seen.write(tmp_path, "a.png", seen.gradient(8, 8), "PNG")
    image = bpy.data.images.load(str(path))
    path.unlink()
    artist.choose(image)
    assert module("blender.costs").learn(chosen()) and seconds() == 0.0


def test_a_render_costs_what_its_slot_holds(artist: Artist) -> None:
    """Not what the next one will be, nor what another slot has."""
    scene = bpy.context.scene
    render_scene(scene)
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 64, 48, 50
    bpy.ops.render.render()
    renders, slots = module("blender.renders"), bpy.data.images["Render Result"].render_slots
    artist.settings.source = "RENDER"
    small = seconds()
    assert renders.pixels(0) == 32 * 24 and 0.0 < small < 1e-3
    slots.active_index = 1
    scene.render.resolution_percentage = 200
    bpy.ops.render.render()
    assert (renders.pixels(0), renders.pixels(1)) == (32 * 24, 128 * 96)
    assert seconds() == pytest.approx(16 * small)
    slots.active_index = 0
    scene.render.resolution_x = scene.render.resolution_y = 8192
    assert seconds() == small


def test_another_layer_costs_all_of_them(artist: Artist) -> None:
    scene = bpy.context.scene
    red_green_blue(scene)
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    artist.settings.source = "RENDER"
    first = seconds()
    set_layer(space.image_user, 2)
    assert seconds() == pytest.approx(4 * first)


def test_a_render_that_was_stopped_has_changed_the_picture(artist: Artist) -> None:
    renders = module("blender.renders")
    before, was_seen = renders.changes(), renders.seen()
    for handler in bpy.app.handlers.render_cancel:
        if handler.__module__ == renders.__name__:
            handler(bpy.context.scene)
    assert renders.changes() == before + 1 and renders.seen() == was_seen

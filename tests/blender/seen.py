# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference: an image as Blender itself saves what it shows, into PNG; and the artist's way of sending it."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pictures
from artist import Artist, module
from datablocks import all_names

TOLERANCE = 1
"""Of 255: Blender rounds and dithers its own way."""


def chosen() -> Any:
    """Give the picture that would be sent now."""
    return module("blender.sources").choose(bpy.context)


def show(area_type: str = "IMAGE_EDITOR") -> bpy.types.Area:
    """Turn the window's first area into an editor."""
    area = bpy.context.window.screen.areas[0]
    area.type = area_type
    return area


def received(artist: Artist, tmp_path: Path) -> np.ndarray:
    """Send the whole frame and give what the server got; no datablock and no file may stay behind."""
    artist.settings.crop = False
    before = all_names()
    job = artist.order()
    assert all_names() == before
    artist.wait_for_state(job, "accepted", "processing", "completed", "downloading", "downloaded", "refused")
    assert not artist.session.jobs[job.id].error
    picture = pictures.decode(artist.simulator.control.image(artist.simulator.newest()["id"]), tmp_path)
    artist.session.close()
    return picture


def saved(
    image: bpy.types.Image, folder: Path, *, like: bpy.types.Scene | None = None, mode: str = "RGBA"
) -> np.ndarray:
    """Give an image as ``save_render`` writes it: through a scene's view, or the plain one of the Image Editor."""
    scene = like or bpy.data.scenes.new("reference")
    view, output = scene.view_settings, scene.render.image_settings
    if like is None:
        view.view_transform = "Standard"
    before = output.file_format, output.color_mode, output.color_depth
    path = folder / "reference.png"
    try:
        output.file_format, output.color_mode, output.color_depth = "PNG", mode, "8"
        image.save_render(str(path), scene=scene)
    finally:
        output.file_format, output.color_mode, output.color_depth = before
        if like is None:
            bpy.data.scenes.remove(scene)
    return as_rgba(pictures.decode(path.read_bytes(), folder))


def as_rgba(picture: np.ndarray) -> np.ndarray:
    """Give four channels: grey as three equal ones, what has no alpha as opaque."""
    colour = picture[..., : picture.shape[2] - (picture.shape[2] in (2, 4))]
    alpha = picture[..., -1:] if picture.shape[2] in (2, 4) else np.full((*picture.shape[:2], 1), 255, np.uint8)
    return np.concatenate([np.broadcast_to(colour, (*colour.shape[:2], 3)), alpha], axis=2)


def gradient(width: int = 48, height: int = 40, *, alpha: bool = True, brightest: float = 1.0) -> np.ndarray:
    """Give rows from the bottom of floats as ``Image.pixels`` takes them: every side another colour, soft alpha."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., 0], rgba[..., 1] = brightest * x / max(width - 1, 1), brightest * y / max(height - 1, 1)
    rgba[..., 2] = 0.3
    if alpha:
        rgba[..., 3] = np.clip(1.4 * x / max(width - 1, 1) + 0.1, 0.0, 1.0)
    return rgba


def make(
    name: str, rows: np.ndarray, *, is_float: bool = False, alpha: bool = True, premultiply: bool = False
) -> bpy.types.Image:
    """Make an image in memory; floats are premultiplied, as Blender keeps them."""
    height, width = rows.shape[:2]
    image = bpy.data.images.new(name, width, height, alpha=alpha, float_buffer=is_float)
    values = rows.copy()
    if premultiply:
        values[..., :3] *= values[..., 3:]
    image.pixels.foreach_set(np.ascontiguousarray(values, np.float32).ravel())
    image.update()
    return image


def write(
    folder: Path, name: str, rows: np.ndarray, file_format: str, *, mode: str = "RGBA", depth: str = "8",
    is_float: bool = False, codec: str = "",
) -> Path:  # fmt: skip
    """Write a file of a kind with Blender; what is in it is read back by the reference as well."""
    scene = bpy.data.scenes.new("writer")
    scene.view_settings.view_transform = "Standard"
    output = scene.render.image_settings
    output.file_format, output.color_mode = file_format, mode
    output.color_depth = depth
    if codec:
        output.exr_codec = codec
    image = make("writer", rows, is_float=is_float, premultiply=is_float)
    path = folder / name
    image.save_render(str(path), scene=scene)
    bpy.data.images.remove(image)
    bpy.data.scenes.remove(scene)
    return path


def film(folder: Path) -> Path:
    """Write a movie of four frames: two red ones, two green ones. Uses the sequencer of a scene of its own."""
    scene = bpy.data.scenes.new("film")
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 96, 64, 100
    scene.frame_start, scene.frame_end = 1, 4
    scene.view_settings.view_transform = "Standard"
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    for number, colour in ((1, (1, 0, 0)), (3, (0, 1, 0))):
        ends = {"length": 2} if "length" in strips.new_effect.__doc__ else {"frame_end": number + 2}
        strip = strips.new_effect(name="colour", type="COLOR", channel=1, frame_start=number, **ends)
        strip.color = colour
    output = render.image_settings
    if hasattr(output, "media_type"):
        output.media_type = "VIDEO"
    output.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
    render.filepath, render.use_file_extension = str(folder / "film.mp4"), False
    bpy.ops.render.render(scene=scene.name, animation=True)
    bpy.data.scenes.remove(scene)
    return next(folder.glob("film*.mp4"))


def settings_of(scene: bpy.types.Scene) -> dict[str, object]:
    """Give every plain setting of a scene's view, display and output."""
    return {
        f"{group.bl_rna.identifier}.{item.identifier}": getattr(group, item.identifier)
        for group in (scene.view_settings, scene.display_settings, scene.render.image_settings, scene.render)
        for item in group.bl_rna.properties
        if item.type in ("BOOLEAN", "INT", "FLOAT", "STRING", "ENUM") and not getattr(item, "is_array", False)
    }

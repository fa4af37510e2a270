# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m demonstration.inside.make ORDER``: every picture of an order becomes a .blend and a PNG."""

import os
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import bpy

from demonstration.protocol import Made, Order, read_order, tell

from . import extension, presentation, sheet, subject
from .extension import DemoError

SOURCE_SUFFIX = "-source.png"


def make_all(order: Order) -> bool:
    """Carry the order out; a picture that fails does not keep the next ones from being made."""
    extension.install(order)
    if order.sheet:
        return _told(lambda: _make_sheet(order, sheet.FILE_NAME), sheet.FILE_NAME)
    well = True
    for picture in order.pictures or ("",):
        name = Path(picture).stem or subject.NAME.lower().replace(" ", "-")
        well = _told(partial(_make, order, picture, name), name) and well
    return well


def _told(make: Callable[[], Made], name: str) -> bool:
    """Make something and tell the host what came of it."""
    try:
        tell("made", **vars(make()))
    except DemoError as error:
        tell("failed", name=name, sentence=str(error))
    except Exception as error:  # noqa: BLE001 (the host shows a sentence; the log has the rest)
        traceback.print_exc()
        tell("failed", name=name, sentence=f"{type(error).__name__}: {extension.sentence(error)}")
    else:
        return True
    return False


def _make(order: Order, picture: str, name: str) -> Made:
    folder, seconds = Path(order.folder), _Stopwatch()
    # Extensions stay enabled and online access stays on; with the factory settings they would not.
    bpy.ops.wm.read_homefile(use_empty=True)
    if not picture:
        tell("doing", text=f"rendering our own subject, {subject.PIXELS} × {subject.PIXELS}, transparent film")
        subject.render_subject()
        _save_render(folder / f"{name}{SOURCE_SUFFIX}")
        seconds.lap("render of the subject")
    tell("doing", text=f"generating from {name}")
    chosen = _load(folder / picture) if picture else None
    item, job = extension.generate(order, chosen)
    seconds.lap("generate")
    if chosen is None:
        _clear_but(item)
        chosen = _load(folder / f"{name}{SOURCE_SUFFIX}")
    facts = _facts(item, job, chosen)
    tell("doing", text=f"lighting and rendering the scene of {name}")
    item.name = item.data.name = name
    presentation.present(item, chosen)
    picture_path, blend_path = folder / f"{name}.png", folder / f"{name}.blend"
    presentation.render(str(picture_path))
    seconds.lap("render of the scene")
    _save(blend_path)
    seconds.lap("save")
    files = {"picture": picture_path.name, "scene": blend_path.name, "model": str(Path(job.path).relative_to(folder))}
    return Made(name=name, picture=picture or f"{name}{SOURCE_SUFFIX}", seconds=seconds.laps, files=files, **facts)


def _make_sheet(order: Order, name: str) -> Made:
    folder, seconds = Path(order.folder), _Stopwatch()
    bpy.ops.wm.read_homefile(use_empty=True)
    tell("doing", text=f"rendering our own sheet of {sheet.COUNT} subjects, transparent film")
    sheet.render_sheet()
    _save_render(folder / f"{name}{SOURCE_SUFFIX}")
    seconds.lap("render of the sheet")
    bpy.ops.wm.read_homefile(use_empty=True)
    chosen = _load(folder / f"{name}{SOURCE_SUFFIX}")
    chosen.name = sheet.NAME
    tell("doing", text=f"splitting {name} and generating from each subject")
    items, jobs = extension.generate_sheet(order, chosen)
    seconds.lap("split and generate")
    facts = _facts(items[0], jobs[0], chosen)
    facts |= {"price": str(sum(job.price_usd for job in jobs)), "faces": sum(len(item.data.polygons) for item in items)}
    tell("doing", text=f"lighting and rendering the scene of {name}")
    presentation.present_sheet(items, chosen)
    picture_path, blend_path = folder / f"{name}.png", folder / f"{name}.blend"
    presentation.render(str(picture_path))
    seconds.lap("render of the scene")
    _save(blend_path)
    seconds.lap("save")
    files = {"picture": picture_path.name, "scene": blend_path.name}
    files |= {f"model {number}": str(Path(job.path).relative_to(folder)) for number, job in enumerate(jobs, 1)}
    return Made(name=name, picture=f"{name}{SOURCE_SUFFIX}", seconds=seconds.laps, files=files, **facts)


def _facts(item: Any, job: Any, picture: bpy.types.Image) -> dict[str, Any]:
    images = {node.image.name: node.image for material in item.data.materials if material and material.node_tree
              for node in material.node_tree.nodes if node.type == "TEX_IMAGE" and node.image}  # fmt: skip
    return {
        "picture_pixels": tuple(picture.size),
        "parameters": dict(job.request.parameters),
        "price": str(job.price_usd),
        "job_id": job.job_id,
        "faces": len(item.data.polygons),
        "textures": {image_name: tuple(image.size) for image_name, image in images.items()},
    }


def _load(path: Path) -> bpy.types.Image:
    try:
        image = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise DemoError(f"Blender cannot open the picture {path.name}.") from error
    if not all(image.size):
        raise DemoError(f"The picture {path.name} cannot be read: it is damaged, or of a kind Blender does not know.")
    # Cycles reads a WebP file by itself, and paints a bright rim where alpha ends; what is packed, Blender reads.
    image.pack()
    return image


def _save_render(path: Path) -> None:
    scene = bpy.context.scene
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    bpy.data.images["Render Result"].save_render(str(path), scene=scene)


def _clear_but(item: bpy.types.Object) -> None:
    """Take the subject away: the object made from its picture is what the scene is about."""
    bpy.data.batch_remove([other for other in bpy.data.objects if other is not item])
    bpy.ops.outliner.orphans_purge(do_recursive=True)


def _save(path: Path) -> None:
    """Save one compressed file that holds everything and names no folder of this machine."""
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    for image in bpy.data.images:
        if image.source == "FILE":
            if not image.packed_file:
                image.pack()
            # Not filepath: setting that reads the file again.
            image.filepath_raw = f"//{Path(image.filepath).name or image.name}"
            for part in image.packed_files:
                part.filepath = image.filepath
    bpy.context.scene.render.filepath = "//"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=True, relative_remap=False)


class _Stopwatch:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name], self._last = round(now - self._last, 2), now


def main() -> int:
    """Carry out the order named on the command line."""
    try:
        return 0 if make_all(read_order(Path(sys.argv[1]))) else 1
    except DemoError as error:
        tell("failed", name="", sentence=str(error))
    except Exception as error:  # noqa: BLE001 (the host shows a sentence; the log has the rest)
        traceback.print_exc()
        tell("failed", name="", sentence=f"{type(error).__name__}: {extension.sentence(error)}")
    return 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # With an extension still registered, Blender 4.2 crashes and 4.5 hangs on its way out.
    os._exit(status)

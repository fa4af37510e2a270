# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a Blender module: times the capture of 4K pictures, their preparation, and Blender's own save."""

import importlib
import json
import os
import sys
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

import bpy
import numpy as np

PACKAGE = "bl_ext.user_default.trellis_blender"
WIDTH, HEIGHT = 3840, 2160
ROUNDS = 3


def painted(name: str, *, is_float: bool) -> bpy.types.Image:
    """Make a disc of soft colours on a transparent ground."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    alpha = np.clip(900 - np.hypot(x - WIDTH / 2, y - HEIGHT / 2), 0, 1)
    waves = [0.5 + 0.4 * np.sin(x / 31 + y / 17), 0.5 + 0.4 * np.sin(x / 13), 0.5 + 0.4 * np.cos(y / 23)]
    values = np.stack([*(wave * alpha for wave in waves), alpha], axis=2)
    image = bpy.data.images.new(name, WIDTH, HEIGHT, alpha=True, float_buffer=is_float)
    image.pixels.foreach_set(np.ascontiguousarray(values, np.float32).ravel())
    image.update()
    return image


def rendered() -> bpy.types.Image:
    """Render the default cube on a transparent film."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.device = "CYCLES", 1, "CPU"
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = WIDTH, HEIGHT, 100
    scene.render.film_transparent, scene.cycles.use_denoising = True, False
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.light_add(type="SUN", location=(3, -4, 5))
    bpy.ops.object.camera_add(location=(7.4, -6.9, 5.0), rotation=(1.11, 0.0, 0.815))
    scene.camera = bpy.context.object
    bpy.ops.render.render()
    return next(image for image in bpy.data.images if image.type == "RENDER_RESULT")


def in_a_worker(develop, source) -> tuple[object, float]:
    """Prepare in a thread, as it is done, and give the seconds of its own that it took."""
    found = []

    def work() -> None:
        began = time.perf_counter()
        found.append((develop(source), time.perf_counter() - began))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def held_by(source) -> int:
    """Give the bytes of the copy that the main thread hands over; a render's is in a file."""
    values = getattr(source, "values", None)
    return values.nbytes if values is not None else 0


def measured(image: bpy.types.Image, sources, develop) -> dict[str, float]:
    """Time one picture, the best of some rounds, since others use the machine as well."""
    scene = bpy.context.scene
    main, worker, save = [], [], []
    path = Path(tempfile.mkdtemp()) / "saved.png"
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode = "PNG", "RGBA"
    for _round in range(ROUNDS):
        began = time.perf_counter()
        source = sources.capture(sources.Choice(image), scene)
        main.append(time.perf_counter() - began)
        prepared, seconds = in_a_worker(develop, source)
        worker.append(seconds)
        began = time.perf_counter()
        image.save_render(str(path), scene=scene)
        save.append(time.perf_counter() - began)
    source = sources.capture(sources.Choice(image), scene)
    tracemalloc.start()
    develop(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "main_ms": min(main) * 1000, "first_ms": main[0] * 1000, "worker_ms": min(worker) * 1000,
        "sent_mb": len(prepared.picture.content) / 1e6,
        "sent_side": prepared.picture.width, "save_ms": min(save) * 1000, "saved_mb": path.stat().st_size / 1e6,
        "copied_mb": held_by(source) / 1e6, "worker_mb": peak / 1e6,
    }  # fmt: skip


sys.path.remove(str(Path(__file__).parent))  # its queue.py is not Python's
bpy.context.preferences.use_preferences_save = False
bpy.ops.wm.read_homefile(use_empty=True)
bpy.ops.extensions.package_install_files(
    filepath=sys.argv[1], repo="user_default", enable_on_install=True, overwrite=True
)
sources = importlib.import_module(f"{PACKAGE}.blender.sources")
develop = importlib.import_module(f"{PACKAGE}.core.prepared").develop
bytes_seen, floats_seen = painted("bytes", is_float=False), painted("floats", is_float=True)
told = {
    "image, 8 bits": measured(bytes_seen, sources, develop),
    "image, float": measured(floats_seen, sources, develop),
}
bytes_seen.use_view_as_render = floats_seen.use_view_as_render = True
told["8 bits, as a render"] = measured(bytes_seen, sources, develop)
told["float, as a render"] = measured(floats_seen, sources, develop)
for image in (bytes_seen, floats_seen):
    bpy.data.images.remove(image)
result = rendered()
bpy.context.scene.view_settings.exposure = 0.3  # a view that was not asked for yet, so that the first time is its own
told["render"] = measured(result, sources, develop)
sys.stdout.write("\n" + json.dumps(told) + "\n")
sys.stdout.flush()
os._exit(0)

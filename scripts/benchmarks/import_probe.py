# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a Blender module: imports one file, our way or Blender's, and tells time and memory as a line of JSON.

``import_probe.py ZIP FILE WARM ours|stock``. One process an import: memory that was used once stays with the process.
"""

import importlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import bpy  # isort: skip  # first: it makes addon_utils importable
import addon_utils  # isort: skip

PACKAGE = "bl_ext.user_default.trellis_blender"
BEAT_SECONDS = 0.01
_STATUS = Path("/proc/self/status")


def memory(name: str) -> int:
    """Give a line of the process's status, in KiB: VmRSS is now, VmHWM the most so far."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])


def enable(zip_path: str) -> None:
    """Install the extension where no process before has, and enable it."""
    bpy.context.preferences.use_preferences_save = False
    if addon_utils.enable(PACKAGE, default_set=True) is None:
        bpy.ops.extensions.package_install_files(
            filepath=zip_path, repo="user_default", enable_on_install=True, overwrite=True
        )


def ours(path: Path) -> dict[str, float]:
    """Read in a thread while the main thread's timer beats; then import."""
    model, direct = (importlib.import_module(f"{PACKAGE}.{name}") for name in ("core.model", "blender.direct"))
    read: list[Any] = []
    took: list[float] = []

    def work() -> None:
        began = time.perf_counter()
        read.append(model.read(path, encodes=direct.ENCODES))
        took.append(time.perf_counter() - began)

    worker, gaps, last = threading.Thread(target=work), [0.0], time.perf_counter()
    worker.start()
    while worker.is_alive():
        time.sleep(BEAT_SECONDS)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    importer = importlib.import_module(f"{PACKAGE}.blender.importer")
    place = importlib.import_module(f"{PACKAGE}.blender.placement").here(bpy.context)
    if hasattr(read[0], "why"):
        raise ValueError(f"the model is unusual: {read[0].why}")
    began = time.perf_counter()
    item = importer.import_file(path, read.pop(), name="thing", place=place, select=True)
    main = time.perf_counter() - began
    return {"main": main, "worker": took[0], "stall": max(gaps), "vertices": len(item.data.vertices),
            "faces": len(item.data.polygons), "own normals": item.data.has_custom_normals}  # fmt: skip


def stock(path: Path) -> dict[str, float]:
    """Import as the artist would by the menu, images packed, and one undo step."""
    began = time.perf_counter()
    bpy.ops.import_scene.gltf(filepath=str(path), import_pack_images=True, import_shading="NORMALS")
    bpy.context.view_layer.update()
    bpy.ops.ed.undo_push(message="Import")
    main = time.perf_counter() - began
    item = next(item for item in bpy.data.objects if item.type == "MESH")
    return {"main": main, "worker": 0.0, "stall": 0.0, "vertices": len(item.data.vertices),
            "faces": len(item.data.polygons), "own normals": item.data.has_custom_normals}  # fmt: skip


def idle_stall(seconds: float = 1.0) -> float:
    """Give the largest gap of the timer while nobody works."""
    gaps, last, end = [0.0], time.perf_counter(), time.perf_counter() + seconds
    while last < end:
        time.sleep(BEAT_SECONDS)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    return max(gaps)


zip_path, file, warm, way = sys.argv[1:]
enable(zip_path)
bpy.ops.wm.read_homefile(use_empty=True)
run = {"ours": ours, "stock": stock}[way]
run(Path(warm))  # what is slow but once in a process
bpy.ops.wm.read_homefile(use_empty=True)
idle = idle_stall()
Path("/proc/self/clear_refs").write_text("5")  # begin to count the most anew
before = memory("VmRSS:")
told = run(Path(file))
told |= {"peak_mib": (memory("VmHWM:") - before) / 1024, "idle stall": idle}
sys.stdout.write("\n" + json.dumps(told) + "\n")
sys.stdout.flush()
os._exit(0)

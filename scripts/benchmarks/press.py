# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of ``scripts/bench ui``: how long the interface is held up by a press of Generate, with pictures of 4K."""

import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rig.blenders import WindowBlender
from rig.paths import CHECKOUT

from .distribution import FRAME_MS, summary

PRESSES = 16
LOOKING_SECONDS = 3.0
"""Between the choice of a picture and the first press, as for an artist who looks at the preview."""
TARGET_MEDIAN_MS = 2 * FRAME_MS
WIDTH, HEIGHT = 3840, 2160
PICTURES = ("8 bits", "16 bits", "painted", "render")
PACKAGE = "bl_ext.user_default.trellis_blender"
PROBE = Path(__file__).with_name("press_probe.py")
_PROBED = f"exec(compile(open({str(PROBE)!r}).read(), {str(PROBE)!r}, 'exec'), globals())"
_INSTALL = f"""
import sys
install(bpy.types.TRELLIS_OT_generate, sys.modules['{PACKAGE}.blender.readiness'])
result = None
"""
_SHOW = """
editor = bpy.context.window_manager.windows[0].screen.areas
editor = next(area for area in editor if area.type in ('DOPESHEET_EDITOR', 'IMAGE_EDITOR'))
editor.type = 'IMAGE_EDITOR'
editor.spaces.active.image = {image}
result = None
"""
_LOAD = """
scene = bpy.context.scene
scene.trellis.source = 'IMAGE'
scene.trellis.source_image = bpy.data.images.load({path!r})
result = None
"""
_PAINT = f"""
import numpy as np
image = bpy.data.images.new('painted', {WIDTH}, {HEIGHT}, alpha=True)
values = np.empty({WIDTH} * {HEIGHT} * 4, np.float32)
bpy.data.images['bytes.png'].pixels.foreach_get(values)
image.pixels.foreach_set(values)
image.update()
bpy.context.scene.trellis.source = 'IMAGE'
bpy.context.scene.trellis.source_image = image
result = None
"""
_RENDER = f"""
scene = bpy.context.scene
scene.render.engine = 'BLENDER_WORKBENCH'
scene.render.film_transparent = True
scene.render.resolution_x, scene.render.resolution_y = {WIDTH}, {HEIGHT}
bpy.ops.render.render()
scene.trellis.source = 'RENDER'
result = None
"""
_SENT = "all(job.image_sha256 for job in __import__('sys').modules['{}.blender.session'].current().jobs.values())"


def measure(blender: WindowBlender, zip_path: Path) -> Iterator[dict[str, Any]]:
    """Press the button with the real mouse, again and again; give the distributions, one kind of picture at a time."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.gui import scene
    from tests.gui.window import Window

    with (
        scene.start_server("--job-seconds", "600") as server,
        Window(blender.suite, zip_path, size=(1280, 1300)) as window,
    ):
        scene.connect(window, server)
        window.call(f"{_PROBED}\n{_INSTALL}")
        for kind, (choose, image) in _steps(window.home).items():
            window.call(choose, timeout=120)
            window.call(_SHOW.format(image=image))
            window.open_sidebar("VIEW_3D", "TRELLIS")
            time.sleep(LOOKING_SECONDS)
            yield {f"{name}, 4K {kind}": row for name, row in _pressed(window).items()}


def is_good(result: dict[str, Any]) -> bool:
    """Whether the goal holds. Of a render Blender writes a file of 127 MiB once, when the panel first shows it."""
    return all(result[f"usable again, 4K {kind}"]["median_ms"] < TARGET_MEDIAN_MS for kind in PICTURES)


def _steps(folder: Path) -> dict[str, tuple[str, str]]:
    """Give what makes each picture the source, and the image that an editor shows meanwhile."""
    of_bytes, of_floats = _picture(folder / "bytes.png", 8), _picture(folder / "floats.png", 16)
    return {
        "8 bits": (_LOAD.format(path=str(of_bytes)), "bpy.data.images['bytes.png']"),
        "16 bits": (_LOAD.format(path=str(of_floats)), "bpy.data.images['floats.png']"),
        "painted": (_PAINT, "bpy.data.images['painted']"),
        "render": (_RENDER, "bpy.data.images['Render Result']"),
    }


def _pressed(window: Any) -> dict[str, Any]:
    """Press so often, and give the distributions, with the machine's load meanwhile; the first press by itself."""
    x, y = window.find_button("trellis.generate")
    window.call("times.clear()\nresult = None")
    loads = []
    for number in range(1, PRESSES + 1):
        window.call(f"bpy.context.scene.trellis.seed += 1\nresult = {number}")
        window.wait_for(_SENT.format(PACKAGE), timeout=120)
        window.display.move(x, y)
        if "trellis.generate" not in window.call("button_under_mouse('VIEW_3D', 'UI')"):
            x, y = window.find_button("trellis.generate")  # what is above it has grown
        window.click(x, y)
        window.wait_for(f"len(times[DRAWN]) == {number}")
        window.call("add_an_empty([area('VIEW_3D')])\nresult = None")
        window.wait_for(f"len(times[OWN]) == {number}")
        loads.append(os.getloadavg()[0])
    times: dict[str, list[float]] = window.call("dict(times)")
    return {
        **{name: {"first_ms": round(values[0], 3), **summary(values)} for name, values in times.items()},
        "load average": round(sum(loads) / PRESSES, 1),
    }


def _picture(path: Path, bits: int) -> Path:
    """Draw a subject on a transparent ground, with colours that are no flat areas."""
    import numpy as np
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(picture)
    for ring in range(900, 0, -6):
        left, top = WIDTH // 2 - ring, HEIGHT // 2 - ring
        colour = (200, ring * 255 // 900, 90 + ring % 100, 255)
        draw.ellipse((left, top, left + 2 * ring, top + 2 * ring), fill=colour)
    if bits == 8:
        picture.save(path, compress_level=1)
        return path
    rows = np.asarray(picture).astype(">u2") * np.uint16(257)
    filtered = np.zeros((HEIGHT, 1 + rows[0].nbytes), np.uint8)
    filtered[:, 1:] = rows.astype(">u2").reshape(HEIGHT, -1).view(np.uint8)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.data, 1)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ))  # fmt: skip
    return path

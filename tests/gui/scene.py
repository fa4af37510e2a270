# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a window in front of the local server with a picture to send; what the window tests share."""

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from tests.gui.window import Window
from tests.simulator.remote import Process

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = "bl_ext.user_default.trellis_blender"
PREFERENCES = f"bpy.context.preferences.addons[{PACKAGE!r}].preferences"
SESSION = f"__import__({PACKAGE + '.blender.session'!r}, fromlist=['current']).current()"
FEW_FACES = 10_000


def start_server(*arguments: str) -> Process:
    """Start the local server as its own process, with this Python."""
    return Process(sys.executable, CHECKOUT, *arguments)


def make_picture(path: Path) -> Path:
    """Draw a red mushroom with white dots on a transparent ground."""
    picture = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((205, 250, 307, 450), 40, fill=(236, 222, 190, 255))
    draw.pieslice((90, 90, 422, 420), 180, 360, fill=(200, 40, 36, 255))
    for x, y, radius in ((190, 190, 26), (270, 140, 20), (330, 210, 28)):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(250, 246, 236, 255))
    picture.save(path)
    return path


def in_front(open_window: Callable[..., Window], server: Process) -> Window:
    """Open a window in front of the server, with a picture chosen; tall, so that jobs are seen."""
    window = open_window(size=(1280, 1000))
    connect(window, server)
    choose_picture(window)
    return window


def connect(window: Window, server: Process) -> None:
    """Allow online access, and enter key and server as an artist would have done."""
    window.call(
        f"bpy.context.preferences.system.use_online_access = True\n"
        f"bpy.context.preferences.view.show_splash = False\n"
        f"{PREFERENCES}.api_key = {server.key!r}\n"
        f"{PREFERENCES}.server_url = {server.url!r}\n"
        "result = None"
    )


def choose_picture(window: Window, name: str = "mushroom.png") -> None:
    """Load a picture and make it the source; a light object is asked for, so that tests are quick."""
    path = make_picture(window.home / name)
    window.call(
        "settings = bpy.context.scene.trellis\n"
        "settings.source = 'IMAGE'\n"
        f"settings.source_image = bpy.data.images.load({str(path)!r})\n"
        f"settings.decimation_target = {FEW_FACES}\n"
        "settings.texture_size = '1024'\n"
        "result = None"
    )


def hold(server: Process) -> None:
    """Have the server not finish any job until :func:`let_go`, however late a busy machine looks at it."""
    server.control.settings(job_seconds=3600)


def let_go(server: Process) -> None:
    """Have the server finish the jobs that it has, and those to come at once."""
    server.control.settings(job_seconds=0)
    for job in server.control.jobs():
        server.control.steer(job["id"], seconds=0)


def jobs(window: Window) -> list[dict[str, object]]:
    """Give name, state, sentence and note of every job in the session's list."""
    told = window.call(
        f"[dict(name=j.name, state=j.state.value, error=j.error, note=j.note) for j in {SESSION}.jobs.values()]"
    )
    assert isinstance(told, list)
    return told

# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk-through: from a picture to an object and its variants in a real window, filmed as the mouse does it."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bundle.building import build
from photography.film import Film
from rig.paths import CHECKOUT
from tests.gui import scene
from tests.gui.window import Window

BLENDER = "trixie"
SIZE = (960, 700)
PICTURE = CHECKOUT / "docs" / "pictures" / "mushroom-house-source.webp"
JOB_SECONDS = 9.0
SEEDS = 4
LEAVES = 3
DRAW_SECONDS = 1.0
OTHERS = ("DOPESHEET_EDITOR", "PROPERTIES", "OUTLINER")
STEP_SECONDS, LOOK_SECONDS = 0.05, 1.0
"""How long a step of the gliding mouse stands in the film, and what is to be read."""
GLIDE_STEPS = 6
PROGRESS_SECONDS = 0.3
"""How long a picture of what runs stands; between two of them goes about as much time."""
TURN_PIXELS, TURNS = 24, 4
WHEEL_CLICKS = 14
PATIENCE_SECONDS = 120.0
CLOSE = """
place = area({kind!r})
with bpy.context.temp_override(area=place):
    bpy.ops.screen.area_close()
result = None
"""
SPLIT = """
bpy.ops.object.select_all(action='SELECT')
bpy.ops.object.delete()
with bpy.context.temp_override(area=area('VIEW_3D'), region=region('VIEW_3D', 'WINDOW')):
    bpy.ops.screen.area_split(direction='VERTICAL', factor=0.28)
result = None
"""
STAGE = f"""
import math, mathutils
left, right = sorted(bpy.context.window_manager.windows[0].screen.areas, key=lambda each: each.x)
left.ui_type = 'IMAGE_EDITOR'
left.spaces.active.image = picture = bpy.data.images.load({str(PICTURE)!r})
picture.name = 'mushroom house'
space = right.spaces.active
space.overlay.show_text = space.show_region_toolbar = space.show_region_tool_header = space.show_gizmo = False
space.shading.color_type = 'TEXTURE'
space.region_3d.view_rotation = mathutils.Euler((math.radians(76), 0.0, math.radians(24))).to_quaternion()
space.region_3d.view_distance, space.region_3d.view_location = 3.2, (0.0, 0.0, 0.45)
bpy.context.preferences.system.use_region_overlap = False
result = None
"""
SETTINGS = "bpy.ops.trellis.apply_preset(preset='Blockout')\nresult = None"
FIT_PICTURE = """
with bpy.context.temp_override(area=area('IMAGE_EDITOR'), region=region('IMAGE_EDITOR', 'WINDOW')):
    bpy.ops.image.view_all(fit_view=True)
result = None
"""
VARIANTS = "len(bpy.data.objects[0].trellis.variants)"
STATES = f"[job.state.value for job in {scene.SESSION}.jobs.values()]"


class Walk:
    """One window, the mouse in it, and the film of both."""

    def __init__(self, window: Window, folder: Path) -> None:
        """``folder`` holds the screenshot that was taken last."""
        self.window, self.film = window, Film(SIZE)
        self._shot, self._mouse = folder / "screen.png", (SIZE[0] // 2, SIZE[1] // 2)

    def look(self, seconds: float = LOOK_SECONDS, *, pressed: bool = False) -> None:
        """Film what is on the screen now, to stand for a while."""
        self.film.add(self.window.screenshot(self._shot), self._mouse, seconds, pressed=pressed)

    def say(self, caption: str) -> None:
        """Have a sentence stand below the picture from now on."""
        self.film.caption = caption

    def glide(self, x: int, y: int) -> None:
        """Move the mouse as a hand does, slowly at both ends."""
        left, top = self._mouse
        for step in range(1, GLIDE_STEPS + 1):
            share = step / GLIDE_STEPS
            eased = share * share * (3 - 2 * share)
            self._mouse = round(left + (x - left) * eased), round(top + (y - top) * eased)
            self.window.display.move(*self._mouse)
            self.look(STEP_SECONDS)

    def find(self, operator: str) -> tuple[int, int]:
        """Give where a button is; the search is not filmed."""
        place = self.window.find_button(operator, "VIEW_3D", "UI")
        self.window.display.move(*self._mouse)
        return place

    def press(self, operator: str) -> None:
        """Look for a button and click it."""
        self.click(*self.find(operator))

    def click(self, x: int, y: int) -> None:
        """Glide there and click."""
        if (x, y) != self._mouse:
            self.glide(x, y)
        self.look(0.2)
        self.look(0.2, pressed=True)
        self.window.click(x, y)
        time.sleep(0.3)

    def turn(self, pixels: int, steps: int) -> None:
        """Orbit the view by dragging with the middle button."""
        run = self.window.display.run
        run(["xdotool", "mousedown", "2"])
        for _ in range(steps):
            self._mouse = self._mouse[0] + pixels, self._mouse[1]
            self.window.display.move(*self._mouse)
            time.sleep(0.15)
            self.look(0.1, pressed=True)
        run(["xdotool", "mouseup", "2"])

    def wheel(self, clicks: int) -> None:
        """Turn the wheel down, over what the mouse is at."""
        self.window.display.run(["xdotool", "click", "--repeat", str(clicks), "--delay", "30", "5"])
        time.sleep(0.5)

    def watch(self, is_over: Callable[[], bool], most: int) -> None:
        """Film what goes on until it is over; no more than so many frames of it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_over():
            if time.monotonic() > deadline:
                raise RuntimeError(f"It goes on and on; the jobs are {self.window.call(STATES)}.")
            most -= 1
            if most >= 0:
                self.look(PROGRESS_SECONDS)
            time.sleep(PROGRESS_SECONDS)


def show(out: Path, contact_sheet: Path) -> int:
    """Walk through, and write the film and a sheet of all its frames to look at; 0 when it came about."""
    zip_path = build(["linux-x64"])[0]
    with tempfile.TemporaryDirectory(prefix="trellis-walk-") as name, scene.start_server() as server:
        folder = Path(name)
        server.control.settings(job_seconds=JOB_SECONDS)
        with Window(BLENDER, zip_path, size=SIZE, artifacts=folder / "failed") as window:
            _set_stage(window)
            scene.connect(window, server)
            window.call(SETTINGS)
            walk = Walk(window, folder)
            _from_picture_to_object(walk)
            _variants(walk)
    walk.film.write(out)
    walk.film.write_contact_sheet(contact_sheet)
    print(f"{out}: {len(walk.film.frames)} frames, {walk.film.length:.1f} s, {out.stat().st_size / 1e6:.2f} MB")
    return 0


def _set_stage(window: Window) -> None:
    """Leave an Image Editor with a picture, and beside it a view of an empty scene."""
    for code in (*(CLOSE.format(kind=kind) for kind in OTHERS), SPLIT, STAGE, FIT_PICTURE):
        window.call(code)
        time.sleep(DRAW_SECONDS)


def _from_picture_to_object(walk: Walk) -> None:
    window = walk.window
    walk.say("A picture is open in an Image Editor")
    walk.glide(500, 420)
    walk.look()
    window.key("n")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    time.sleep(2.0)
    walk.say("N opens the sidebar: the picture is found, the price is on the button")
    walk.look(1.8)
    walk.press("trellis.generate")
    walk.say("A box keeps the place and tells how far it is; Blender stays free")
    walk.glide(420, 600)
    walk.watch(lambda: bool(window.call(STATES) == ["imported"]), most=10)
    time.sleep(1.0)
    walk.say("The object takes the place of the box")
    walk.look()
    left, top, width, height = window.rectangle("VIEW_3D", "UI")
    walk.glide(left + width // 2, top + height // 2)
    walk.wheel(WHEEL_CLICKS)
    walk.press("trellis.show_object")
    walk.say("Show Object selects it, and the view goes there")
    time.sleep(1.0)
    walk.look(0.8)
    walk.glide(420, 600)
    walk.turn(TURN_PIXELS, TURNS)
    walk.turn(-TURN_PIXELS, TURNS)


def _variants(walk: Walk) -> None:
    window = walk.window
    walk.say("More Seeds orders others of the same picture")
    walk.press("trellis.more_seeds")
    walk.look()
    window.key("Return")
    walk.watch(lambda: bool(window.call(VARIANTS) == SEEDS + 1), most=5)
    walk.say("They are variants of the same object: leaf through them, keep the best")
    time.sleep(1.0)
    place = walk.find("trellis.step_variant(by=1")
    for _ in range(LEAVES):
        walk.click(*place)
        walk.look(0.8)
    walk.look(1.0)

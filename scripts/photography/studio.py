# SPDX-License-Identifier: GPL-3.0-or-later
"""What the states are made with: the window, the server and the hands, by the window tests' own means."""

import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from photography import darkroom
from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS, Window
from tests.simulator.remote import Process

BLENDER = "trixie"
SIZE = (1120, 1340)
USUAL_WIDTH, NARROW_WIDTH, WIDE_WIDTH = 291, 190, 520
WIDTH_STEP_PIXELS = 40
"""Blender lets a sidebar have some widths only."""
TAB_PIXELS = 24
SETTLE_SECONDS = 0.8
FULL_AREA = """
place = area('VIEW_3D')
with bpy.context.temp_override(area=place, region=next(r for r in place.regions if r.type == 'WINDOW')):
    bpy.ops.screen.screen_full_area()
result = None
"""
QUIET_LOOKS = """
bpy.context.preferences.system.use_region_overlap = False
bpy.context.preferences.view.show_tooltips = False
view = area('VIEW_3D').spaces.active
view.overlay.show_floor = view.overlay.show_axis_x = view.overlay.show_axis_y = view.overlay.show_cursor = False
view.show_gizmo = view.show_region_toolbar = False
result = None
"""
OPEN_PANELS = f"""
import sys
panels = sys.modules[{scene.PACKAGE!r} + '.blender.panels']
panels.unregister()
for panel in panels._CLASSES:
    options = set(getattr(panel, 'bl_options', ()))
    if panel.__name__.removeprefix('TRELLIS_PT_').rpartition('_')[0] in %r:
        panel.bl_options = options - {{'DEFAULT_CLOSED'}}
    elif panel.__name__.removeprefix('TRELLIS_PT_').rpartition('_')[0] in %r:
        panel.bl_options = options | {{'DEFAULT_CLOSED'}}
panels.register()
result = None
"""
"""A panel is closed at first, and only a click on its heading opens it once it was drawn. All, since a parent that is
taken out loses its children."""
SECTIONS = f"""
import sys
preferences = sys.modules[{scene.PACKAGE!r} + '.blender.preferences']
try:
    section
except NameError:
    section = preferences.section
asked = %r
preferences.section = lambda layout, name, heading, closed=False: section(
    layout, name + '.' + '.'.join(asked), heading, closed=name not in asked)
area('PREFERENCES').tag_redraw()
result = None
"""
"""Blender remembers by a section's name whether it is open, so that others are asked for by other names."""
PREVIEW = f"""
import sys
sight, sources = (sys.modules[{scene.PACKAGE!r} + '.blender.' + name] for name in ('sight', 'sources'))
with bpy.context.temp_override(area=area(%r), region=region(%r, 'UI')):
    token = sight.token(sources.choose(bpy.context), bpy.context.scene)
result = {scene.SESSION}.previews.of(token) is not None
"""


@dataclass(frozen=True)
class State:
    """One picture: its name, what it shows in a sentence, and what brings the window there.

    ``goes_on`` leaves the window as the state before it in the table left it; else a new one is opened. ``look`` says
    what is cut out: the ``sidebar`` of ``area``, the whole ``area``, or the whole ``screen``.
    """

    name: str
    says: str
    act: "Callable[[Studio], None]"
    goes_on: bool = False
    area: str = "VIEW_3D"
    look: str = "sidebar"
    cut: tuple[float, float, float, float] | None = None
    """Left, top, width and height of what is kept of an area, as shares of it."""
    is_trimmed: bool = False
    """Whether what is empty below is left away of an area, as it is of the sidebar."""
    stays: bool = False
    """Whether the mouse stays where it is: moved, it would close what is open."""
    panels: tuple[str, ...] = ()
    """Sub-panels that are open from the start of the window."""
    shut: tuple[str, ...] = ()
    """Sub-panels that are closed from the start, though they are open else."""
    size: tuple[int, int] = SIZE
    """The window's, where one is opened."""


class Studio:
    """One server and, at a time, one window."""

    def __init__(self, zip_path: Path, out: Path) -> None:
        """``out`` gets the pictures."""
        self.zip_path, self.out = zip_path, out
        self._stack, self._window_stack = contextlib.ExitStack(), contextlib.ExitStack()
        self.window: Window
        self.server: Process

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-pictures-")))
        self.server = self._stack.enter_context(scene.start_server())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            self._window_stack.close()

    def take(self, state: State) -> bool:
        """Bring the window into a state and keep its picture; whether the picture is another than before."""
        if not state.goes_on:
            self._open(state)
        state.act(self)
        self.settle(is_moved=not state.stays)
        picture = self._cut(self.window.screenshot(self.folder / "screen.png"), state)
        return darkroom.keep(picture, self.out / f"{state.name}.webp")

    def run(self, code: str) -> None:
        """Run statements in Blender."""
        self.window.call(f"{code}\nresult = None")

    def ask(self, expression: str) -> Any:
        """Evaluate an expression in Blender."""
        return self.window.call(expression)

    def settings(self, **values: Any) -> None:
        """Set the scene's settings."""
        for name, value in values.items():
            self.run(f"bpy.context.scene.trellis.{name} = {value!r}")

    def preferences(self, **values: Any) -> None:
        """Set the extension's preferences."""
        for name, value in values.items():
            self.run(f"{scene.PREFERENCES}.{name} = {value!r}")

    def connect(self) -> None:
        """Allow online access and enter the local server and its key; it stands for the provider's own."""
        scene.connect(self.window, self.server)
        endpoint = f"__import__({scene.PACKAGE + '.core.endpoint'!r}, fromlist=['x'])"
        self.window.call(f"{endpoint}.DEFAULT_BASE_URL = {self.server.url!r}\nresult = None")

    def show_image(self, picture: Image.Image, name: str) -> None:
        """Make a picture the source."""
        path = self.window.home / name
        picture.save(path)
        self.run(f"picture = bpy.data.images.load({str(path)!r})\npicture.preview_ensure()")
        self.settings(source="IMAGE")
        self.run("bpy.context.scene.trellis.source_image = picture")

    def await_preview(self, area: str = "VIEW_3D") -> None:
        """Wait until what would be sent is shown."""
        self.open_sidebar(area)
        self._wait(lambda: bool(self.window.call(PREVIEW % (area, area))))

    def await_states(self, *states: str, timeout: float = 60.0) -> None:
        """Wait until the jobs are in these states, in the order they were made."""
        listed = f"[j.state.value for j in sorted({scene.SESSION}.jobs.values(), key=lambda j: j.created_at)]"
        self.window.wait_for(f"{listed} == {list(states)!r}", timeout)

    def open_sidebar(self, area: str = "VIEW_3D") -> None:
        """Show our tab."""
        self.window.open_sidebar(area, "TRELLIS")

    def open_panels(self, *names: str, shut: tuple[str, ...] = ()) -> None:
        """Have sub-panels open, and others closed, before they are drawn for the first time."""
        self.run(OPEN_PANELS % (names, shut))

    def open_sections(self, *names: str) -> None:
        """Have these sections of the preferences' page open, and the others closed."""
        self.run(SECTIONS % (names,))

    def press(self, operator: str, area: str = "VIEW_3D") -> None:
        """Click a button with the real mouse."""
        self.window.click(*self.window.find_button(operator, area, "UI"))

    def widen(self, pixels: int, area: str = "VIEW_3D") -> None:
        """Drag the sidebar's edge until it is about so wide."""
        for beside in (0, -2, 2, -4, 4, -6, 6) * 3:
            left, top, wide, height = self._still(area)
            if abs(wide - pixels) < WIDTH_STEP_PIXELS:
                return
            y = top + height * 3 // 4
            self.window.display.move(left + beside, y)
            time.sleep(SIDEBAR_DRAW_SECONDS)  # until the pointer says that the edge can be dragged
            self.window.drag((left + beside, y), (left + wide - pixels, y + 4))
            time.sleep(SIDEBAR_DRAW_SECONDS)
        raise RuntimeError(f"The sidebar stays {wide} pixels wide.")

    def settle(self, *, is_moved: bool = True) -> None:
        """Put the mouse where it highlights nothing, and have all drawn."""
        if is_moved:
            self.window.display.move(160, self.window.size[1] - 200)
        for _ in range(3):  # panels move to their places after they were drawn
            self.run("for each in bpy.context.window_manager.windows[0].screen.areas: each.tag_redraw()")
            time.sleep(SETTLE_SECONDS)

    def _open(self, state: State) -> None:
        self._window_stack.close()
        self._window_stack = contextlib.ExitStack()
        self.server.control.reset()
        profiles = self.folder / "profiles"
        self.window = self._window_stack.enter_context(
            Window(BLENDER, self.zip_path, size=state.size, profiles=profiles, artifacts=self.out / "failed")
        )
        self.window.call(FULL_AREA)
        time.sleep(SIDEBAR_DRAW_SECONDS)
        self.window.call(QUIET_LOOKS)
        if state.panels or state.shut:
            self.open_panels(*state.panels, shut=state.shut)
        self.open_sidebar()

    def _cut(self, screenshot: Path, state: State) -> Image.Image:
        if state.look == "sidebar":
            scale = self.ask("bpy.context.preferences.system.ui_scale")
            return darkroom.crop(
                screenshot, self.window.rectangle(state.area, "UI"), tabs=round(TAB_PIXELS * scale), trim=True
            )
        if state.look == "screen":
            left, top, (width, height) = 0, 0, self.window.size
        else:
            left, top, width, height = self.window.rectangle(state.area, "WINDOW")
        if state.cut:
            x, y, wide, high = state.cut
            left, top, width, height = (
                left + int(x * width),
                top + int(y * height),
                int(wide * width),
                int(high * height),
            )
        return darkroom.crop(screenshot, (left, top, width, height), trim=state.is_trimmed)

    def _still(self, area: str) -> tuple[int, int, int, int]:
        """Give where the sidebar is, once it stays there: a busy machine drags on after the mouse was let go."""
        before, now = None, self.window.rectangle(area, "UI")
        while before != now:
            time.sleep(SIDEBAR_DRAW_SECONDS)
            before, now = now, self.window.rectangle(area, "UI")
        return now

    def _wait(self, is_there: Callable[[], bool], timeout: float = 30.0) -> None:
        deadline = time.monotonic() + timeout
        while not is_there():
            if time.monotonic() > deadline:
                raise RuntimeError("The preview does not come.")
            time.sleep(0.1)

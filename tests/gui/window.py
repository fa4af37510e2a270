# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender in a real window, with the zip installed in a fresh profile, driven as an artist drives it.

    with Window("trixie", zip_path) as window:
        window.open_sidebar("VIEW_3D", "TRELLIS")
        window.click(*window.find_button("trellis.generate", "VIEW_3D", "UI"))
        window.wait_for("len(bpy.data.objects) > 3", timeout=60)
        window.screenshot(Path("out/done.png"))

Mouse and keyboard events are the X server's own. ``call`` evaluates Python on Blender's main thread (see agent.py).
"""

import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops

from tests.gui.program import PATIENCE_SECONDS, Program, WindowError

LONG_ENOUGH_SECONDS = 5.0
"""After this long what was to be there is asked for once more."""
LONG_TEST_TIMEOUT_SECONDS = 900
"""For a test that presses some twenty buttons: half a minute, but many times as long on a busy machine."""
SIDEBAR_DRAWS = 2
SIDEBAR_DRAW_SECONDS = 0.8
"""Until what was changed in a sidebar is on the screen."""
SIDEBAR_EDGE_PIXELS = 55
"""From the right border to the middle of a small button that stands there, left of the tabs."""
SEARCH_TIMEOUT_SECONDS = 300.0
SEARCH_PLACE = (300, 620)
"""An empty place of the viewport, on every size of window that is tested in."""
HEADING_PIXELS = 24
"""How high a sub-panel's heading is at 1x."""
SCAN_STEP_PIXELS = 9
"""Less than half a button's height, so that a scan misses none."""


class Window(Program):
    """One Blender window, with a mouse and a keyboard; everything ends with the ``with`` block."""

    _has_several = False

    def open_sidebar(self, area_type: str = "VIEW_3D", category: str | None = None) -> None:
        """Show an area's sidebar and one of its tabs."""
        self.call(f"area({area_type!r}).spaces.active.show_region_ui = True")
        if category is not None:
            # The tab is there only after the sidebar was drawn, which takes longer on a busy machine.
            self.wait_for(f"choose_category({area_type!r}, {category!r})")
        # Once to lay its buttons out, once more with the room that they take.
        self.call(f"count_draws({area_type!r})")
        self.wait_for(f"is_drawn({area_type!r}, {SIDEBAR_DRAWS})")

    def rectangle(self, area_type: str, region_type: str = "WINDOW") -> tuple[int, int, int, int]:
        """Return left, top, width and height of a region, as the mouse counts."""
        left, top, width, height = self.call(f"rectangle({area_type!r}, {region_type!r})")
        return left, top, width, height

    def find_button(
        self,
        wanted: str,
        area_type: str = "VIEW_3D",
        region_type: str = "UI",
        *,
        from_edge: int | None = None,
        below: int = 0,
    ) -> tuple[int, int]:
        """Move the mouse down a region until it is over a button, and return the place.

        ``wanted`` is part of the operator call or of the data path Blender tells of the button: ``trellis.generate``,
        ``scene.trellis.seed``. It is looked for in the middle and beside it, or so many pixels from the right border,
        if they are negative from the left one; and not above ``below``.
        """
        left, _top, width, _height = self.rectangle(area_type, region_type)
        edge = SIDEBAR_EDGE_PIXELS if from_edge is None else from_edge
        columns = [left + width // 2, left + width // 4, left + 3 * width // 4] if from_edge is None else []
        columns.append(left - edge if edge < 0 else left + width - edge)
        self.call(f"search({wanted!r}, {area_type!r}, {region_type!r}, {columns}, {below}, {SCAN_STEP_PIXELS})")
        self.wait_for("searching.ended", timeout=SEARCH_TIMEOUT_SECONDS)
        place, seen = self.call("[searching.place, searching.seen]")
        if place is None:
            raise WindowError(f"There is no button of {wanted} in {area_type} {region_type}; there are {seen}.")
        x, y = place
        self.display.move(x, y)
        return x, y

    def open_panel(self, panel: str, area_type: str = "VIEW_3D") -> None:
        """Click on a closed sub-panel's heading, until it is open.

        ``panel`` is the name of a class that has a ``poll``.
        """
        self.call(f"watch_panel({panel!r})\nresult = None")
        self.press_until(lambda: self.click(*self._find_heading(panel, area_type)), f"is_panel_open({panel!r})")

    def _find_heading(self, panel: str, area_type: str) -> tuple[int, int]:
        """Return the place of a sub-panel's heading: where the sidebar looks otherwise while the panel is hidden."""
        left, top, width, _height = box = self.rectangle(area_type, "UI")
        self.display.move(left - width, top + HEADING_PIXELS)
        deadline, changed = time.monotonic() + PATIENCE_SECONDS, None
        while changed is None:
            shown = self.still(box)
            try:
                hidden = self._still_without(panel, box, shown)
                again = self.still(box, hidden, LONG_ENOUGH_SECONDS)
            except WindowError:  # it was something else that had changed, and the panel's turn was missed
                if time.monotonic() > deadline:
                    raise
            else:
                is_back = ImageChops.difference(shown, again).getbbox() is None
                changed = ImageChops.difference(shown, hidden).getbbox() if is_back else None
        scale = self.call("bpy.context.preferences.system.ui_scale")
        return left + width // 3, top + changed[1] + round(HEADING_PIXELS * scale) // 2

    def _still_without(self, panel: str, box: tuple[int, int, int, int], shown: Image.Image) -> Image.Image:
        """Return what a sidebar shows while a sub-panel is hidden."""
        self.call(f"hide_panel({panel!r}, True)\nresult = None")
        try:
            return self.still(box, shown, LONG_ENOUGH_SECONDS)
        finally:
            self.call(f"hide_panel({panel!r}, False)\nresult = None")

    def search(self, words: str, picture: Path) -> None:
        """Press F3 over the view, type, and take the first entry that is found; ``picture`` shows what was."""
        x, y = SEARCH_PLACE
        self.display.move(x, y)
        around = (x - 100, y - 100, 300, 200)
        before = self.still(around)
        self.key("F3")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while ImageChops.difference(before, self.seen(around)).getbbox() is None:
            if time.monotonic() > deadline:  # what is typed before it has opened would be shortcuts
                raise WindowError("The search has not opened.")
        self.type(words)
        time.sleep(SIDEBAR_DRAW_SECONDS)  # until the list is there, for the picture's sake
        self.screenshot(picture)
        self.key("Return")

    def seen(self, box: tuple[int, int, int, int]) -> Image.Image:
        """Return what a part of the screen shows now."""
        left, top, width, height = box
        with Image.open(self.screenshot(self.home / "seen.png")) as picture:
            return picture.convert("RGB").crop((left, top, left + width, top + height))

    def still(
        self, box: tuple[int, int, int, int], other_than: Image.Image | None = None, patience: float = PATIENCE_SECONDS
    ) -> Image.Image:  # fmt: skip
        """Return what a part of the screen shows once it moves no more; panels glide to their places."""
        deadline, before = time.monotonic() + patience, None
        while time.monotonic() < deadline:
            now = self.seen(box)
            is_other = other_than is None or ImageChops.difference(now, other_than).getbbox() is not None
            if is_other and before is not None and ImageChops.difference(now, before).getbbox() is None:
                return now
            before = now
        raise WindowError(f"It did not come to rest, or to look otherwise, within {patience} s.")

    def to_front(self, area_type: str) -> None:
        """Have the mouse and the keys go to a window that Blender opened besides."""
        left, top, width, height = self.rectangle(area_type)
        self.display.move(left + width // 2, max(top, 0) + 30)
        self._has_several = True
        self._take_focus(left + width // 2, max(top, 0) + height // 2)

    def bring(self, title: str, x: int, y: int) -> None:
        """Move a window that Blender opened, as one drags it by its title; there is no window manager to do it."""
        self.display.run(["xdotool", "search", "--sync", "--name", title, "windowmove", "--sync", str(x), str(y)])
        self._has_several = True

    def press_until(self, press: Callable[[], object], expression: str) -> None:
        """Press what may be pressed again without harm until the expression is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            press()
            try:
                self.wait_for(expression, LONG_ENOUGH_SECONDS)
            except WindowError:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click with the real mouse."""
        self._take_focus(x, y)
        self.display.click(x, y, button)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag with the real mouse."""
        self.display.drag(start, end, self.hear)

    def hear(self) -> None:
        """Wait until Blender has been twice where it takes in events: what came before is done then."""
        for _ in range(2):
            self.call("True")

    def double_click(self, x: int, y: int) -> None:
        """Click twice, as for editing a number."""
        self._take_focus(x, y)
        self.display.click(x, y, repeat=2)

    def _take_focus(self, x: int, y: int) -> None:
        """Have the keys go to the window that is clicked, as a window manager does."""
        if self._has_several:
            told = self.display.run(["xdotool", "mousemove", str(x), str(y), "getmouselocation"])
            self.display.run(["xdotool", "windowfocus", "--sync", told.rpartition("window:")[2].strip()])

    def key(self, *keys: str) -> None:
        """Press keys, as xdotool names them."""
        self.display.key(*keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.display.type(text)

    def screenshot(self, path: Path) -> Path:
        """Save what is on the screen as PNG."""
        return self.display.screenshot(path)

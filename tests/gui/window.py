# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender in a real window, with the zip installed in a fresh profile, driven as an artist drives it.

    with Window("trixie", zip_path) as window:
        window.open_sidebar("VIEW_3D", "TRELLIS")
        window.click(*window.find_button("trellis.generate", "VIEW_3D", "UI"))
        window.wait_for("len(bpy.data.objects) > 3", timeout=60)
        window.screenshot(Path("out/done.png"))

Mouse and keyboard events are the X server's own. ``call`` evaluates Python on Blender's main thread (see agent.py).
"""

import contextlib
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image, ImageChops

from rig import chroots, processes
from rig.blenders import window_blender
from rig.profiles import fresh_environment, temporary_home
from tests.gui.display import Display

AGENT = Path(__file__).with_name("agent.py")
START_TIMEOUT_SECONDS = 120.0
INSTALL_TIMEOUT_SECONDS = 120.0
CALL_TIMEOUT_SECONDS = 120.0
PATIENCE_SECONDS = 90.0
"""How long anything is waited for: a busy machine is ten times slower than a free one, and waiting costs nothing."""
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


class WindowError(Exception):
    """Blender's window did not do what was asked; the message has its traceback or the end of its log."""


class Window:
    """One Blender window on one display; everything ends with the ``with`` block."""

    def __init__(
        self,
        blender: str,
        zip_path: Path | None,
        script: Path | None = None,
        size: tuple[int, int] = (1280, 800),
        env: Mapping[str, str] | None = None,
        home: Path | None = None,
        file: Path | None = None,
        artifacts: Path | None = None,
        profiles: Path | None = None,
    ) -> None:
        """Describe the window; ``with`` opens it.

        ``blender`` is a suite, version or series. ``zip_path`` is installed and enabled first; None leaves the profile
        as it is. ``script`` runs inside before anything else. ``home`` is kept and can be opened again; else a
        temporary one is used. ``file`` is a .blend to open. ``artifacts`` gets a screenshot and the log when the block
        fails. ``profiles`` is a folder that keeps the profile with the zip installed, for the next window to copy.
        """
        self.blender = window_blender(blender)
        self.zip_path, self.script, self.size, self.file = zip_path, script, size, file
        self.env, self.artifacts = dict(env or {}), artifacts
        self._asked_home, self._profiles = home, profiles
        self._stack = contextlib.ExitStack()
        self._has_several = False

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.root = chroots.ensure_chroot(self.blender.suite)
            self.home = stack.enter_context(temporary_home(self._asked_home))
            self.log = self.home / "blender.log"
            # A home can be deep in a temporary folder, and the path of a socket can have 107 bytes only.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-", dir="/tmp"))
            self._socket = Path(folder) / "agent.sock"
            self.display = Display(self.blender.suite, self.size)
            stack.callback(self.display.close)
            if self.zip_path is not None:
                self._install(self.zip_path)
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is not None and self.artifacts is not None:
                self.keep_evidence(self.artifacts)

    def keep_evidence(self, folder: Path) -> None:
        """Save a screenshot and Blender's log, to see why a test failed."""
        self.display.screenshot(folder / "failure.png")
        (folder / "failure.log").write_text(self.log_text(), encoding="utf-8")

    def call(self, code: str, timeout: float = CALL_TIMEOUT_SECONDS) -> Any:
        """Evaluate an expression, or run statements that set ``result``, on Blender's main thread.

        ``bpy`` and the functions of agent.py are there; names last from call to call. Raises ``WindowError`` with
        Blender's traceback, ``TimeoutError`` when the main thread is busy for that long.
        """
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(self._socket))
            with connection.makefile("rwb") as stream:
                stream.write(json.dumps({"code": code}).encode() + b"\n")
                stream.flush()
                line = stream.readline()
        if not line:
            raise WindowError(f"Blender ended during a call.\n{self.log_tail()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WindowError(answer["error"])
        return answer["result"]

    def wait_for(self, expression: str, timeout: float = PATIENCE_SECONDS) -> Any:
        """Ask again and again until the expression is true, and return its value."""
        deadline = time.monotonic() + timeout
        while not (value := self.call(expression, max(timeout, CALL_TIMEOUT_SECONDS))):
            if time.monotonic() > deadline:
                raise WindowError(f"Not true within {timeout} s: {expression} (last: {value!r})\n{self.log_tail()}")
            time.sleep(0.1)
        return value

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
        shown = self.still(box)
        while True:
            self.call(f"hide_panel({panel!r}, True)\nresult = None")
            hidden = self.still(box, other_than=shown)
            self.call(f"hide_panel({panel!r}, False)\nresult = None")
            again = self.still(box, other_than=hidden)
            changed = ImageChops.difference(shown, hidden).getbbox()
            if changed is not None and ImageChops.difference(shown, again).getbbox() is None:
                break
            shown = again  # something else has changed as well
        scale = self.call("bpy.context.preferences.system.ui_scale")
        return left + width // 3, top + changed[1] + round(HEADING_PIXELS * scale) // 2

    def search(self, words: str, picture: Path) -> None:
        """Press F3 over the view, type, and take the first entry that is found; ``picture`` shows what was."""
        x, y = SEARCH_PLACE
        self.display.move(x, y)
        around = (x - 100, y - 100, 300, 200)
        before = self.seen(around)
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

    def still(self, box: tuple[int, int, int, int], other_than: Image.Image | None = None) -> Image.Image:
        """Return what a part of the screen shows once it moves no more; panels glide to their places."""
        deadline, before = time.monotonic() + PATIENCE_SECONDS, None
        while time.monotonic() < deadline:
            now = self.seen(box)
            is_other = other_than is None or ImageChops.difference(now, other_than).getbbox() is not None
            if is_other and before is not None and ImageChops.difference(now, before).getbbox() is None:
                return now
            before = now
        raise WindowError(f"It did not come to rest, or to look otherwise, within {PATIENCE_SECONDS} s.")

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

    def kill(self) -> None:
        """End Blender at once, as a crash would."""
        processes.end(self._process)

    def wait_for_the_end(self, timeout: float) -> None:
        """Wait until Blender has ended by itself."""
        self._process.wait(timeout)

    def log_text(self) -> str:
        """Return all that Blender has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def log_tail(self, lines: int = 30) -> str:
        """Return the end of what Blender has printed."""
        return "\n".join(self.log_text().splitlines()[-lines:])

    def _environment(self) -> dict[str, str]:
        ours = {"DISPLAY": self.display.name, "LIBGL_ALWAYS_SOFTWARE": "1", "TRELLIS_TEST_SOCKET": str(self._socket)}
        if self.script is not None:
            ours["TRELLIS_TEST_SCRIPT"] = str(self.script)
        return fresh_environment(self.home, processes.CHROOT_PATH, {**ours, **self.env})

    def _install(self, zip_path: Path) -> None:
        profile = self.home / "blender"
        kept = self._profiles / f"{self.blender.version}-{zip_path.stat().st_mtime_ns}" if self._profiles else None
        if kept is not None and kept.exists():
            shutil.copytree(kept, profile, dirs_exist_ok=True)
            return
        install = ["blender", "--command", "extension", "install-file", "-r", "user_default", "--enable", str(zip_path)]
        command = processes.in_chroot(self.root, install)
        done = processes.run(command, self._environment(), timeout=INSTALL_TIMEOUT_SECONDS)
        if done.returncode != 0:
            raise WindowError(f"The zip could not be installed (exit status {done.returncode}).\n{done.stdout}")
        if kept is not None:
            shutil.copytree(profile, kept)

    def _start(self, stack: contextlib.ExitStack) -> None:
        geometry = ["--window-geometry", "0", "0", *map(str, self.size)]
        files = [str(self.file)] if self.file else []
        argv = ["stdbuf", "-oL", "blender", *geometry, *files, "--python-exit-code", "1", "-P", str(AGENT)]
        output = stack.enter_context(self.log.open("w", encoding="utf-8"))
        self._process = processes.start(processes.in_chroot(self.root, argv), self._environment(), output=output)
        stack.callback(processes.end, self._process)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._socket.exists():
            if self._process.poll() is not None:
                raise WindowError(f"Blender ended with status {self._process.returncode}.\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise WindowError(f"Blender has not started within {START_TIMEOUT_SECONDS} s.\n{self.log_tail()}")
            time.sleep(0.1)
        self.call("bpy.app.version_string", timeout=START_TIMEOUT_SECONDS)

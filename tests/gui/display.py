# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen of its own: Xvfb in the chroot, real mouse and keyboard events, screenshots."""

import fcntl
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from rig import chroots, processes

NUMBERS = range(90, 130)
SOCKETS = Path("/tmp/.X11-unix")
START_TIMEOUT_SECONDS = 60.0
END_MARK = "=== end of the command, status "
FUNCTION_KEYS = {f"F{number}": str(66 + number) for number in range(1, 11)} | {"F11": "95", "F12": "96"}
"""Their places on a keyboard. By name xdotool would press Alt besides where the keyboard's description is newer: that
says of these keys that Alt changes nothing, which it takes for what is to be held."""
SETTLE_SECONDS = 0.3
"""Between the mouse's arrival and the click, so that Blender has highlighted what is under it."""


class Display:
    """An X server without a window manager; coordinates are pixels from the top left."""

    def __init__(self, suite: str, size: tuple[int, int]) -> None:
        """Start it on a free number; call ``close`` at the end."""
        self.suite = suite
        self.root = chroots.ensure_chroot(suite)
        self.number, self._claim = _claim_number()
        self.name = f":{self.number}"
        screen = f"{size[0]}x{size[1]}x24"
        # No lock file: it would hold a number of our process namespace. The claim above takes its place.
        server = ["Xvfb", self.name, "-screen", "0", screen, "-nolisten", "tcp", "-nolock", "-noreset"]
        environment = {"PATH": processes.CHROOT_PATH}
        self._server = processes.start(processes.in_chroot(self.root, server), environment, output=subprocess.DEVNULL)
        # One shell for all programs: entering the chroot for each would take most of the time of a click.
        environment |= {"DISPLAY": self.name, "LANG": "C.UTF-8"}
        self._shell = processes.start(processes.in_chroot(self.root, ["sh"]), environment, stdin=subprocess.PIPE)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.close()
            raise

    def run(self, argv: Sequence[str]) -> str:
        """Run an X program on this display and return what it said."""
        assert self._shell.stdin is not None and self._shell.stdout is not None
        command = shlex.join(argv)
        self._shell.stdin.write(f"{command} </dev/null; printf '\\n{END_MARK}%d\\n' $?\n")
        self._shell.stdin.flush()
        said: list[str] = []
        for line in self._shell.stdout:
            if line.startswith(END_MARK):
                status = int(line.removeprefix(END_MARK))
                text = "".join(said).removesuffix("\n")
                if status != 0:
                    raise RuntimeError(f"{command}: exit status {status}\n{text}")
                return text
            said.append(line)
        raise RuntimeError(f"{command}: the shell in the chroot has ended\n{''.join(said)}")

    def click(self, x: int, y: int, button: int = 1, repeat: int = 1) -> None:
        """Move the real mouse there and click."""
        press = ["click", "--repeat", str(repeat), "--delay", "80", str(button)]
        self.run(["xdotool", "mousemove", str(x), str(y), "sleep", str(SETTLE_SECONDS), *press])

    def move(self, x: int, y: int) -> None:
        """Move the mouse, by way of the neighbouring pixel: Blender sees movement, not position."""
        self.run(["xdotool", "mousemove", str(x + 1), str(y), "sleep", "0.02", "mousemove", str(x), str(y)])

    def drag(self, start: tuple[int, int], end: tuple[int, int], heard: Callable[[], object], button: int = 1) -> None:
        """Press at one place, move in between, release at the other; ``heard`` waits until each of that was heard.

        All at once a busy Blender would begin to drag when the button was released.
        """
        middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
        for step in (("mousemove", *start), ("mousedown", button), ("mousemove", *middle), ("mousemove", *end),
                     ("mouseup", button)):  # fmt: skip
            self.run(["xdotool", *map(str, step), "sleep", "0.1"])
            heard()

    def key(self, *keys: str) -> None:
        """Press keys as xdotool names them: ``n``, ``Return``, ``ctrl+z``."""
        pressed = ["+".join(FUNCTION_KEYS.get(each, each) for each in key.split("+")) for key in keys]
        self.run(["xdotool", "key", "--delay", "60", *pressed])

    def type(self, text: str) -> None:
        """Type a text."""
        self.run(["xdotool", "type", "--delay", "40", "--", text])

    def screenshot(self, path: Path) -> Path:
        """Save what is on the screen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.run(["import", "-window", "root", str(path)])
        return path

    def close(self) -> None:
        """End the server and take away its socket."""
        processes.end(self._shell)
        for stream in (self._shell.stdin, self._shell.stdout):
            if stream is not None:
                stream.close()
        processes.end(self._server)
        (SOCKETS / f"X{self.number}").unlink(missing_ok=True)
        self._claim.close()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                self.run(["xdotool", "getdisplaygeometry"])
            except RuntimeError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return


def _claim_number() -> tuple[int, IO[str]]:
    """Return a display number and the open file whose lock keeps it ours, whatever ends us."""
    for number in NUMBERS:
        claim = Path(f"/tmp/.trellis-display-{number}").open("w")  # noqa: SIM115 (open is what it is for)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        if not is_served(SOCKETS / f"X{number}"):
            return number, claim
        claim.close()
    raise RuntimeError(f"No display of {NUMBERS.start} to {NUMBERS.stop - 1} is free.")


def is_served(address: Path) -> bool:
    """Whether a server listens at a socket; one that was killed has left it, and it is taken away: they pile up."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(START_TIMEOUT_SECONDS)
        try:
            connection.connect(str(address))
        except FileNotFoundError:
            return False
        except ConnectionRefusedError:
            address.unlink(missing_ok=True)
            return False
    return True

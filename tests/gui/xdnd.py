# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that files are dragged from: drops one onto a place of the screen, as a file manager does. Needs libX11.

    python3 xdnd.py /tmp/cup.png 400 300

Runs inside the chroot, as a child of the display's shell: standard library only. It speaks version 5 of the XDND
protocol, waits for each of the target's answers, and prints what the target made of the drop.
"""

import ctypes
import select
import sys
import time
from ctypes import POINTER, Structure, Union, byref, c_char_p, c_int, c_long, c_ulong, c_void_p, sizeof
from pathlib import Path

ANSWER_TIMEOUT_SECONDS = 30.0
VERSION = 5
CLIENT_MESSAGE, SELECTION_REQUEST, SELECTION_NOTIFY = 33, 30, 31
REPLACE, ANY_TYPE, EIGHT_BITS, THIRTY_TWO_BITS = 0, 0, 8, 32
NAMES = (
    *("XdndAware", "XdndSelection", "XdndEnter", "XdndPosition", "XdndStatus", "XdndDrop", "XdndFinished"),
    *("XdndActionCopy", "text/uri-list", "TARGETS", "ATOM"),
)


class _Begin(Structure):
    _fields_ = (("type", c_int), ("serial", c_ulong), ("send_event", c_int), ("display", c_void_p))


class _Message(Structure):
    _fields_ = (*_Begin._fields_, ("window", c_ulong), ("kind", c_ulong), ("format", c_int), ("data", c_long * 5))


class _Request(Structure):
    _fields_ = (
        *_Begin._fields_, ("owner", c_ulong), ("requestor", c_ulong), ("selection", c_ulong), ("target", c_ulong),
        ("property", c_ulong), ("time", c_ulong),
    )  # fmt: skip


class _Answer(Structure):
    _fields_ = (
        *_Begin._fields_, ("requestor", c_ulong), ("selection", c_ulong), ("target", c_ulong), ("property", c_ulong),
        ("time", c_ulong),
    )  # fmt: skip


class _Event(Union):
    _fields_ = (
        ("type", c_int), ("message", _Message), ("request", _Request), ("answer", _Answer), ("room", c_long * 24),
    )  # fmt: skip


def _library() -> ctypes.CDLL:
    x = ctypes.CDLL("libX11.so.6")
    for name, result, arguments in (
        ("XOpenDisplay", c_void_p, (c_char_p,)),
        ("XDefaultRootWindow", c_ulong, (c_void_p,)),
        ("XInternAtom", c_ulong, (c_void_p, c_char_p, c_int)),
        ("XCreateSimpleWindow", c_ulong, (c_void_p, c_ulong, *(c_int,) * 5, c_ulong, c_ulong)),
        ("XSetSelectionOwner", c_int, (c_void_p, c_ulong, c_ulong, c_ulong)),
        ("XQueryTree", c_int, (c_void_p, c_ulong, POINTER(c_ulong), POINTER(c_ulong), c_void_p, c_void_p)),
        ("XListProperties", c_void_p, (c_void_p, c_ulong, POINTER(c_int))),
        ("XChangeProperty", c_int, (c_void_p, c_ulong, c_ulong, c_ulong, c_int, c_int, c_char_p, c_int)),
        ("XSendEvent", c_int, (c_void_p, c_ulong, c_int, c_long, c_void_p)),
        ("XNextEvent", c_int, (c_void_p, c_void_p)),
        ("XPending", c_int, (c_void_p,)),
        ("XFlush", c_int, (c_void_p,)),
        ("XFree", c_int, (c_void_p,)),
        ("XConnectionNumber", c_int, (c_void_p,)),
    ):
        function = getattr(x, name)
        function.restype, function.argtypes = result, arguments
    return x


class Drag:
    """One file on its way from a window of our own to the program that shows a place of the screen."""

    def __init__(self, path: Path) -> None:
        """Take the file up."""
        self.x = _library()
        self.display = self.x.XOpenDisplay(None)
        if not self.display:
            raise SystemExit("there is no display")
        self.atoms = {name: self.x.XInternAtom(self.display, name.encode(), 0) for name in NAMES}
        self.root = self.x.XDefaultRootWindow(self.display)
        self.window = self.x.XCreateSimpleWindow(self.display, self.root, -10, -10, 1, 1, 0, 0, 0)
        self.content = f"{path.resolve().as_uri()}\r\n".encode()
        self.x.XSetSelectionOwner(self.display, self.atoms["XdndSelection"], self.window, 0)

    def drop(self, x: int, y: int) -> str:
        """Enter the program, move to the place, let go; say what came of it."""
        target = self._target(self.root)
        if not target:
            raise SystemExit("no window takes drops")
        self._tell(target, "XdndEnter", VERSION << 24, self.atoms["text/uri-list"])
        self._tell(target, "XdndPosition", 0, x << 16 | y, 0, self.atoms["XdndActionCopy"])
        if not self._wait("XdndStatus").data[1] & 1:
            return "refused"
        self._tell(target, "XdndDrop", 0, 0)
        self._wait("XdndFinished")
        return "taken"

    def _target(self, window: int) -> int:
        """Give the window that says it takes drops."""
        if self._is_aware(window):
            return window
        ignored, count, children = c_ulong(), ctypes.c_uint(), POINTER(c_ulong)()
        self.x.XQueryTree(self.display, window, byref(ignored), byref(ignored), byref(children), byref(count))
        found = [self._target(children[index]) for index in reversed(range(count.value))]
        if children:
            self.x.XFree(children)
        return next((one for one in found if one), 0)

    def _is_aware(self, window: int) -> bool:
        count = c_int()
        listed = self.x.XListProperties(self.display, window, byref(count))
        if not listed:
            return False
        found = (c_ulong * count.value).from_address(listed)
        is_there = self.atoms["XdndAware"] in found
        self.x.XFree(listed)
        return is_there

    def _tell(self, target: int, kind: str, *data: int) -> None:
        event = _Event()
        event.message.type, event.message.display, event.message.window = CLIENT_MESSAGE, self.display, target
        event.message.kind, event.message.format = self.atoms[kind], THIRTY_TWO_BITS
        event.message.data[:] = (self.window, *data, *(0,) * (4 - len(data)))
        self.x.XSendEvent(self.display, target, 0, 0, byref(event))
        self.x.XFlush(self.display)

    def _wait(self, kind: str) -> _Message:
        """Hand the file's address to whoever asks for it, until the target answers with this message."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if not self.x.XPending(self.display):
                select.select([self.x.XConnectionNumber(self.display)], [], [], 0.1)
                continue
            event = _Event()
            self.x.XNextEvent(self.display, byref(event))
            if event.type == SELECTION_REQUEST:
                self._hand_over(event.request)
            elif event.type == CLIENT_MESSAGE and event.message.kind == self.atoms[kind]:
                return event.message
        raise SystemExit(f"no {kind} within {ANSWER_TIMEOUT_SECONDS} s")

    def _hand_over(self, asked: _Request) -> None:
        if asked.target == self.atoms["TARGETS"]:
            kind, bits = self.atoms["ATOM"], THIRTY_TWO_BITS
            content, count = bytes(c_ulong(self.atoms["text/uri-list"])), 1
        else:
            kind, bits, content, count = asked.target, EIGHT_BITS, self.content, len(self.content)
        self.x.XChangeProperty(
            self.display, asked.requestor, asked.property, kind, bits, REPLACE, content, count
        )  # fmt: skip
        event = _Event()
        event.answer.type, event.answer.display, event.answer.requestor = (
            SELECTION_NOTIFY,
            self.display,
            asked.requestor,
        )
        event.answer.selection, event.answer.target = asked.selection, asked.target
        event.answer.property, event.answer.time = asked.property, asked.time
        self.x.XSendEvent(self.display, asked.requestor, 0, 0, byref(event))
        self.x.XFlush(self.display)


if __name__ == "__main__":
    assert sizeof(_Event) == 24 * sizeof(c_long)
    print(Drag(Path(sys.argv[1])).drop(int(sys.argv[2]), int(sys.argv[3])))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes what is touched while Blender draws or asks the extension: network, disk, decoders. Imports none of ours.

Armed by itself on entering any of :func:`callbacks`, whoever calls, until that returns. Python's own calls are seen by
a profiler and an audit hook, files that Blender itself opens by the system's word on the folders that it may find them
in. Linux only.
"""

import ctypes
import inspect
import os
import struct
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import bpy

PACKAGE = "bl_ext.user_default.trellis_blender"
DRAWN = ("draw", "draw_header", "draw_header_preset", "draw_item", "draw_filter", "filter_items")
ASKED = ("poll", "poll_drop", "description")
PROPERTY = ("get", "set", "update", "items", "search", "poll")
"""The arguments of a property that are functions."""
_BASES = ("Operator", "Panel", "PropertyGroup", "AddonPreferences", "UIList", "Menu", "Header", "FileHandler")
_HARMLESS = frozenset({"fspath", "getpid", "getcwd", "_path_normpath", "_path_splitroot", "_path_splitroot_ex"})
"""Of ``posix``: they ask no disk."""
_PLACES = frozenset({
    "socket", "_socket", "ssl", "_ssl", "select", "sqlite3", "_sqlite3", "mmap", "_posixsubprocess", "_ctypes", "pwd",
    "grp",
})  # fmt: skip
_COUNTING = frozenset({"crc32", "adler32"})
_DECODERS = frozenset({"zlib", "_bz2", "_lzma", "numpy", "PIL", "OpenImageIO", "_imbuf", "_bpy_utils_previews"})
_FILES = frozenset({"FileIO", "BufferedReader", "BufferedWriter", "BufferedRandom", "open", "open_code"})
_AUDITED = ("open", "import", "socket.", "os.", "shutil.", "tempfile.", "glob.", "sqlite3.", "subprocess.", "urllib.",
            "http.", "mmap.", "ctypes.dlopen")  # fmt: skip
_IN_OPEN, _IN_NONBLOCK = 0x20, 0o4000
_EVENT = struct.Struct("iIII")


def is_ours(thing: object) -> bool:
    """Whether it is of the extension, or planted there."""
    return f"{getattr(thing, '__module__', None) or ''}.".startswith(f"{PACKAGE}.")


def classes() -> Iterator[Any]:
    """Give every class of ours that is registered."""
    waiting = [getattr(bpy.types, name) for name in _BASES]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if is_ours(cls) and getattr(cls, "is_registered", False):
                yield cls


def appended() -> Iterator[tuple[str, Any]]:
    """Give every function of ours that draws into something of Blender's, with the name of that."""
    for name in dir(bpy.types):
        for function in getattr(getattr(getattr(bpy.types, name), "draw", None), "_draw_funcs", ()):
            if is_ours(function):
                yield name, function


def properties(cls: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give name and arguments of every property that a class declares."""
    for base in cls.__mro__:
        for name, made in inspect.get_annotations(base).items():
            if isinstance(made, bpy.props._PropertyDeferred):
                yield name, made.keywords


def callbacks() -> dict[CodeType, str]:
    """Give every function of ours that Blender calls to draw, or to know a value or whether something can be done."""
    found: dict[CodeType, str] = {}
    for cls in classes():
        for name in (*DRAWN, *ASKED):
            function = getattr(cls, name, None)
            function = getattr(function, "__func__", function)
            if hasattr(function, "__code__") and is_ours(function):
                found.setdefault(function.__code__, f"{cls.__name__}.{name}")
        for name, given in properties(cls):
            for kind in PROPERTY:
                if hasattr(given.get(kind), "__code__"):
                    found.setdefault(given[kind].__code__, f"{cls.__name__}.{name} {kind}")
    found |= {function.__code__: f"{name} {function.__name__}" for name, function in appended()}
    overlay = sys.modules[f"{PACKAGE}.blender.overlay"]
    return found | {overlay._draw.__code__: "overlay"}


class Trap:
    """``caught`` tells each thing that was touched, by whom; ``entered`` the callbacks that were called at all."""

    def __init__(self, *folders: Path) -> None:
        """Watch folders in which nobody else opens a file meanwhile."""
        self.known = callbacks()
        self.caught: set[str] = set()
        self.entered: set[str] = set()
        self._depth = 0
        self._callback = ""
        self._thread = 0
        self._watched = _watch(folders)

    @property
    def missing(self) -> list[str]:
        """Give the callbacks that nobody has called."""
        return sorted(set(self.known.values()) - self.entered)

    def set(self) -> None:
        """Begin, on this thread."""
        self._thread = threading.get_ident()
        _set.append(self)
        if len(_hooked) == 0:
            sys.addaudithook(_audit)  # for good: Python takes none back
            _hooked.append(True)
        sys.setprofile(self._profile)

    def release(self) -> None:
        """End."""
        sys.setprofile(None)
        _set.remove(self)
        if self._watched >= 0:
            os.close(self._watched)
            self._watched = -1

    def __enter__(self) -> "Trap":
        self.set()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.release()

    def note(self, touched: str) -> None:
        """Note what is touched now, unless it is by none of ours."""
        if self._depth and threading.get_ident() == self._thread:
            self.caught.add(f"{touched} in {self._callback}{_ours_now()}")

    def _profile(self, frame: FrameType, event: str, given: Any) -> None:
        if event == "call":
            self._enter(frame)
        elif event == "return" and frame.f_code in self.known:
            if self._depth == 1:
                self._note_opened()
            self._depth = max(self._depth - 1, 0)
        elif event == "c_call" and self._depth and (touched := _touched(given)):
            self.note(touched)

    def _enter(self, frame: FrameType) -> None:
        callback = self.known.get(frame.f_code, "")
        if callback:
            self.entered.add(callback)
            if not self._depth:
                self._callback = callback
                self._opened()  # before: not ours
            self._depth += 1
        elif self._depth:
            module = str(frame.f_globals.get("__name__", ""))
            is_core = module.startswith(f"{PACKAGE}.core.") and "np" in frame.f_code.co_names
            if is_core or module.partition(".")[0] in _DECODERS:
                self.note(f"{module}.{frame.f_code.co_name}")

    def _note_opened(self) -> None:
        for name in self._opened():
            self.note(f"Blender opened {name}")

    def _opened(self) -> list[str]:
        """Give the names of the files that were opened since, in the folders."""
        try:
            told = os.read(self._watched, 1 << 16) if self._watched >= 0 else b""
        except BlockingIOError:
            return []
        names, start = [], 0
        while start < len(told):
            *_numbers, length = _EVENT.unpack_from(told, start)
            start += _EVENT.size + length
            names.append(told[start - length : start].rstrip(b"\0").decode())
        return names


_set: list[Trap] = []
_hooked: list[bool] = []


def _audit(event: str, given: tuple[Any, ...]) -> None:
    if _set and event.startswith(_AUDITED):
        _set[-1].note(f"{event} {given[0] if given and isinstance(given[0], (str, bytes, int)) else ''}".strip())


def _touched(function: Any) -> str:
    """Say what a function of C touches; empty when it is harmless."""
    name = str(getattr(function, "__name__", ""))
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None)
    kind = type(owner) if module is None else None
    place = (module or getattr(kind, "__module__", "")).partition(".")[0]
    if place in ("posix", "nt"):
        return "" if name in _HARMLESS else f"{place}.{name}"
    if place == "_io":
        is_text = kind is not None and kind.__name__ == "TextIOWrapper" and name.startswith("read")  # logs are written
        is_file = is_text or name in _FILES or (kind is not None and kind.__name__ in _FILES)
        return f"file {name}" if is_file else ""
    if place in _PLACES or (place in _DECODERS and name not in _COUNTING):
        return f"{place}.{name}"
    if name in ("foreach_get", "foreach_set") or (place, name) == ("time", "sleep"):
        return name
    return ""


def _ours_now() -> str:
    """Say where in the extension that is."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not f"{frame.f_globals.get('__name__', '')}.".startswith(f"{PACKAGE}."):
        frame = frame.f_back
    if frame is None:
        return ""
    return f" ({frame.f_globals['__name__'].removeprefix(PACKAGE + '.')}:{frame.f_lineno})"


def _watch(folders: Iterable[Path]) -> int:
    """Have the system tell of files that are opened in some folders; give the handle, -1 without any."""
    library = ctypes.CDLL(None, use_errno=True)
    handle = -1
    for folder in folders:
        if handle < 0:
            handle = library.inotify_init1(_IN_NONBLOCK)
        if library.inotify_add_watch(handle, os.fsencode(folder), _IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "cannot be watched", str(folder))
    return handle

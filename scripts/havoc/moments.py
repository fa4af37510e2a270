# SPDX-License-Identifier: GPL-3.0-or-later
"""Names every moment in a job's life at which a process may die, and reports each as the engine passes it.

The real functions run; they are only wrapped, in the life's own process.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trellis_blender.core import client, database, download, glb, owners, resumption, store, upload
from trellis_blender.core.archive import Archive
from trellis_blender.core.client import Client
from trellis_blender.core.crew import Crew
from trellis_blender.core.jobs import Job, State
from trellis_blender.core.transport import Body

STATES = tuple(state.value for state in State)
RECORDS = tuple(f"{when} {state}" for state in STATES for when in ("before", "after"))
"""Before and after the record of each state."""
PREPARING = ("before the picture", "before the picture's rename", "after the picture's rename", "after the picture")
SENDING = (
    "between begin and record", "before the POST", "in the POST's body", "after the POST's body",
    "the reply has begun", "the reply is read", "before the receipt's rename", "after the receipt's rename",
)  # fmt: skip
WATCHING = ("a poll goes out", "a poll is answered")
UPLOADING = ("before the upload", "in the upload's body", "after the upload's body", "the upload is answered")
CANCELLING = ("a cancel goes out", "a cancel is answered")
FETCHING = (
    "before the download", "the download has begun", "in the download", "the download is whole",
    "before the object's rename", "after the object's rename", "the object is checked",
)  # fmt: skip
LOOKING = ("before looking in the list", "after looking in the list", "before looking in the usage",
           "after looking in the usage")  # fmt: skip
STARTING = ("the store is made", "the store is open", "the lost are restored", "taken over", "before the burial",
            "woken", "taken up")  # fmt: skip
CLOSING = ("closing: no more work", "closing: before the store", "closing: after the store")
CLEANING = ("before an object is removed", "after an object is removed")
STEPS = PREPARING + SENDING + WATCHING + FETCHING
TRACED = ("submission", "archive", "store", "delivery", "download", "polling", "reconcile", "resumption", "receipts",
          "roster", "owners", "database", "engine", "client", "matching", "crew")  # fmt: skip
"""The modules in which a life may die at any line."""
CORE = Path(store.__file__).parent
_RENAMED = {"pictures": "the picture's rename", "objects": "the object's rename", "receipts": "the receipt's rename"}

Reached = Callable[[str], None]


def watch(reached: Reached) -> None:
    """Have ``reached`` told of every moment, in the thread that passes it."""
    _watch_records(reached)
    for owner, name, before, after in (
        (Archive, "keep_picture", "before the picture", "after the picture"),
        (Client, "submit", "before the POST", "the reply is read"),
        (Client, "job", "a poll goes out", "a poll is answered"),
        (Client, "upload", "before the upload", "the upload is answered"),
        (Client, "cancel", "a cancel goes out", "a cancel is answered"),
        (Client, "list_jobs", "before looking in the list", "after looking in the list"),
        (Client, "usage_events", "before looking in the usage", "after looking in the usage"),
        (Client, "fetch", "before the download", ""),
        (download, "_check_length", "the download is whole", ""),
        (glb, "inspect", "", "the object is checked"),
        (Crew, "stop", "", "closing: no more work"),
        (Archive, "close", "closing: before the store", ""),
        (store.Store, "close", "", "closing: after the store"),
        (database, "_migrate", "", "the store is made"),
        (store.Store, "__init__", "", "the store is open"),
        (Archive, "_restore", "", "the lost are restored"),
        (store.Store, "take_over", "", "taken over"),
        (owners.Owner, "bury", "before the burial", ""),
        (Archive, "_woken", "", "woken"),
        (resumption, "take_up", "", "taken up"),
    ):
        _around(owner, name, reached, before, after)
    _watch_wire(reached)
    _watch_files(reached)


def _around(owner: Any, name: str, reached: Reached, before: str, after: str) -> None:
    inner = getattr(owner, name)

    def passed(*arguments: Any, **named: Any) -> Any:
        if before:
            reached(before)
        result = inner(*arguments, **named)
        if after:
            reached(after)
        return result

    setattr(owner, name, passed)


def _watch_records(reached: Reached) -> None:
    record, begin = Archive.record, Archive.begin

    def recorded(self: Archive, job: Job, result: Any = None) -> None:
        if job.state is not State.SUBMITTING:
            reached(f"before {job.state.value}")
        record(self, job, result)
        reached(f"after {job.state.value}")

    def begun(self: Archive, job: Job, **limits: Any) -> Any:
        reached("before submitting")
        spent = begin(self, job, **limits)
        reached("between begin and record")
        return spent

    Archive.record = recorded  # type: ignore[method-assign]
    Archive.begin = begun  # type: ignore[method-assign]


def _watch_wire(reached: Reached) -> None:
    _watch_bodies(reached)
    refuse, until = Client._refuse_unless_ok, download._until

    def answered(self: Client, response: Any, **price: Any) -> None:
        if price:
            reached("the reply has begun")
        refuse(self, response, **price)

    def arriving(stop: threading.Event, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for number, piece in enumerate(until(stop, pieces)):
            if number:
                reached("in the download")
            yield piece
            if not number:
                reached("the download has begun")

    Client._refuse_unless_ok = answered  # type: ignore[method-assign]
    download._until = arriving


def _watch_bodies(reached: Reached) -> None:
    read, form = Body.read, upload.form
    uploads: set[int] = set()

    def filled(content: bytes, media_type: str) -> tuple[str, bytes]:
        content_type, body = form(content, media_type)
        uploads.add(len(body))
        return content_type, body

    def halved(self: Body, size: int = -1) -> bytes:
        what = "upload" if len(self) in uploads else "POST"
        if self._position and not self.exhausted:
            reached(f"in the {what}'s body")
        piece = read(self, max(len(self) // 2, 1) if size < 0 else min(size, max(len(self) // 2, 1)))
        if not piece and len(self):
            reached(f"after the {what}'s body")
        return piece

    client.form = filled  # type: ignore[attr-defined]
    Body.read = halved  # type: ignore[method-assign]


def _watch_files(reached: Reached) -> None:
    replace, unlink = Path.replace, Path.unlink

    def renamed(self: Path, target: Any) -> Path:
        what = _RENAMED.get(self.parent.name, "") if ".part" in self.name and ".partial" not in str(target) else ""
        if what:
            reached(f"before {what}")
        there = replace(self, target)
        if what:
            reached(f"after {what}")
        return there

    def removed(self: Path, missing_ok: bool = False) -> None:
        is_object = self.parent.name == "objects" and self.suffix == ".glb" and not self.name.startswith(".")
        if is_object:
            reached("before an object is removed")
        unlink(self, missing_ok)
        if is_object:
            reached("after an object is removed")

    Path.replace = renamed  # type: ignore[method-assign,assignment]
    Path.unlink = removed  # type: ignore[method-assign]


def lines_of(module: str) -> list[int]:
    """Give the lines of a core module's functions."""
    path = CORE / f"{module}.py"
    found: set[int] = set()
    waiting = [item for item in compile(path.read_text(), str(path), "exec").co_consts if hasattr(item, "co_lines")]
    while waiting:
        code = waiting.pop()
        inner = [item for item in code.co_consts if hasattr(item, "co_lines")]
        waiting += inner
        if code.co_flags & 0x2:  # a function, not a class's body
            found.update(line for _start, _end, line in code.co_lines() if line and line > code.co_firstlineno)
    return sorted(found)


def trace_lines(module: str, lines: set[int], reached: Reached) -> None:
    """Report ``line`` when any of these lines of a module is about to run, in whatever thread."""
    path = str(CORE / f"{module}.py")

    def local(frame: Any, event: str, _argument: Any) -> Any:
        if event == "line" and frame.f_lineno in lines:
            reached("line")
        return local

    def tracer(frame: Any, _event: str, _argument: Any) -> Any:
        return local if frame.f_code.co_filename == path else None

    threading.settrace(tracer)
    sys.settrace(tracer)

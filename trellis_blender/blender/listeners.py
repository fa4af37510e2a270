# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of our functions Blender calls when something happens, whatever scripts do to its lists. Knows none of them.

Blender's lists are everybody's: some scripts empty them, and some put back later what they took. So what is put in is
in there once, what is taken out need not be there, and what is persistent is put back by :func:`restore`.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import bpy

Handler: TypeAlias = Callable[..., Any]
Heard: TypeAlias = tuple[str, Handler]
"""The name of one of Blender's lists, as ``"load_post"``, and the function in it."""

_PERSISTENT = "_bpy_persistent"
"""What ``bpy.app.handlers.persistent`` marks a function with; others go when a file is opened, and are to."""
_lasting: dict[str, list[Handler]] = {}
_spared: frozenset[str] = frozenset()
_is_told = False
_log = logging.getLogger(__name__)


def listen(*heard: Heard) -> None:
    """Have each function called, once each time; does nothing for one that is called already."""
    for name, handler in heard:
        functions = getattr(bpy.app.handlers, name)
        if handler not in functions:
            functions.append(handler)
        ours = _lasting.setdefault(name, [])
        if hasattr(handler, _PERSISTENT) and handler not in ours:
            ours.append(handler)


def ignore(*heard: Heard) -> None:
    """Have none of them called any more; does nothing for one that somebody has taken out."""
    for name, handler in heard:
        if handler in _lasting.get(name, ()):
            _lasting[name].remove(handler)
        functions = getattr(bpy.app.handlers, name)
        while handler in functions:
            functions.remove(handler)


def spare(names: Iterable[str]) -> None:
    """Have :func:`restore` leave these lists as they are, and no others: they are empty on purpose."""
    global _spared
    _spared = frozenset(names)


def restore() -> bool:
    """Put back what somebody has taken out, in its order, and take out what is in a list twice; give whether it was."""
    global _is_told
    mended = [name for name, ours in _lasting.items() if name not in _spared and _mend(name, ours)]
    if mended:
        # Some scripts do it with each frame: the first time is enough to know.
        _log.log(
            logging.DEBUG if _is_told else logging.WARNING,
            "A script has changed Blender's handler lists (%s). What the extension needs is in them again.",
            ", ".join(mended),
        )
        _is_told = True
    return bool(mended)


def _mend(name: str, ours: list[Handler]) -> bool:
    functions = getattr(bpy.app.handlers, name)
    if all(functions.count(handler) == 1 for handler in ours):
        return False
    functions[:] = [*(handler for handler in functions if handler not in ours), *ours]
    return True

# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture that was split into its subjects: kept in memory, as it was then. Reads no pixels, owns no engine.

Undo leaves it alone, another file ends it, and nothing of it is sent once the picture is another one, or is to be cut
otherwise.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import bpy
from bpy.app.handlers import persistent

from ..core import sheet
from ..core.errors import SourceError
from ..core.image import Source
from ..core.messages import SheetReady
from ..core.preparation import Preparation
from ..core.sheet import Sheet, Subject
from ..core.splitting import Split, fingerprint
from . import properties, subjects

if TYPE_CHECKING:  # sources ask preferences, which ask the session, which has sheets
    from .sources import Choice

SPLIT_FIRST = "Press Split Sheet first"
STALE = "The picture is not the one that was split. Press Split Sheet again"
RECUT = "The background is to be cut otherwise than when the picture was split. Press Split Sheet again"
SPLIT_AGAIN = (STALE, RECUT)
NONE_LEFT = "Every subject is switched off. Switch on those that you want"


class Wish(NamedTuple):
    """What the engine is to split; ``token`` comes back with the subjects."""

    source: Source
    preparation: Preparation
    name: str
    token: str


@dataclass(frozen=True, eq=False)
class State:
    """What was asked for, and what came of it: a split, or a sentence."""

    token: str
    identity: str
    name: str
    print: str
    scene_uid: int
    split: Split | None = None
    sentence: str = ""
    is_stale: bool = False
    """Whether the picture was found to be another one since."""

    @property
    def is_awaited(self) -> bool:
        """Whether a worker is still at it."""
        return self.split is None and not self.sentence


_state: State | None = None


def wish(choice: "Choice", source: Source, preparation: Preparation, scene: bpy.types.Scene) -> Wish:
    """Forget what was split before, and give what the engine is to split now."""
    global _state
    forget()
    _state = State(uuid.uuid4().hex, choice.identity, choice.name, fingerprint(source), scene.session_uid)
    return Wish(source, preparation, choice.name, _state.token)


def take(message: SheetReady) -> None:
    """Take in what a worker says; an answer that nobody waits for any more is let go."""
    global _state
    if _state is not None and _state.token == message.token:
        _state = replace(_state, split=message.split, sentence=message.sentence)
        if message.split is not None:
            subjects.fill(message.split)


def of(scene: bpy.types.Scene) -> State | None:
    """Give what was split in a scene, or is being split."""
    return _state if _state is not None and _state.scene_uid == scene.session_uid else None


def is_busy() -> bool:
    """Whether a worker is splitting a picture."""
    return _state is not None and _state.is_awaited


def forget() -> None:
    """Let go of the picture and its subjects."""
    global _state
    _state = None
    subjects.clear()


def reason(scene: bpy.types.Scene, choice: "Choice") -> str:
    """Give why the subjects cannot be sent, without a full stop, or an empty text. For drawing: reads no pixels."""
    state = of(scene)
    if state is None:
        return SPLIT_FIRST
    if state.is_awaited:
        return "The picture is being split"
    if state.split is None:
        return state.sentence.removesuffix(".")
    if state.is_stale or state.identity != choice.identity:
        return STALE
    if not state.split.is_as(properties.preparation(properties.of(scene))):
        return RECUT
    return "" if any(item.use for item in subjects.listed()) else NONE_LEFT


def is_split(scene: bpy.types.Scene, choice: "Choice") -> bool:
    """Whether the list is of this picture, as far as is known without its pixels."""
    state = of(scene)
    return state is not None and state.split is not None and reason(scene, choice) not in SPLIT_AGAIN


def is_same(choice: "Choice", source: Source, scene: bpy.types.Scene) -> bool:
    """Whether a picture that was captured just now is the one that was split; else that is noted."""
    global _state
    state = of(scene)
    if state is None:
        return False
    is_other = (state.identity, state.print) != (choice.identity, fingerprint(source))
    _state = replace(state, is_stale=is_other)
    return not is_other


def chosen(scene: bpy.types.Scene) -> tuple[Split, Sheet]:
    """Give what was split, and the subjects that are switched on, by the names the artist gave them."""
    state = of(scene)
    if state is None or state.split is None:
        raise SourceError(f"{SPLIT_FIRST}.")
    if not state.split.is_as(properties.preparation(properties.of(scene))):
        raise SourceError(f"{RECUT}.")
    found = tuple(_chosen(state.split.sheet))
    if not found:
        raise SourceError(f"{NONE_LEFT}.")
    return state.split, replace(state.split.sheet, subjects=found)


def merge(scene: bpy.types.Scene) -> None:
    """Make one subject of those that are selected in the list."""
    global _state
    state = of(scene)
    if state is None or state.split is None:
        return
    named = state.split
    for subject, item in zip(named.sheet.subjects, subjects.listed(), strict=True):
        named = replace(named, sheet=sheet.rename(named.sheet, subject.index, item.name))
    off = {parts for one, item in _pairs(named.sheet) if not item.use for parts in one.parts}
    merged = named.merged(one.index for one, item in _pairs(named.sheet) if item.select)
    _state = replace(state, split=merged)
    subjects.fill(merged)
    for one, item in _pairs(merged.sheet):
        item.use = not off.issuperset(one.parts)


def _chosen(found: Sheet) -> Iterator[Subject]:
    for one, item in _pairs(found):
        if item.use:
            yield replace(one, name=item.name.strip() or one.name)


def _pairs(found: Sheet) -> Iterator[tuple[Subject, Any]]:
    return zip(found.subjects, subjects.listed(), strict=True)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    forget()


def register() -> None:
    """Forget what was split in files that are closed."""
    bpy.app.handlers.load_post.append(_opened_file)


def unregister() -> None:
    """Forget it, and listen no longer."""
    bpy.app.handlers.load_post.remove(_opened_file)
    forget()

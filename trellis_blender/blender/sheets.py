# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture that was split into its subjects: kept in memory, as it was then. Reads no pixels, owns no engine.

Undo leaves it alone, another file ends it, and nothing of it is sent once the picture is another one, or is to be cut
otherwise.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import bpy
from bpy.app.handlers import persistent

from ..core import sheet
from ..core.errors import SourceError
from ..core.image import Source
from ..core.jobs import Job
from ..core.messages import SheetJudged, SheetReady
from ..core.naming import readable
from ..core.preflight import Code, Severity, Verdict, refusal
from ..core.preparation import Preparation
from ..core.sheet import Sheet, Subject
from ..core.splitting import Split, fingerprint
from . import laid, listeners, properties, subjects
from .laid import Laid

if TYPE_CHECKING:  # sources ask preferences, which ask the session, which has sheets
    from .sources import Choice

SPLIT_FIRST = "Press Split Sheet first"
STALE = "The picture is not the one that was split. Press Split Sheet again"
RECUT = "The background is to be cut otherwise than when the picture was split. Press Split Sheet again"
SPLIT_AGAIN = (STALE, RECUT)
NONE_SENT = "None of the subjects can be sent; the list says why not"
LOOKED_AT = "The subjects are being looked at"
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
    laid: Laid | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether a worker is still at it."""
        return self.split is None and not self.sentence

    @property
    def is_judged(self) -> bool:
        """Whether it is known what is to be said of every subject."""
        return self.split is not None and not self.split.unjudged


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


def take_verdicts(message: SheetJudged) -> None:
    """Take in what a worker says of subjects, and switch those off that cannot be sent."""
    global _state
    if _state is None or _state.token != message.token or _state.split is None:
        return
    split = replace(_state.split, verdicts={**_state.split.verdicts, **message.verdicts})
    _state = replace(_state, split=split)
    for one, item in _pairs(split.sheet):
        if refusal(message.verdicts.get(one.parts, ())) is not None:
            item.use = False
    if _state.is_judged:
        subjects.turn_to([one.index for one in split.sheet.subjects if _is_to_be_read(split.of(one) or ())])


def of(scene: bpy.types.Scene) -> State | None:
    """Give what was split in a scene, or is being split."""
    return _state if _state is not None and _state.scene_uid == scene.session_uid else None


def is_busy() -> bool:
    """Whether a worker is splitting a picture, or looking at its subjects."""
    return _state is not None and (_state.is_awaited or (_state.split is not None and not _state.is_judged))


def verdicts(index: int) -> tuple[Verdict, ...]:
    """Give what is to be said of a subject in the list, the worst first; nothing while nobody has looked."""
    if _state is None or _state.split is None or index >= len(_state.split.sheet.subjects):
        return ()
    return _state.split.of(_state.split.sheet.subjects[index]) or ()


def warned() -> int:
    """Give the number of subjects that are switched on, and of which there is a warning."""
    listed = enumerate(subjects.listed())
    return sum(item.use and any(v.severity is Severity.WARNING for v in verdicts(index)) for index, item in listed)


def refused() -> list[tuple[str, Verdict]]:
    """Give the names of the subjects that cannot be sent, and why not."""
    found = ((_name(item), refusal(verdicts(index))) for index, item in enumerate(subjects.listed()))
    return [(name, verdict) for name, verdict in found if verdict is not None]


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
    if not state.is_judged:
        return LOOKED_AT
    if any(item.use for item in subjects.listed()):
        return ""
    return NONE_SENT if len(refused()) == len(state.split.sheet.subjects) else NONE_LEFT


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
    found = tuple(_chosen(state.split))
    if not found:
        raise SourceError(f"{NONE_LEFT}.")
    return state.split, replace(state.split.sheet, subjects=found)


def lay(found: Sheet, scene: bpy.types.Scene, jobs: Mapping[str, Job]) -> Laid:
    """Give how these subjects are to be laid out, among those that were ordered before where that can be."""
    state = of(scene)
    return laid.lay(found, state.laid if state is not None else None, jobs)


def note_ordered(how: Laid, jobs: Iterable[Job], found: Sheet) -> None:
    """Note which jobs make which of the subjects."""
    global _state
    if _state is not None:
        _state = replace(_state, laid=how.having(jobs, found))


def merge(scene: bpy.types.Scene) -> State | None:
    """Make one subject of those that are selected in the list; give what came of it, which a worker has to look at."""
    return _edit(scene, Split.merged)


def take_apart(scene: bpy.types.Scene) -> State | None:
    """Make subjects of what those fall into that are selected in the list, as :func:`merge`.

    Raises :class:`SourceError`.
    """
    return _edit(scene, Split.taken_apart)


def fall_apart(scene: bpy.types.Scene) -> bool:
    """Whether any subject that is selected falls into others."""
    state = of(scene)
    split = state.split if state is not None else None
    return split is not None and any(item.select and split.falls_into(one) for one, item in _pairs(split.sheet))


def left_out(scene: bpy.types.Scene) -> int:
    """Give how many things in the picture were taken for dirt."""
    state = of(scene)
    return state.split.sheet.left_out if state is not None and state.split is not None else 0


def has_loose(index: int) -> bool:
    """Whether a subject in the list was given what lies beside it."""
    return any(verdict.code is Code.LOOSE for verdict in verdicts(index))


def _edit(scene: bpy.types.Scene, change: Callable[[Split, Iterable[int]], Split]) -> State | None:
    global _state
    state = of(scene)
    if state is None or state.split is None:
        return None
    named = state.split
    for subject, item in zip(named.sheet.subjects, subjects.listed(), strict=True):
        named = replace(named, sheet=sheet.rename(named.sheet, subject.index, _name(item)))
    off = {parts for one, item in _pairs(named.sheet) if not item.use for parts in one.parts}
    changed = change(named, [one.index for one, item in _pairs(named.sheet) if item.select])
    _state = state = replace(state, split=changed)
    subjects.fill(changed)
    for one, item in _pairs(changed.sheet):
        item.use = not off.issuperset(one.parts)
    return state


def _is_to_be_read(found: tuple[Verdict, ...]) -> bool:
    return any(verdict.severity is not Severity.INFO for verdict in found)


def _chosen(split: Split) -> Iterator[Subject]:
    for one, item in _pairs(split.sheet):
        if not item.use:
            continue
        name = _name(item) or one.name
        why_not = refusal(split.of(one) or ())
        if why_not is not None:
            raise SourceError(f"{name} cannot be sent. {why_not.sentence} Switch it off in the list.")
        yield replace(one, name=name)


def _name(item: Any) -> str:
    """Give the name that a subject has in the list, in one line: a script may have put in what no field takes."""
    return readable(item.name).strip()


def _pairs(found: Sheet) -> Iterator[tuple[Subject, Any]]:
    return zip(found.subjects, subjects.listed(), strict=True)


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    forget()


_HEARD: Final = (("load_post", _opened_file),)


def register() -> None:
    """Forget what was split in files that are closed."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Forget it, and listen no longer."""
    listeners.ignore(*_HEARD)
    forget()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a language's translations, each said in a line. Knows no language but by its letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .collecting import LABEL, TOOLTIP, Message
from .merging import is_complete
from .po import Entry, Po
from .widths import PLACEHOLDER, width

LONGEST_LABEL = 36
"""Letters that a button holds over the whole width of the sidebar, as wide as Blender makes it at first."""
_LABEL_TIMES, _LABEL_MORE = 1.9, 9
_TEXT_TIMES, _TEXT_MORE = 1.9, 30
_KEPT = re.compile(
    r"TRELLIS|GLB|glTF|Blender|HTTP|JSON|CSV|PNG|JPEG|WebP|REQUESTS_CA_BUNDLE|MiB|LODs?\b|https?://\S*\w|\$(?=\{)"
)
"""What is the same in every language."""
_ENDS = {".": ".。", "…": "…", ":": ":：", "?": "?？", "!": "!！"}
_ANY_END = "".join(_ENDS.values())


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: of which kind, with which text, and how."""

    kind: str
    english: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.english!r}: {self.sentence}"


def faults(po: Po, messages: Mapping[str, Message]) -> list[Fault]:
    """Give everything that is wrong; gaps count only once the language is meant to have none."""
    found = list(gaps(po, messages)) if is_complete(po) else []
    for entry in po.entries:
        if entry.is_done and entry.english in messages:
            found += of_entry(entry, messages[entry.english].kind)
    return found


def gaps(po: Po, messages: Mapping[str, Message]) -> Iterator[Fault]:
    """Give what is not translated, not confirmed, or translated for nothing."""
    entries = {entry.english: entry for entry in po.entries if not entry.obsolete}
    for english in messages:
        entry = entries.get(english)
        if entry is None or not entry.translation:
            yield Fault("missing", english, "is not translated")
        elif entry.is_fuzzy:
            yield Fault("fuzzy", english, "is a guess that nobody confirmed")
    for english in entries:
        if english not in messages:
            yield Fault("unused", english, "is no longer in the source; run scripts/translations")


def of_entry(entry: Entry, kind: str) -> Iterator[Fault]:
    """Give what is wrong with one translation."""
    english, translation = entry.english, entry.translation
    wanted, got = (Counter(PLACEHOLDER.findall(text)) for text in (english, translation))
    if set(wanted) != set(got):
        differing = ", ".join(sorted(set(wanted) ^ set(got)))
        yield Fault("placeholders", english, f"{translation!r} differs in {differing}")
    for term, count in Counter(_KEPT.findall(english)).items():
        if translation.count(term) < min(count, 1):
            yield Fault("terms", english, f"{translation!r} lacks {term}, which is the same in every language")
    if translation != translation.strip() and english == english.strip():
        yield Fault("blanks", english, f"{translation!r} begins or ends with a blank")
    yield from _of_end(english, translation)
    yield from _of_length(english, translation, kind)


def _of_end(english: str, translation: str) -> Iterator[Fault]:
    allowed = _ENDS.get(english[-1])
    if allowed is not None and translation[-1] not in allowed:
        yield Fault("ending", english, f"{translation!r} ends without {' or '.join(allowed)}")
    elif allowed is None and translation[-1] in _ANY_END:
        yield Fault("ending", english, f"{translation!r} ends with {translation[-1]}, and the English does not")


def _of_length(english: str, translation: str, kind: str) -> Iterator[Fault]:
    times, more = (_LABEL_TIMES, _LABEL_MORE) if kind == LABEL else (_TEXT_TIMES, _TEXT_MORE)
    room = int(times * width(english) + more)
    if kind == LABEL:
        room = min(room, max(LONGEST_LABEL, width(english)))
    if width(translation) > room:
        what = "label" if kind == LABEL else "tooltip" if kind == TOOLTIP else "sentence"
        yield Fault(
            "length", english, f"{translation!r} needs room for {width(translation)} letters; this {what} has {room}"
        )

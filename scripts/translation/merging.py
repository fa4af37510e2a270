# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing a language up to what the source says now: nothing that a translator wrote is lost."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from .collecting import LABEL, SENTENCE, TOOLTIP, Message
from .languages import LANGUAGES
from .po import BRACES, FUZZY, Entry, Po
from .widths import PLACEHOLDER

COMPLETE = "X-Complete"
"""Field of the header: ``yes`` once a language is meant to have no gaps; the tests hold it to that from then on."""
_ALIKE = 0.86
"""How alike a changed text has to be for its old translation to be offered."""
NOTES = {
    LABEL: "label: on a button or beside a field, where there is little room; without a full stop",
    TOOLTIP: "tooltip: without a full stop at its end",
    SENTENCE: "",
}


def fresh(locale: str) -> Po:
    """Give a language that has nothing yet."""
    return Po(
        {
            "Project-Id-Version": "TRELLIS for Blender",
            "Language": locale,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            COMPLETE: "no",
        },
        [],
        [f"TRELLIS for Blender, {LANGUAGES[locale]}.", "SPDX-License-Identifier: GPL-3.0-or-later"],
    )


def is_complete(po: Po) -> bool:
    """Whether the language is meant to have no gaps."""
    return po.header.get(COMPLETE, "no") == "yes"


def merged(old: Po, messages: Mapping[str, Message]) -> Po:
    """Give the language with an entry for each message; what no longer is in the source is marked as obsolete."""
    by_english = {entry.english: entry for entry in old.entries}
    gone = [entry for entry in old.entries if entry.english not in messages and entry.translation]
    entries = []
    for message in messages.values():
        known = by_english.get(message.text)
        entry = replace(known, obsolete=False) if known is not None else _guessed(message, gone)
        entry.notes = [note for note in (NOTES[message.kind],) if note]
        entry.files = list(message.files)
        entry.flags = [flag for flag in entry.flags if flag not in (BRACES, FUZZY)] + [
            flag for flag, holds in ((FUZZY, entry.is_fuzzy), (BRACES, PLACEHOLDER.search(message.text))) if holds
        ]
        entries.append(entry)
    entries += [replace(entry, obsolete=True, notes=[], files=[]) for entry in gone]
    return Po(dict(old.header), entries, list(old.comments))


def _guessed(message: Message, gone: list[Entry]) -> Entry:
    """Give an entry for a new text, with the translation of one that went and was much the same, to be confirmed."""
    near = difflib.get_close_matches(message.text, [entry.english for entry in gone], n=1, cutoff=_ALIKE)
    if not near:
        return Entry(message.text)
    old = next(entry for entry in gone if entry.english == near[0])
    return Entry(message.text, old.translation, list(old.comments), flags=[FUZZY], previous=old.english)

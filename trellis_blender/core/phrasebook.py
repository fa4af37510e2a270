# SPDX-License-Identifier: GPL-3.0-or-later
"""An English text -> the same in another language, recognised by the templates it was made of. Imports no bpy.

A template like ``Billed {billed} instead of {price}`` recognises what it made, whatever was put in, and puts the same
into its translation. So whoever makes a sentence needs not know of languages, and a sentence that was stored in
English years ago is shown in the language of today.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

_REMEMBERED: Final = 4096
"""Texts whose translation is kept: far more than one screen shows."""
_PLACEHOLDER: Final = re.compile(r"\{([a-z0-9_]+)\}")
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_BOUNDARY: Final = re.compile(r"(?<=[\w)\]\"'%][.!?…]) +(?=[A-Z0-9$\"'(])")
_BEFORE_NUMBER: Final = re.compile(r"(.*[^\W\d_…])( \d[\d.,:]*(?: ?%)?)", re.DOTALL)
_OF_DATA: Final = re.compile(
    r"name|path|folder|parent|host|url|server|image|library|id$|detail|error|author|field|version|parameter|candidate|message"
)
"""In the name of a placeholder: what is put in is the artist's or the service's, and stays."""
_SEPARATOR: Final = " · "
_FULL_WIDTH_ENDS: Final = "。！？："


class Damaged(Exception):
    """A language's file is not what it should be."""


class _Template(NamedTuple):
    literal: str
    """Its longest piece, which a text has to hold before it is looked at more closely."""
    weight: int
    english: str
    translation: str


class Phrasebook:
    """One language: what is said in it for each English message."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        """``messages``: English to translation; both may have placeholders like ``{price}``."""
        self.plain = {english: said for english, said in messages.items() if not _PLACEHOLDER.search(english)}
        """Those that are shown as they stand."""
        self._by_word: dict[str, list[_Template]] = {}
        for english, said in messages.items():
            if english not in self.plain:
                pieces = _PLACEHOLDER.split(english)[::2]
                template = _Template(max(pieces, key=len), sum(map(len, pieces)), english, said)
                self._by_word.setdefault(_first_word(pieces[0]), []).append(template)
        for templates in self._by_word.values():
            templates.sort(key=lambda template: -template.weight)
        is_full_width = any(said.endswith("。") for said in messages.values())
        self._stop, self._comma = ("。", "、") if is_full_width else (".", ", ")
        self.say = lru_cache(_REMEMBERED)(self._say)
        """Give a text in this language; as it is where it is not known."""

    def _say(self, text: str) -> str:
        if not _LETTERS.search(text):
            return text
        if text in self.plain:
            return self.plain[text]
        pieces = _BOUNDARY.split(text)
        return self._sentences(pieces) if len(pieces) > 1 else self._whole(text) or self._in_parts(text)

    def _whole(self, text: str) -> str:
        """Say a text that one message made, with or without its full stop; nothing where none did."""
        found = self._exactly(text)
        if found:
            return found
        if text.endswith("."):
            found = self._exactly(text[:-1])
            return found + self._stop if found else ""
        return self._exactly(f"{text}.").removesuffix(self._stop)

    def _exactly(self, text: str) -> str:
        found = self.plain.get(text, "")
        if found:
            return found
        for word in (text.partition(" ")[0], ""):
            for template in self._by_word.get(word, ()):
                if template.literal in text:
                    match = _pattern(template.english).fullmatch(text)
                    if match is not None:
                        return self._filled(template.translation, match.groupdict())
        return ""

    def _filled(self, translation: str, values: Mapping[str, str]) -> str:
        return _PLACEHOLDER.sub(
            lambda found: self._value(found.group(1), values.get(found.group(1), found.group())), translation
        )

    def _value(self, name: str, value: str) -> str:
        """Say what was put in, unless it is a name, a number or the like."""
        if _OF_DATA.search(name) or not _LETTERS.search(value):
            return value
        said = self.say(value)
        if said != value:
            return said
        words = value.split(", ")
        if len(words) > 1 and all(word in self.plain for word in words):
            return self._comma.join(self.plain[word] for word in words)
        return self._whole(value[0].upper() + value[1:]) or value

    def _in_parts(self, text: str) -> str:
        if "\n" in text:
            return "\n".join(self.say(line) for line in text.split("\n"))
        if _SEPARATOR in text:
            return _SEPARATOR.join(self.say(part) for part in text.split(_SEPARATOR))
        numbered = _BEFORE_NUMBER.fullmatch(text)
        return self.say(numbered.group(1)) + numbered.group(2) if numbered else text

    def _sentences(self, pieces: list[str]) -> str:
        """Say sentence after sentence; one that holds a full stop itself, as in a name, is found by its next pieces."""
        said, start = "", 0
        while start < len(pieces):
            for end in range(start + 1, len(pieces) + 1):
                found = self._whole(" ".join(pieces[start:end]))
                if found:
                    break
            else:
                found, end = pieces[start], start + 1
            said += ("" if not said or said[-1] in _FULL_WIDTH_ENDS else " ") + found
            start = end
        return said


def read(path: Path) -> Phrasebook:
    """Read a language's file. Raises :class:`Damaged`, ``OSError``."""
    try:
        messages = json.loads(path.read_bytes())
    except ValueError as error:
        raise Damaged(str(error)) from None
    if not isinstance(messages, dict) or not all(isinstance(said, str) and said for said in messages.values()):
        raise Damaged("it is no table of texts")
    return Phrasebook(messages)


def _first_word(piece: str) -> str:
    """Give the word that every text of a template begins with; nothing where it may begin with any."""
    word, blank, _rest = piece.partition(" ")
    return word if blank else ""


@lru_cache(_REMEMBERED)
def _pattern(english: str) -> re.Pattern[str]:
    """Give what matches the texts that a template makes."""
    parts = _PLACEHOLDER.split(english)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)), re.DOTALL
    )

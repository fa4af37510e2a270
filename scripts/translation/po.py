# SPDX-License-Identifier: GPL-3.0-or-later
"""One gettext PO file: read, and written as Poedit and Weblate take it. Knows no messages; standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FUZZY, BRACES = "fuzzy", "python-brace-format"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPES = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}
_KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")$')


class Unreadable(Exception):
    """A line is no PO; the message says which one."""


@dataclass
class Entry:
    """One message: ``comments`` are the translator's, ``notes`` and ``files`` ours, ``previous`` what it was before."""

    english: str
    translation: str = ""
    comments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    previous: str = ""
    obsolete: bool = False

    @property
    def is_fuzzy(self) -> bool:
        """Whether the translation is a guess that nobody confirmed."""
        return FUZZY in self.flags

    @property
    def is_done(self) -> bool:
        """Whether it can be shown."""
        return bool(self.translation) and not self.is_fuzzy and not self.obsolete


@dataclass
class Po:
    """A language: the header's fields in order, and its entries."""

    header: dict[str, str]
    entries: list[Entry]
    comments: list[str] = field(default_factory=list)


def read(path: Path) -> Po:
    """Read a file. Raises :class:`Unreadable`."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, name: str = "") -> Po:
    """Read a file's text."""
    entries: list[Entry] = []
    for number, block in _blocks(text):
        entry = _entry(block, f"{name}:{number}")
        if entry is not None:
            entries.append(entry)
    header: dict[str, str] = {}
    comments: list[str] = []
    if entries and not entries[0].english:
        first = entries.pop(0)
        comments = first.comments
        header = {key.strip(): value.strip() for key, _, value in
                  (line.partition(":") for line in first.translation.splitlines()) if key.strip()}  # fmt: skip
    known: set[str] = set()
    for entry in entries:
        if entry.english in known and not entry.obsolete:
            raise Unreadable(f"{name} has two entries for {entry.english!r}.")
        known.add(entry.english)
    return Po(header, entries, comments)


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Give the entries' lines, each with the number of its first one; an entry also ends where the next begins."""
    blocks: list[tuple[int, list[str]]] = []
    current: list[str] = []
    start, has_translation = 1, False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        plain = line.removeprefix("#~").strip()
        begins = has_translation and (_is_comment(line) or plain.startswith("msgid"))
        if current and (not line.strip() or begins):
            blocks.append((start, current))
            current, has_translation = [], False
        if line.strip():
            if not current:
                start = number
            current.append(line.rstrip())
            has_translation = has_translation or plain.startswith("msgstr")
    return blocks


def _is_comment(line: str) -> bool:
    return line.startswith("#") and not line.startswith("#~")


def _entry(lines: list[str], where: str) -> Entry | None:
    entry = Entry("")
    texts: dict[str, str] = {}
    keyword = ""
    for line in lines:
        body = line
        if body.startswith("#~"):
            entry.obsolete, body = True, body[2:].strip()
        if body.startswith("#"):
            _comment(entry, body)
        elif found := _KEYWORD.match(body):
            keyword = found.group(1)
            texts[keyword] = _unquote(found.group(2), where)
        elif body.startswith('"') and keyword:
            texts[keyword] += _unquote(body, where)
        elif body:
            raise Unreadable(f"{where}: {line!r} is no line of a PO file.")
    if not texts:
        return None
    if set(texts) != {"msgid", "msgstr"}:
        raise Unreadable(f"{where}: an entry has msgid and msgstr, and this one {', '.join(texts)}.")
    entry.english, entry.translation = texts["msgid"], texts["msgstr"]
    return entry


def _comment(entry: Entry, line: str) -> None:
    match line[:2]:
        case "#.":
            entry.notes.append(line[2:].strip())
        case "#:":
            entry.files += line[2:].split()
        case "#,":
            entry.flags += [flag.strip() for flag in line[2:].split(",") if flag.strip()]
        case "#|":
            found = _KEYWORD.match(line[2:].strip())
            text = found.group(2) if found else line[2:].strip()
            entry.previous += _unquote(text, line) if text.startswith('"') else ""
        case _:
            entry.comments.append(line[1:].strip())


def _unquote(text: str, where: str) -> str:
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        raise Unreadable(f"{where}: {text} lacks a quotation mark.")
    return re.sub(r"\\(.)", lambda found: _UNESCAPES.get(found.group(1), found.group(1)), text[1:-1])


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def write(path: Path, po: Po) -> None:
    """Write a file."""
    path.write_text(unparse(po), encoding="utf-8")


def unparse(po: Po) -> str:
    """Give a file's text: its header, its entries as they come, then those that are obsolete."""
    head = [f"# {line}".rstrip() for line in po.comments] + ['msgid ""', 'msgstr ""']
    head += [_quote(f"{key}: {value}\n") for key, value in po.header.items()]
    parts = ["\n".join(head)]
    parts += [_block(entry) for entry in po.entries if not entry.obsolete]
    parts += [_block(entry) for entry in po.entries if entry.obsolete]
    return "\n\n".join(parts) + "\n"


def _block(entry: Entry) -> str:
    lines = [f"# {line}".rstrip() for line in entry.comments]
    if not entry.obsolete:
        lines += [f"#. {line}" for line in entry.notes] + [f"#: {name}" for name in entry.files]
    if entry.flags:
        lines.append(f"#, {', '.join(entry.flags)}")
    if entry.previous and entry.is_fuzzy:
        lines.append(f"#| msgid {_quote(entry.previous)}")
    mark = "#~ " if entry.obsolete else ""
    lines += [f"{mark}msgid {_quote(entry.english)}", f"{mark}msgstr {_quote(entry.translation)}"]
    return "\n".join(lines)

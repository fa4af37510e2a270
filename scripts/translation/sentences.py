# SPDX-License-Identifier: GPL-3.0-or-later
"""A text -> its sentences, as they are translated: one by one. Knows no language but the source's."""

import re

_BOUNDARY = re.compile(r"(?<=[\w)\"'}])[.!?…] +(?=[A-Z{$])|(?<=[a-z]\}) (?=[A-Z][a-z]* [^{}]*[.!?]$)")
_LEADING = re.compile(r"^\{[a-z0-9_]+\} ?(?=[A-Z][^{}]* [^{}]*[.!?]$)|^\{[a-z0-9_]*(?:sentence|warning|said)\} (?=\{)")
_TRAILING = re.compile(r"(?<=[.!?]) ?\{[a-z0-9_]+\}$")
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


def sentences(text: str) -> list[str]:
    """Give the sentences of a template; what is put in before or after a whole sentence is left out."""
    found = []
    for line in text.split("\n"):
        start = 0
        for boundary in _BOUNDARY.finditer(line):
            found.append(line[start : boundary.end()])
            start = boundary.end()
        found.append(line[start:])
    tidy = (_LEADING.sub("", _TRAILING.sub("", piece.strip())) for piece in found)
    return [numbered(piece) for piece in tidy if piece]


def numbered(template: str) -> str:
    """Give each placeholder of a template a name of its own."""
    seen: dict[str, int] = {}

    def own(match: re.Match[str]) -> str:
        name = match.group(1)
        seen[name] = seen.get(name, 0) + 1
        return f"{{{name}}}" if seen[name] == 1 else f"{{{name}_{seen[name]}}}"

    return _PLACEHOLDER.sub(own, template)

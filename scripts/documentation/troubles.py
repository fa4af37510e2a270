# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/troubleshooting.md: the errors' own sentences, by what kind of trouble they tell of, with the buttons that help.

The sentences come from the source, the kinds and the buttons from the tables that the panel itself goes by; what is
added here is one paragraph for each kind.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from translation.templates import Module, Scope, templates
from trellis_blender.core import errors
from trellis_blender.core.remedies import REMEDIES, TROUBLES, Remedy, Trouble

PACKAGE = Path(errors.__file__).parents[1]

_HEAD = """<!-- Written by scripts/docs from the errors themselves; do not edit. -->
# When something goes wrong

Look for the sentence that Blender shows, or for its beginning. `…` stands for what differs from case to case: a name, a
number, an address. Under each kind of trouble stand the buttons that the job's row in the list *Jobs* offers then.

**Nothing that was paid for is lost by any of this.** A job that the service has accepted goes on there, whatever
happens here, and its object can be had for 30 days. Only a button that says its price pays: *Generate*, *Send*, *Send
Again*, and *Try Again* of a job that was not sent or not accepted, which cost nothing; without a price, it is free.

*Copy Details* copies what somebody who helps needs to know, and *Show Log* opens the log of this session. Neither holds
your key.
"""


_WORDS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
"""Heading and first paragraph of each kind of trouble; some are states of a job, which no error tells."""

_BUTTONS: Final = {
    Remedy.RETRY: "Try Again",
    Remedy.AGAIN: "Try Again",
    Remedy.PREFERENCES: "Preferences",
    Remedy.TOP_UP: "Top Up",
    Remedy.DASHBOARD: "Open Dashboard",
    Remedy.SETTINGS: "Copy Settings to Panel",
    Remedy.IMPORT: "Import",
    Remedy.LOG: "Show Log",
    Remedy.DETAILS: "Copy Details",
}


def page() -> str:
    """Give the page as it should be."""
    said = sentences()
    parts = [_HEAD]
    for name, words in _WORDS.items():
        trouble = Trouble[name]
        parts.append(
            _section(trouble, words["heading"], words["text"], sorted(said.get(trouble, ()), key=str.casefold))
        )
    return "\n".join(parts)


def explained() -> set[Trouble]:
    """Give the kinds of trouble that the page has a section about."""
    return {Trouble[name] for name in _WORDS}


@cache
def sentences() -> Mapping[Trouble, set[str]]:
    """Give what each kind of error says, from every place that makes one; ``…`` for what is put in."""
    kinds = {kind.__name__: trouble for kind, trouble in TROUBLES.items()}
    found: dict[Trouble, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, text in _made(path):
            if name in kinds:
                found.setdefault(kinds[name], set()).add(text)
    return found


def _made(path: Path) -> Iterator[tuple[str, str]]:
    """Give class and text of every error that a file makes with a text of its own."""
    module = Module(ast.parse(path.read_text(encoding="utf-8")))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            for made in templates(node.args[0], Scope(module, module.function_of(node))) or ():
                if made[:1].isupper() and made.rstrip().endswith((".", "}")) and " " in made:
                    yield node.func.id, _plain(made)


def _plain(template: str) -> str:
    """Give a template with a mark where something is put in."""
    pieces = template.replace("{", "\0").replace("}", "\0").split("\0")
    text = "".join(piece if number % 2 == 0 else "…" for number, piece in enumerate(pieces)).strip()
    return text.removesuffix("…") if text.endswith(".…") else text


def _section(trouble: Trouble, heading: str, text: str, said: list[str]) -> str:
    buttons = " · ".join(dict.fromkeys(f"*{_BUTTONS[remedy]}*" for remedy in REMEDIES[trouble]))
    lines = [*(f"- {line}" for line in said), ""] if said else []
    return "\n".join([f"## {heading}", "", text, "", f"Buttons: {buttons}", "", *lines])

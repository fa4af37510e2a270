# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that is made while it is shown goes through the translation: Blender translates what stands as it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BLENDER = Path(__file__).resolve().parents[2] / "trellis_blender" / "blender"
SHOWN_BY = {"label": "text", "operator": "text", "prop": "text", "progress": "text", "menu": "text", "popover": "text",
            "popup_menu": "title", "undo_push": "message",
            "invoke_props_dialog": "confirm_text", "invoke_confirm": "message"}  # fmt: skip

PLACES = {"poll_message_set": 0, "status_text_set": 0, "header_text_set": 0}
"""Which argument of a method that Blender translates nothing of is the text; None and nothing are none."""


def stands_as_it_is(node: ast.expr) -> bool:
    """Whether Blender can look the text up."""
    if isinstance(node, ast.IfExp):
        return stands_as_it_is(node.body) and stands_as_it_is(node.orelse)
    if isinstance(node, ast.BoolOp):
        return all(map(stands_as_it_is, node.values))
    if isinstance(node, ast.Attribute):
        return node.attr in ("bl_label", "bl_description")
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def is_said(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("said", "hinted", "in_lines")
    )


def untold(tree: ast.AST) -> Iterator[int]:
    """Give the lines of texts that are shown in English only."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if name in PLACES:
            wanted = node.args[PLACES[name]]
            if not is_said(wanted) and not (isinstance(wanted, ast.Constant) and not wanted.value):
                yield node.lineno
        elif name == "report" and isinstance(node.func.value, ast.Name) and node.func.value.id == "self":
            yield node.lineno
        elif name in SHOWN_BY and "translate" not in given and (text := given.get(SHOWN_BY[name])) is not None:
            yield from () if is_said(text) or stands_as_it_is(text) else (node.lineno,)


@pytest.mark.parametrize("path", sorted(BLENDER.rglob("*.py")), ids=lambda path: path.relative_to(BLENDER).as_posix())
def test_texts_that_are_made_are_said_in_the_artist_s_language(path: Path) -> None:
    """Use ``said`` of language.py in a layout, ``hinted`` in a poll, ``report(self, …)``; names: translate=False."""
    lines = list(untold(ast.parse(path.read_text(encoding="utf-8"))))
    assert not lines, (
        f"{path.name}, lines {lines}: {test_texts_that_are_made_are_said_in_the_artist_s_language.__doc__}"
    )


@pytest.mark.parametrize(
    "line",
    [
        "layout.label(text=f'{n} jobs')",
        "layout.label(text=sentence)",
        "layout.operator(ID, text='A' if x else sentence)",
        "self.report({'ERROR'}, 'x')",
        "cls.poll_message_set('x')",
    ],
)
def test_what_is_not_said_is_found(line: str) -> None:
    assert list(untold(ast.parse(line))) == [1]

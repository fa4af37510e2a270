# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts of the source an artist can read. Knows where Blender shows texts and what is never shown; no bpy.

It looks at every text that reads like English, and leaves out what is known not to be shown: a sentence is found
wherever it is made, so nobody has to mark it. What is found wrongly goes into ``NOT_SHOWN``.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from .exceptions import ALSO_SHOWN, FILES_FOR_PROGRAMS, NOT_SHOWN, ONLY_FOR_PROGRAMS, SHOWN_WORDS
from .sentences import sentences
from .templates import Module, Scope, has_words, templates

LABEL, TOOLTIP, SENTENCE = "label", "tooltip", "sentence"

_LABEL_KEYWORDS = frozenset({"name", "text", "bl_label", "heading", "title", "confirm_text", "label"})
_TOOLTIP_KEYWORDS = frozenset({"description", "bl_description"})
_SENTENCE_KEYWORDS = frozenset({"message", "sentence", "fix", "reason", "note", "warning", "fault"})
_SAID_BY = frozenset({"said", "hinted", "composed"})
_SQL = re.compile(
    r"NOT NULL|\bCAST\(|\bIN \(|multipart/|^Content-"
    r"|^\s*(SELECT|INSERT|CREATE|UPDATE|DELETE|PRAGMA|BEGIN|ALTER|DROP|WHERE|WITH|REPLACE|COMMIT|ROLLBACK)\b"
)
_PLACEHOLDER = re.compile(r"\{[a-z0-9_]+\}")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_WORD = re.compile(r"[A-Z][a-z]+(-[a-z]+)*[….:?!]?")
_MEANT_FOR_PROGRAMS = re.compile(r"^[\w.:/+-]*[_/:=][\w.:/+-]*$|^[A-Z0-9_]+$|\\[dws]|\(\?P?<|^\W+$|[{}<>|]{2}")

_NEVER_SHOWN = (
    ast.Compare, ast.Assert, ast.Import, ast.ImportFrom, ast.match_case, ast.MatchValue,
    ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip


@dataclass
class Message:
    """One English text, how it is shown, and in which files it is made."""

    text: str
    kind: str
    files: list[str] = field(default_factory=list)


def collect(package: Path) -> dict[str, Message]:
    """Give every message of the extension's code, in the order of its files."""
    found: dict[str, Message] = {}
    skeletons: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package.parent).as_posix()
        inside = path.relative_to(package).as_posix()
        if inside in FILES_FOR_PROGRAMS:
            continue
        for text, kind in [*_of_file(path), *((text, SENTENCE) for text in ALSO_SHOWN.get(inside, ()))]:
            _add(found, skeletons, text, kind, name)
    for text, kind in of_catalogue():
        _add(found, skeletons, text, kind, f"{package.name}/core/catalogue.py")
    return found


def _add(found: dict[str, Message], skeletons: dict[str, str], text: str, kind: str, name: str) -> None:
    """Note where a text is made; two that differ in nothing but how their placeholders are called are one."""
    first = skeletons.setdefault(_PLACEHOLDER.sub("{}", text), text)
    message = found.setdefault(first, Message(first, kind))
    if name not in message.files:
        message.files.append(name)
    if kind == LABEL:  # the narrowest place decides
        message.kind = LABEL


def of_catalogue() -> Iterator[tuple[str, str]]:
    """Give what the parameters are called and do, whole, since some of it is put together there."""
    from trellis_blender.core import catalogue

    for parameter in catalogue.PARAMETERS:
        yield parameter.label, LABEL
        yield parameter.description, TOOLTIP
        for _value, label in parameter.choices:
            if has_words(label) and not label.endswith(" px"):
                yield label, LABEL
        if parameter.unit:
            yield parameter.unit, SENTENCE
    for stage in catalogue.Stage:
        yield stage.value, LABEL


def _of_file(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = Module(tree)
    is_catalogue = path.name == "catalogue.py"
    evaluated: list[tuple[ast.expr, list[str], str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_docstring(node)
        if not isinstance(node, ast.expr) or not _is_outermost(node, module) or is_hidden(node, module):
            continue
        made = templates(node, Scope(module, module.function_of(node)))
        function = module.function_of(node)
        if made is not None and not (is_catalogue and (function is None or function.name.startswith("_"))):
            evaluated.append((node, made, kind_of(node, module)))
    for node, made, kind in evaluated:
        if node in module.used or any(above in module.used for above in _above(node, module)):
            continue
        for text in made:
            yield from _of_text(text, kind)


def _of_text(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Give the messages of one text: itself where Blender shows it as it stands, else its sentences."""
    pieces = [text] if kind != SENTENCE else sentences(text)
    for piece in pieces:
        if piece not in NOT_SHOWN and has_words(piece) and reads_as_english(piece, is_label=kind != SENTENCE):
            yield piece, kind


def reads_as_english(text: str, *, is_label: bool) -> bool:
    """Whether a text is one for people: several words, or one that is written as a label is."""
    if _SQL.search(text) or _MEANT_FOR_PROGRAMS.search(text):
        return False
    words = [word for word in _PLACEHOLDER.sub("", text).split() if _LETTERS.search(word)]
    return is_label or (" " in text and bool(words)) or _WORD.fullmatch(text) is not None or text in SHOWN_WORDS


def _of_docstring(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Give an operator's docstring, which is its tooltip."""
    named = {target.id for item in node.body if isinstance(item, ast.Assign)
             for target in item.targets if isinstance(target, ast.Name)}  # fmt: skip
    doc = ast.get_docstring(node, clean=False)
    if doc and "_OT_" in node.name and "bl_description" not in named:
        yield inspect.cleandoc(doc) if "\n" in doc else doc, TOOLTIP


def _is_outermost(node: ast.expr, module: Module) -> bool:
    """Whether it is a text that is no part of a longer expression that makes a text."""
    if not isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
        return False
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return False
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add):
        return False
    above = module.parents.get(node)
    while isinstance(above, (ast.IfExp, ast.BoolOp)):
        if isinstance(above, ast.IfExp) and node is above.test:
            return False
        above = module.parents.get(above)
    if isinstance(above, ast.JoinedStr | ast.FormattedValue):
        return False
    return not (isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add))


def _above(node: ast.AST, module: Module) -> Iterator[ast.AST]:
    above = module.parents.get(node)
    while above is not None and isinstance(above, ast.expr):
        yield above
        above = module.parents.get(above)


def kind_of(node: ast.expr, module: Module) -> str:
    """Tell how a text is shown from where it stands."""
    inner: ast.AST = node
    above = module.parents.get(node)
    while isinstance(above, (ast.IfExp, ast.BoolOp)) or _is_said(above):
        inner, above = above, module.parents.get(above)
    match above:
        case ast.keyword(arg="name" | "description" as name):
            return _kind_of_name(name) if _makes_property(module.parents[above]) else SENTENCE
        case ast.keyword(arg=name) if name:
            return _kind_of_name(name)
        case ast.Assign(targets=[ast.Name(id=name), *_]):
            return _kind_of_name(name) if name.startswith("bl_") else SENTENCE
        case ast.Tuple(elts=[_, label, description, *_]) if _is_item(above, module):
            return LABEL if inner is label else TOOLTIP if inner is description else SENTENCE
    return SENTENCE


def _is_said(node: ast.AST | None) -> TypeGuard[ast.Call]:
    """Whether it is the call that translates a text."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAID_BY


def _makes_property(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("Property")


def _kind_of_name(name: str) -> str:
    if name in _LABEL_KEYWORDS:
        return LABEL
    return TOOLTIP if name in _TOOLTIP_KEYWORDS else SENTENCE


def _is_item(node: ast.Tuple, module: Module) -> bool:
    """Whether a tuple is an item of an enumeration: an identifier, a label, a tooltip."""
    above = module.parents.get(node)
    while isinstance(above, (ast.Tuple, ast.List, ast.ListComp, ast.GeneratorExp)):
        above = module.parents.get(above)
    if isinstance(above, ast.keyword) and above.arg == "items":
        return True
    first = node.elts[0]
    identifier = first.value if isinstance(first, ast.Constant) else getattr(first, "id", getattr(first, "attr", ""))
    return isinstance(identifier, str) and (identifier.isupper() or identifier in ("name", "value", "identifier"))


def is_hidden(node: ast.expr, module: Module) -> bool:
    """Whether a text stands where nobody reads it."""
    inner: ast.AST = node
    above = module.parents.get(node)
    while above is not None:
        if _hides(above, inner):
            return True
        if isinstance(above, ast.stmt):
            return isinstance(above, ast.Expr) and above.value is node  # a docstring
        inner, above = above, module.parents.get(above)
    return False


def _hides(above: ast.AST, inner: ast.AST) -> bool:
    """Whether what stands ``inner`` in ``above`` is for programs."""
    match above:
        case ast.Subscript(slice=part):
            return part is inner
        case ast.Dict(keys=keys):
            return inner in keys
        case ast.AnnAssign(annotation=annotation) if annotation is inner:
            return not isinstance(annotation, ast.Call)
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
            return name in ONLY_FOR_PROGRAMS.exceptions
        case ast.keyword(arg=str() as name):
            return name in ONLY_FOR_PROGRAMS.keywords
        case ast.Call(func=function) if inner in above.args:
            return _is_for_programs(function)
        case ast.Attribute(attr=name):
            return name in ONLY_FOR_PROGRAMS.receivers
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in ONLY_FOR_PROGRAMS.names
    return isinstance(above, _NEVER_SHOWN)


def _is_for_programs(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in ONLY_FOR_PROGRAMS.functions
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return module in ONLY_FOR_PROGRAMS.modules or name in ONLY_FOR_PROGRAMS.methods
        case ast.Attribute(attr=name):
            return name in ONLY_FOR_PROGRAMS.methods
    return False

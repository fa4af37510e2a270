# SPDX-License-Identifier: GPL-3.0-or-later
"""An expression that makes a text -> the templates of all texts it can make: ``{price} of {count}``. Knows syntax only.

What is put in is followed where the module itself says what it can be: the halves of an ``a if b else c``, local
variables, functions of the same module. So a sentence glued from parts is translated as the whole sentences that it can
become, which is what other grammars need. What cannot be followed is a placeholder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from .naming import placeholder

MOST_TEMPLATES = 24
"""Of one expression; where there would be more, its parts are translated one by one."""
_DEEPEST = 6
_LETTERS = re.compile(r"[^\W\d_]{2}")
_PLACEHOLDER = re.compile(r"\{[a-z0-9_]+\}")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def has_words(template: str) -> bool:
    """Whether anything is left to translate once the placeholders are taken out."""
    return _LETTERS.search(_PLACEHOLDER.sub("", template)) is not None


@dataclass
class Scope:
    """Where names are looked up: a function, the module around it, and what the function was called with."""

    module: Module
    function: Function | None = None
    arguments: Mapping[str, tuple[ast.expr, Scope]] = field(default_factory=dict)


class Module:
    """One file's tree, with each node's parent, its functions, and the texts its names were given."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {
            child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)
        }
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, Function)}
        self.used: set[ast.AST] = set()
        """Expressions that were put into others, and are no texts of their own."""

    def function_of(self, node: ast.AST) -> Function | None:
        """Give the function that a node is in."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, Function):
            above = self.parents.get(above)
        return above

    def given(self, name: str, function: Function) -> list[ast.expr] | None:
        """Give every expression that a local variable is set to; None where it comes from elsewhere, too."""
        found: list[ast.expr] = []
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                above = self.parents[node]
                if not isinstance(above, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) or above.value is None:
                    return None
                if any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(above.value)):
                    return None
                found.append(above.value)
        return found or None


def templates(node: ast.expr, scope: Scope) -> list[str] | None:
    """Give every template an expression can become, None where it is no text as far as can be seen."""
    made = _evaluate(node, scope, 0)
    if made is None:
        return None
    return list(dict.fromkeys(made))


def _evaluate(node: ast.expr, scope: Scope, depth: int) -> list[str] | None:
    if depth > _DEEPEST:
        return None
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr():
            return _joined([_part(value, scope, depth) for value in node.values], node, scope)
        case ast.BinOp(op=ast.Add()):
            return _added(node, scope, depth)
        case ast.IfExp():
            return _either([node.body, node.orelse], scope, depth)
        case ast.BoolOp():
            return _of_bool(node, scope, depth)
        case ast.NamedExpr():
            return _evaluate(node.value, scope, depth + 1)
        case ast.Name():
            return _of_name(node, scope, depth)
        case ast.Call():
            return _of_call(node, scope, depth)
    return None


def _part(value: ast.expr, scope: Scope, depth: int) -> list[str]:
    """Give what one part of an f-string can be."""
    if not isinstance(value, ast.FormattedValue):
        return _evaluate(value, scope, depth + 1) or [""]
    if value.format_spec is None and value.conversion == -1:
        found = _evaluate(value.value, scope, depth + 1)
        if found is not None:
            return found
    return [placeholder(value.value)]


def _joined(parts: list[list[str]], node: ast.expr, scope: Scope) -> list[str]:
    """Put parts together in all ways; where those are too many, the parts that vary become placeholders."""
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST_TEMPLATES and isinstance(node, ast.JoinedStr):
        parts = [
            [placeholder(value.value)] if isinstance(value, ast.FormattedValue) and len(part) > 1 else part
            for value, part in zip(node.values, parts, strict=True)
        ]
    elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
        scope.module.used.update(_inner(node, scope))
    return ["".join(chosen) for chosen in product(*parts)]


def _added(node: ast.BinOp, scope: Scope, depth: int) -> list[str] | None:
    sides = [_evaluate(side, scope, depth + 1) for side in (node.left, node.right)]
    if sides[0] is None and sides[1] is None:
        return None
    whole = [
        found if found is not None else [placeholder(side)]
        for found, side in zip(sides, (node.left, node.right), strict=True)
    ]
    return _joined(whole, node, scope) if len(whole[0]) * len(whole[1]) <= MOST_TEMPLATES else None


def _either(nodes: list[ast.expr], scope: Scope, depth: int) -> list[str] | None:
    """Give what one of several can be; None where none of them is a text."""
    found = [_evaluate(node, scope, depth + 1) for node in nodes]
    if all(each is None for each in found):
        return None
    return [
        template
        for each, node in zip(found, nodes, strict=True)
        for template in ([placeholder(node)] if each is None else each)
    ]


def _of_bool(node: ast.BoolOp, scope: Scope, depth: int) -> list[str] | None:
    if isinstance(node.op, ast.Or):
        return _either(node.values, scope, depth)
    last = _evaluate(node.values[-1], scope, depth + 1)
    return None if last is None else ["", *last]


def _of_name(node: ast.Name, scope: Scope, depth: int) -> list[str] | None:
    if node.id in scope.arguments:
        argument, outer = scope.arguments[node.id]
        return _evaluate(argument, outer, depth + 1)
    if scope.function is None:
        return None
    given = scope.module.given(node.id, scope.function)
    return None if given is None else _either(given, scope, depth)


def _of_call(node: ast.Call, scope: Scope, depth: int) -> list[str] | None:
    match node.func:
        case ast.Attribute(attr="strip" | "rstrip" | "lstrip", value=text):
            return _evaluate(text, scope, depth + 1)
        case ast.Name(id=name) if name in scope.module.functions:
            function = scope.module.functions[name]
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if name in scope.module.functions:
            function = scope.module.functions[name]
        case _:
            return None
    returned = list(_returned(function))
    bound = _bound(function, node, scope)
    if not returned or bound is None:
        return None
    made = _either(returned, Scope(scope.module, function, bound), depth)
    return made if made is not None and any(has_words(each) for each in made) else None


def _returned(function: Function) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _bound(function: Function, call: ast.Call, scope: Scope) -> dict[str, tuple[ast.expr, Scope]] | None:
    """Give what a function's parameters are in one call; None where that cannot be told."""
    names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(names):
        return None
    bound = dict(zip(names, call.args, strict=False))
    bound |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {name: (value, scope) for name, value in bound.items()}


def _inner(node: ast.expr, scope: Scope) -> Iterator[ast.AST]:
    """Give what an expression put in of local variables that are used in no other way."""
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Name) or scope.function is None or not isinstance(inner.ctx, ast.Load):
            continue
        given = scope.module.given(inner.id, scope.function)
        if given is not None and _is_only_put_in(inner.id, scope.function, scope.module):
            for value in given:
                yield value
                yield from _of_inner_call(value, scope)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield from _of_inner_call(inner, scope)


def _of_inner_call(value: ast.expr, scope: Scope) -> Iterator[ast.AST]:
    """Give the texts of functions that are called for parts of sentences only."""
    for call in ast.walk(value):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        function = scope.module.functions.get(call.func.id)
        if function is not None and _is_called_for_parts(call.func.id, scope.module):
            yield from _returned(function)
            yield from call.args


def _is_only_put_in(name: str, function: Function, module: Module) -> bool:
    return all(
        is_part(node, module) or is_asked(node, module)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    )


def _is_called_for_parts(name: str, module: Module) -> bool:
    for call in ast.walk(module.tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name):
            continue
        if is_part(call, module):
            continue
        above = module.parents[call]
        while isinstance(above, (ast.IfExp, ast.BoolOp)):
            above = module.parents[above]
        target = above.targets[0] if isinstance(above, ast.Assign) else None
        function = module.function_of(call)
        if not (isinstance(target, ast.Name) and function and _is_only_put_in(target.id, function, module)):
            return False
    return True


def is_part(node: ast.AST, module: Module) -> bool:
    """Whether an expression is put into a longer text."""
    above = module.parents.get(node)
    while isinstance(above, (ast.IfExp, ast.BoolOp)):
        above = module.parents.get(above)
    return isinstance(above, ast.FormattedValue) or (isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add))


def is_asked(node: ast.AST, module: Module) -> bool:
    """Whether an expression only decides something."""
    above = module.parents.get(node)
    while isinstance(above, (ast.BoolOp, ast.UnaryOp)):
        node, above = above, module.parents.get(above)
    return isinstance(above, ast.Compare) or (isinstance(above, (ast.If, ast.IfExp, ast.While)) and above.test is node)

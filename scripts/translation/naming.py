# SPDX-License-Identifier: GPL-3.0-or-later
"""An expression that is put into a text -> the name by which translators know it. Knows syntax only."""

import ast

_SHORT = 6
"""An attribute's name of fewer letters says little without its owner's."""
_OF_THEIR_OWNER = frozenset({"partition", "rpartition", "strip", "lower", "upper", "get", "removesuffix"})
_SAYS_NOTHING = frozenset({"context", "item", "job", "layout", "scene", "settings", "state"})
_NO_OWNERS = frozenset({"self", "cls", "os", "math"})


def placeholder(node: ast.expr) -> str:
    """Give the placeholder: named as the variable or function is, as far as it has a name."""
    return "{" + (_name(node) or "value") + "}"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return _plain(name)
        case ast.Attribute(value=owner, attr=name):
            return _of_attribute(owner, name)
        case ast.Call():
            return _of_call(node)
        case ast.GeneratorExp(generators=[first, *_]) | ast.ListComp(generators=[first, *_]):
            return _name(first.iter)
        case ast.Subscript(value=inner) | ast.BoolOp(values=[inner, *_]) | ast.IfExp(body=inner):
            return _name(inner)
        case ast.BinOp(left=left, right=right):
            return _name(left) or _name(right)
    return ""


def _of_attribute(owner: ast.expr, name: str) -> str:
    if len(name) >= _SHORT or (isinstance(owner, ast.Name) and owner.id in _NO_OWNERS):
        return _plain(name)
    return "_".join(filter(None, (_name(owner), _plain(name))))


def _of_call(node: ast.Call) -> str:
    match node:
        case ast.Call(func=ast.Attribute(attr="join"), args=[joined]):
            return _name(joined)
        case ast.Call(func=ast.Name(id="len"), args=[counted, *_]):
            return f"{_name(counted)}_count".strip("_")
        case ast.Call(func=ast.Name(), args=[argument, *_]):
            name = _name(argument)
            return name if name and name not in _SAYS_NOTHING else _name(node.func)
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _OF_THEIR_OWNER:
            return _name(owner)
    return _name(node.func)


def _plain(name: str) -> str:
    return name.lower().strip("_")

# SPDX-License-Identifier: GPL-3.0-or-later
"""A checked GLB of several scenes -> one with only what its default scene shows. Imports no bpy.

Blender's own importer brings every scene of a file.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Final

from .gltf_bounds import Binary, Document

_SEEN: Final = frozenset({"mesh", "camera", "skin", "weights", "extensions"})


def only_shown(document: Document, binary: Binary) -> bytes:
    """Give a file whose nodes outside its default scene are empty, or nothing where there is no such node.

    What shows no mesh by default shows all of it. Animations are left out: they may move what is not there.
    """
    nodes = document.get("nodes", ())
    everything = set(range(len(nodes)))
    scenes = document.get("scenes", ())
    shown = _below(nodes, scenes[document.get("scene", 0)].get("nodes", ())) if scenes else everything
    if len(scenes) == 1 and shown == everything:
        return b""
    if not any("mesh" in nodes[index] for index in shown):
        shown = everything
    children = {child for node in nodes for child in node.get("children", ())}
    changed: dict[str, Any] = {key: value for key, value in document.items() if key != "animations"}
    changed["scene"], changed["scenes"] = 0, [{"nodes": sorted(everything - children)}]
    changed["nodes"] = [
        node if index in shown else {key: value for key, value in node.items() if key not in _SEEN}
        for index, node in enumerate(nodes)
    ]
    return _assembled(changed, bytes(binary[:]))


def _below(nodes: Any, roots: Any) -> set[int]:
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting += nodes[index].get("children", ())
    return found


def _assembled(document: Document, binary: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        body += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body

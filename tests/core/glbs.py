# SPDX-License-Identifier: GPL-3.0-or-later
"""GLBs to damage: a sound one as the model delivers it, taken apart, changed and put together again."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.simulator.glb import Recipe, build
from trellis_blender.core.errors import ModelFileError
from trellis_blender.core.glb import inspect_bytes, read_container

Document = dict[str, Any]


def made(**recipe: Any) -> bytes:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((8, 16, 56, 48), fill=(200, 60, 30, 255))
    return build(picture, Recipe(**{"faces": 600, "texture_pixels": 64, **recipe}))


GOOD = made()


def speck() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return file.getvalue()


def split(content: bytes) -> tuple[Document, bytes]:
    _document, binary = read_container(io.BytesIO(content))
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + size]), bytes(binary[:])


def joined(document: Any, binary: bytes = b"", *, text: bytes | None = None) -> bytes:
    text = json.dumps(document).encode() if text is None else text
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def changed(change: Callable[[Document], object], *, binary: bytes | None = None) -> bytes:
    document, own = split(GOOD)
    change(document)
    return joined(document, own if binary is None else binary)


def refusal(content: bytes) -> str:
    with pytest.raises(ModelFileError) as caught:
        inspect_bytes(content)
    text = str(caught.value)
    assert text.endswith("The file is kept.")
    assert len(text) < 400
    return text


def put(*path: Any) -> Callable[[Document], None]:
    """Give what sets the last of ``path`` at the place that the others lead to."""

    def change(document: Document) -> None:
        *way, name, value = path
        place: Any = document
        for step in way:
            place = place[step]
        place[name] = value

    return change

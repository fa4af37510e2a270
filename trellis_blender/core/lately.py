# SPDX-License-Identifier: GPL-3.0-or-later
"""The last pictures that were made, so that what a preview has shown is sent as it is. For one worker; imports no bpy.

A press captures again, always: Blender tells neither of pixels that a script sets nor of a file that is loaded anew.
So it is by every number of the capture that a picture is known again, not by what it is called.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final, TypeVar

import numpy as np

from . import exr, prepared, undecoded
from .errors import SourceError
from .image import Excerpt, ExrFile, Frame, Picture, PictureFile, Source, TargaFile, discard
from .preparation import Preparation
from .prepared import Prepared

KEPT: Final = 4
SHOWN: Final = 2
"""How many previews are kept whole, with a few megabytes of pixels each: a step back in Blender asks for the last."""
_CHUNK_BYTES: Final = 2**22
Key = tuple[str, Preparation]
_Made = TypeVar("_Made")


class Lately:
    """Pictures by what they were made of, and how; the oldest ones are forgotten."""

    def __init__(self) -> None:
        """Nothing was made yet."""
        self._made: OrderedDict[Key, Picture] = OrderedDict()
        self._shown: OrderedDict[Key, Prepared] = OrderedDict()

    def develop(self, source: Source, preparation: Preparation) -> Prepared:
        """Judge a source and make it ready, for a preview, unless it was a moment ago. Raises :class:`SourceError`."""
        key = digest(source), preparation  # before it is read: a file is gone afterwards
        if key[0] and key in self._shown:
            discard(source)
            ready = self._shown[key]
        else:
            ready = prepared.develop(source, preparation)
        _put(self._shown, key, ready, SHOWN)
        if ready.picture is not None:
            _put(self._made, key, ready.picture, KEPT)
        return ready

    def prepare(self, source: Source, preparation: Preparation) -> Picture:
        """Give the picture that is sent, as it was made before if it was. Raises :class:`SourceError`."""
        key = digest(source), preparation
        if key[0] and key in self._made:
            discard(source)
            return self._made[key]
        picture = prepared.prepare(source, preparation)
        _put(self._made, key, picture, KEPT)
        return picture


def _put(kept: OrderedDict[Key, _Made], key: Key, made: _Made, most: int) -> None:
    """Keep what was made, unless nobody can tell of what."""
    if not key[0]:
        return
    kept[key] = made
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


def digest(source: Source) -> str:
    """Tell what was captured from all else, by every number of it; empty for what cannot be told."""
    told = hashlib.blake2b(digest_size=20)
    if isinstance(source, Excerpt):
        return ""
    if isinstance(source, TargaFile | ExrFile | PictureFile):
        try:
            _add_file(told, source)
        except (OSError, SourceError):
            return ""  # it is said when it is read
        return told.hexdigest()
    told.update(f"{type(source).__name__} {source.values.shape} ".encode())
    if isinstance(source, Frame):
        told.update(f"{source.is_bottom_up}".encode())
    else:
        kind = source.width, source.height, source.channels, source.is_linear, source.is_premultiplied
        told.update(f"{kind} {source.view.mark if source.view is not None else ''}".encode())
    told.update(np.ascontiguousarray(source.values).data)
    return told.hexdigest()


def _add_file(told: hashlib.blake2b, source: TargaFile | ExrFile | PictureFile) -> None:
    if isinstance(source, PictureFile):
        told.update(f"{source.is_opaque}".encode())
        told.update(undecoded.content(source))
        return
    start = 0
    if isinstance(source, ExrFile):
        found = exr.lines(source.path)
        start = found.start  # a header may tell the time
        told.update(f"{found.channels} {found.width} {source.layer} {source.is_opaque} {source.view.mark}".encode())
    with source.path.open("rb") as stream:
        stream.seek(start)
        while chunk := stream.read(_CHUNK_BYTES):
            told.update(chunk)

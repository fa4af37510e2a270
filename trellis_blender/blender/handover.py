# SPDX-License-Identifier: GPL-3.0-or-later
"""How the picture that is meant reaches a worker: as pixels, copied here, or as a large file, which is read there."""

from pathlib import Path

import bpy

from ..core import undecoded
from ..core.errors import SourceError
from ..core.image import Source
from . import costs, session, sight, sources, stirrings
from .sources import Choice, files


def capture(choice: Choice, scene: bpy.types.Scene, *, is_ordered: bool = False) -> Source | None:
    """Give the picture for a worker; None for an address. Raises :class:`SourceError`.

    A file that changed since its preview was made is not ordered unseen: Blender holds no copy of what was shown.
    """
    image = choice.image
    if choice.missing or choice.capture is not None or image is None or not costs.is_for_worker(image):
        return _captured(choice, scene)
    token = sight.token(choice, scene)
    if not costs.learn(choice) and costs.learn(choice, again=True):
        stirrings.changed(image)
        found = costs.of(image)
        if is_ordered and found is not None and found.size and session.current().previews.of(token) is not None:
            session.redraw()
            raise undecoded.changed(image.name)
    found = costs.of(image)
    if found is None or not costs.is_for_worker(image):
        return _captured(choice, scene)
    return files.source(image, found)


def _captured(choice: Choice, scene: bpy.types.Scene) -> Source | None:
    """Have Blender give the pixels, of a file that is back, too: it never looks again for one that it did not find."""
    try:
        return sources.capture(choice, scene)
    except SourceError:
        if choice.image is None or not _is_back(choice.image):
            raise
        with stirrings.deaf():
            choice.image.reload()
        return sources.capture(choice, scene)


def _is_back(image: bpy.types.Image) -> bool:
    """Whether there is a file of an image of which Blender holds nothing that could be lost."""
    if image.source != "FILE" or image.has_data or image.is_dirty or image.packed_file is not None:
        return False
    return Path(files.place(image)).is_file()

# SPDX-License-Identifier: GPL-3.0-or-later
"""How the picture that is meant reaches a worker: as pixels, copied here, or as a large file, which is read there."""

import bpy

from ..core import undecoded
from ..core.image import Source
from . import costs, session, sight, sources, stirrings
from .sources import Choice, files


def capture(choice: Choice, scene: bpy.types.Scene, *, is_ordered: bool = False) -> Source | None:
    """Give the picture for a worker; None for an address. Raises :class:`SourceError`.

    A file that changed since its preview was made is not ordered unseen: Blender holds no copy of what was shown.
    """
    image = choice.image
    if choice.missing or choice.capture is not None or image is None or not costs.is_for_worker(image):
        return sources.capture(choice, scene)
    token = sight.token(choice, scene)
    if not costs.learn(choice) and costs.learn(choice, again=True):
        stirrings.changed(image)
        found = costs.of(image)
        if is_ordered and found is not None and found.size and session.current().previews.of(token) is not None:
            session.redraw()
            raise undecoded.changed(image.name)
    found = costs.of(image)
    if found is None or not costs.is_for_worker(image):
        return sources.capture(choice, scene)
    return files.source(image, found)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The job whose object is what the panel would order once more, told from memory: cheap enough for drawing."""

import bpy

from ..core.errors import TrellisError
from ..core.jobs import Job
from . import lookout, menus, preferences, session, sight, sources


def of(context: bpy.types.Context, choice: sources.Choice) -> Job | None:
    """Give it; None too while the picture as it would be sent is not known.

    One that is about to be looked at again counts as it was: each undo says that every image may have changed, and
    what pays must not come under the mouse because of it.
    """
    live, wanted = session.current(), menus.asked(context, image_url=choice.url)
    token = sight.token(choice, context.scene)
    shown = live.previews.of(token)
    if shown is None and token and not lookout.is_costly(choice):
        shown = live.previews.before(sight.lasting(token))
    image_sha256 = shown.ready.sha256 if shown is not None else ""
    if wanted is None or not (choice.url or image_sha256):
        return None
    try:
        server = preferences.endpoint().base_url
    except TrellisError:
        return None
    return live.history.twins.of(wanted, server, image_sha256)

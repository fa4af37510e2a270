# SPDX-License-Identifier: GPL-3.0-or-later
"""*Split Sheet*: have a worker tell a picture's subjects apart, and list them. Free; sends nothing."""

from queue import Empty

import bpy

from ...core.errors import SourceError, TrellisError
from .. import preferences, properties, session, sheets, sources, watch
from ..identity import SPLIT_SHEET
from ..language import hinted, report

BY_ADDRESS = "The service fetches this picture by itself; only one that is in Blender can be split"


def begin(context: bpy.types.Context) -> None:
    """Copy the picture and have it split; returns at once. Raises :class:`TrellisError`."""
    choice = sources.choose(context)
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    source = sources.capture(choice, context.scene)
    if source is None:
        raise SourceError(f"{BY_ADDRESS}.")
    preparation = properties.preparation(properties.of(context.scene))
    session.current().split(sheets.wish(choice, source, preparation, context.scene), endpoint, key, storage)


def wait(context: bpy.types.Context) -> None:
    """Block until the picture is split and its subjects are looked at; for scripts.

    Raises :class:`SourceError` when it cannot be.
    """
    live = session.current()
    while sheets.is_busy():
        try:
            live.take(live.live().messages.get(timeout=0.1))
        except Empty:
            continue
    state = sheets.of(context.scene)
    if state is None or state.split is None:
        raise SourceError(state.sentence if state is not None else f"{sheets.SPLIT_FIRST}.")


class TRELLIS_OT_split_sheet(bpy.types.Operator):
    """Find the separate subjects of the picture and list them, each to become an object of its own. Costs nothing"""

    bl_idname = SPLIT_SHEET
    bl_label = "Split Sheet"
    bl_options = set()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        choice = sources.choose(context)
        reason = choice.missing or (BY_ADDRESS if choice.url else "")
        if not reason and sheets.is_busy():
            reason = "The picture is being split"
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Have it split, and return at once."""
        try:
            begin(context)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Have it split, and wait for the subjects; for scripts."""
        try:
            begin(context)
            wait(context)
        except TrellisError as error:
            report(self, {"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

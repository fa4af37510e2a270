# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators on an object that came from the service share: which one is meant, and why they are off."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import bpy

from ...core.jobs import Job
from ...core.recipe import Recipe
from .. import parts, provenance, readiness, session, variants, watch, weights
from ..language import hinted, report
from . import waiting
from .spending import Spending


def _reason(context: bpy.types.Context) -> str:
    if provenance.recipe_of(context.active_object) is None:
        return "Select an object that came from this service"
    return ""


class OnObject:
    """Mix-in for an operator that acts on how the active object was made."""

    bl_options: Any = set()

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why it is off, or an empty text."""
        return _reason(context)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = cls.reason(context)
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def meant(self: Any, context: bpy.types.Context) -> tuple[bpy.types.Object, Recipe]:
        """Give the object and how it was made; there are both, since it could be pressed."""
        item = context.active_object
        made = provenance.recipe_of(item)
        if item is None or made is None:
            raise RuntimeError("pressed without an object")
        return item, made


class Paying(Spending, OnObject):
    """Mix-in for one that orders the object anew. Neither repeatable by accident nor adjustable: each run is paid.

    Who was asked in a window does not wait; a script is not asked, and waits.
    """

    shown: Decimal | None = None
    """The price that was asked about."""
    is_asked = False

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why nothing can be ordered for the active object."""
        reason = _reason(context) or readiness.service_reason() or readiness.scene_reason(context)
        if not reason and context.active_object is not None and parts.level_depth(context.active_object):
            return "This is a level of detail; select the object that it was made of"  # it would become a full one
        return reason

    def may_order(self: Any, context: bpy.types.Context) -> bool:
        """Whether what is ordered can come, before it is paid for; reports why not."""
        return self.is_asked or waiting.is_possible(self, context)

    def follow(self: Any, jobs: Sequence[Job]) -> set[str]:
        """See to it that what was ordered comes: later in a window, and now for a script."""
        if not self.is_asked:
            return waiting.bring(self, jobs)
        watch.start()
        session.redraw()
        return {"FINISHED"}


def needs_object_mode(item: bpy.types.Object | None) -> str:
    """Give why an object's mesh cannot be taken as it is, or an empty text."""
    return "" if item is None or item.mode == "OBJECT" else "Switch to Object Mode first"


class OnVariants(OnObject):
    """Mix-in for one that changes what the active object shows."""

    bl_options = {"REGISTER", "UNDO"}
    least = 2
    """How many variants there must be."""

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Give why the active object's variants cannot be changed now."""
        item = context.active_object
        fault = variants.fault(item)
        if fault or item is None:
            return fault
        if len(variants.meshes(item)) < cls.least:
            return "This object has no other variants"
        return needs_object_mode(item)

    def warn(self: Any, item: bpy.types.Object) -> None:
        """Say what an object's modifiers cannot go by with what it shows now."""
        remark = weights.remark(item)
        if remark:
            report(self, {"WARNING"}, remark)

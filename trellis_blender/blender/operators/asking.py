# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators that ask the server share: why they are off."""

from typing import TYPE_CHECKING

import bpy

from .. import readiness
from ..language import hinted


class Asking:
    """Mix-in for an operator that can do nothing without the server."""

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Give Blender the reason; an operator's own."""

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = readiness.service_reason()
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Test Connection*: ask the server whether it is there and takes the key. A click does not wait; a script does."""

from typing import Any, Final

import bpy

from ...core.errors import TrellisError
from .. import preferences, session, watch
from ..identity import TEST_CONNECTION
from ..language import report
from .asking import Asking

HEED_SECONDS: Final = 1.0
"""How often it is looked whether there is an answer; one comes in any case, once a time-out is over."""


class TRELLIS_OT_test_connection(Asking, bpy.types.Operator):
    """Ask the server whether it can be reached and accepts the key. Costs nothing"""

    bl_idname = TEST_CONNECTION
    bl_label = "Test Connection"

    def invoke(self, _context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask, and return at once; the answer is shown below the button."""
        try:
            if not _ask():
                report(self, {"INFO"}, "This server is being asked already; its answer takes some seconds at most")
                return {"CANCELLED"}
        except TrellisError as error:
            return _refused(self, str(error))
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask, wait for the answer, and report it; for scripts. It comes soon: the server is not waited for longer."""
        live = session.current()
        try:
            _ask()
        except TrellisError as error:
            return _refused(self, str(error))
        while (told := live.connection) is None:
            live.hear(lambda: live.connection is not None, HEED_SECONDS)
        session.redraw()
        if not told.ok:
            return _refused(self, told.sentence)
        report(self, {"INFO"}, told.sentence)
        return {"FINISHED"}


def _ask() -> bool:
    """Have the server asked, unless it is being asked just that; give whether it was. Raises :class:`TrellisError`."""
    live = session.current()
    endpoint, key = preferences.endpoint(), preferences.key()
    if live.checking and preferences.is_tested(endpoint, key):
        return False
    live.check_connection(endpoint, key, preferences.storage())
    return True


def _refused(operator: Any, sentence: str) -> set[str]:
    """Report what went wrong, which raises where a script has called, and give the operator's outcome."""
    report(operator, {"ERROR"}, sentence)
    return {"CANCELLED"}

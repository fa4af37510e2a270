# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the artist holds a button of the mouse down in one of Blender's windows, or types. Knows not what for.

What is dragged in a panel, a number or a colour, is no tool of Blender's that could be asked for; its value would go on
from what is no more, and its undo step be cut in two. A field that is typed into is gone with what it names. Blender
tells what was pressed last to whom it invokes.
"""

from dataclasses import dataclass
from typing import Final

import bpy

from . import footing
from .identity import FEEL

HELD: Final = "Waiting for the mouse button to be released"
TYPED: Final = "Waiting for the name to be entered"
STILL_LOOKS: Final = 150
"""A button held for so many looks, ten a second, while the mouse rests was let go where Blender does not hear of it.

Nobody thinks about the next letter for longer, either.
"""
_BUTTONS: Final = frozenset({"LEFTMOUSE", "MIDDLEMOUSE", "RIGHTMOUSE", "PEN", "ERASER"})
_ALONG: Final = frozenset(
    {"LEFT_CTRL", "RIGHT_CTRL", "LEFT_SHIFT", "RIGHT_SHIFT", "LEFT_ALT", "RIGHT_ALT", "OSKEY", "HYPER"}
)
"""What is pressed and let go while something is dragged, or typed."""
_TEXT: Final = frozenset(
    {*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
     "F2", "SPACE", "BACK_SPACE", "DEL", "LEFT_ARROW", "RIGHT_ARROW", "HOME", "END", "MINUS", "PLUS", "PERIOD", "COMMA",
     "SEMI_COLON", "QUOTE", "SLASH", "BACK_SLASH", "EQUAL", "LEFT_BRACKET", "RIGHT_BRACKET", "ACCENT_GRAVE",
     "TEXTINPUT"}
)  # fmt: skip
"""What a name is typed with; it ends with Return, Esc, Tab or a click."""


@dataclass
class Hand:
    """What is known of mouse and keys in one window."""

    is_held: bool = False
    place: tuple[int, int] = (0, 0)
    rested: int = 0
    is_typing: bool = False
    told: tuple[str, str, str, str] = ("", "", "", "")
    unheard: int = 0
    """For how many looks nothing was pressed."""

    def feel(self, event: bpy.types.Event) -> None:
        """Take note of what was pressed last, and before; of several that were let go since, of the last two only."""
        if event.type in _BUTTONS:
            self.is_held = event.value != "RELEASE"
        elif event.type not in _ALONG:
            self.is_held = False
        elif event.type_prev in _BUTTONS:
            self.is_held = event.value_prev != "RELEASE"
        place = (event.mouse_x, event.mouse_y)
        self.rested = self.rested + 1 if self.is_held and place == self.place else 0
        self.place = place
        told = (event.type, event.value, event.type_prev, event.value_prev)
        self.unheard = self.unheard + 1 if told == self.told else 0
        self.told = told
        self.is_typing = (event.type_prev if event.type in _ALONG else event.type) in _TEXT

    @property
    def types(self) -> bool:
        """Whether what was pressed last may be of a name, and it was not too long ago."""
        return self.is_typing and self.unheard < STILL_LOOKS

    @property
    def is_full(self) -> bool:
        """Whether a button is held down, and it is not for too long that nothing was heard of the mouse."""
        return self.is_held and self.rested < STILL_LOOKS


_hands: dict[int, Hand] = {}


class TRELLIS_OT_feel_hands(bpy.types.Operator):
    """Note what the artist's hands do."""

    bl_idname = FEEL
    bl_label = "See Whether the Mouse Is Busy"
    bl_description = "Note whether a button of the mouse is held down, so that no object comes in between"
    bl_options = {"INTERNAL"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Take note of it; what is cancelled leaves no trace."""
        _hands.setdefault(context.window.as_pointer(), Hand()).feel(event)
        return {"CANCELLED"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Without a mouse there is nothing to note."""
        return {"CANCELLED"}


def full(*, naming: bool = False) -> str:
    """Give why an object has to wait for the artist's hands, or an empty text.

    ``naming``: whether a name that is typed may be of what it would take away.
    """
    if bpy.app.background:
        return ""
    windows = bpy.context.window_manager.windows
    for window in windows:
        with footing.at(window=window):
            bpy.ops.trellis.feel_hands("INVOKE_DEFAULT")  # type: ignore[attr-defined]
    for gone in _hands.keys() - {window.as_pointer() for window in windows}:
        del _hands[gone]
    if any(hand.is_full for hand in _hands.values()):
        return HELD
    return TYPED if naming and any(hand.types for hand in _hands.values()) else ""


def register() -> None:
    """Add the operator."""
    bpy.utils.register_class(TRELLIS_OT_feel_hands)


def unregister() -> None:
    """Take it out, and forget the windows."""
    _hands.clear()
    bpy.utils.unregister_class(TRELLIS_OT_feel_hands)

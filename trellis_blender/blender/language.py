# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in the artist's language. Blender translates what it was told; ``said`` says texts that are made.

A language is read when the extension is registered and when the artist changes it, never while something is drawn.
"""

import logging
from pathlib import Path
from typing import Any, Final

import bpy

from ..core import phrasebook
from ..core.phrasebook import Phrasebook
from . import listeners
from .identity import PACKAGE, TEXT_CONTEXT

FOLDER = Path(__file__).resolve().parents[1] / "languages"
CONTEXTS = ("*", "Operator", TEXT_CONTEXT)
"""Where Blender looks: for anything, for operators' names and the texts on their buttons, for our own headings."""
SIMPLIFIED = ("zh", "zh_CN", "zh_SG")
"""What systems call Chinese as it is written there, when Blender asks them for the language."""
_log = logging.getLogger(__name__)


class _Speech:
    """The language that is spoken: Blender's name of it, and its phrasebook, None for English."""

    def __init__(self) -> None:
        self.locale = ""
        self.book: Phrasebook | None = None
        self.composed: list[str] = []
        self.told: dict[tuple[str, str], str] = {}
        """What Blender was told, by context and English."""


_now = _Speech()
_owner = object()


def said(text: str) -> str:
    """Give a text of the interface in the artist's language; in English where it is not known or not wanted."""
    if _now.book is None or not bpy.context.preferences.view.use_translate_interface:
        return text
    return _now.book.say(text)


def hinted(text: str) -> str:
    """Give a text that is shown in a tooltip, as the reason why a button is off."""
    if _now.book is None or not bpy.context.preferences.view.use_translate_tooltips:
        return text
    return _now.book.say(text)


def report(operator: Any, kinds: Any, sentence: str) -> None:
    """Report what an operator has to say in the artist's language."""
    if _now.book is not None and bpy.context.preferences.view.use_translate_reports:
        sentence = _now.book.say(sentence)
    operator.report(kinds, sentence)


def composed(text: str) -> str:
    """Note a tooltip that is put together of several messages, so that Blender is told it whole; give it back."""
    _now.composed.append(text)
    if _now.book is not None:
        _tell_blender(_now.book)
    return text


def speak(locale: str) -> None:
    """Change to a language by Blender's name of it; one that there is no file for is English."""
    _hush()
    _now.locale = locale
    path = _path(locale)
    if path is None:
        return
    try:
        _now.book = phrasebook.read(path)
    except (OSError, phrasebook.Damaged) as error:
        _log.warning("%s cannot be used, so the extension speaks English: %s", path.name, error)
        return
    _tell_blender(_now.book)


def _path(locale: str) -> Path | None:
    """Give a locale's file: its own, or that of the same language in another country. Chinese has two scripts."""
    files = {path.stem: path for path in FOLDER.glob("*.json")}
    language = locale.partition("_")[0]
    if language == "zh":
        return files.get("zh_HANS" if locale in SIMPLIFIED else locale)
    return files.get(locale) or next((files[name] for name in files if name.partition("_")[0] == language), None)


def _tell_blender(book: Phrasebook) -> None:
    """Give Blender what it shows by itself: labels, names and tooltips."""
    _untell()
    texts = {**book.plain, **{text: book.say(text) for text in _now.composed}}
    _now.told = {(context, english): translation for context in CONTEXTS for english, translation in texts.items()}
    if _now.told:
        bpy.app.translations.register(PACKAGE, {_now.locale: _now.told})


def _untell() -> None:
    if _now.told:
        bpy.app.translations.unregister(PACKAGE)
        _now.told = {}


def _hush() -> None:
    _untell()
    _now.book = None


def _follow(*_given: Any) -> None:
    """Change the language when the artist did, and show it."""
    locale = bpy.app.translations.locale
    if locale == _now.locale:
        return
    speak(locale)
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            area.tag_redraw()


@bpy.app.handlers.persistent  # type: ignore[untyped-decorator]
def _after_load(*_given: Any) -> None:
    """Listen again: opening a file ends what was listened to."""
    listen()
    _follow()


def listen() -> None:
    """Hear of the artist's changing the language, once."""
    bpy.msgbus.clear_by_owner(_owner)
    key: Any = (bpy.types.PreferencesView, "language")
    bpy.msgbus.subscribe_rna(key=key, owner=_owner, args=(), notify=_follow)


_HEARD: Final = (("load_post", _after_load),)


def register() -> None:
    """Speak Blender's language, and follow it."""
    speak(bpy.app.translations.locale)
    listen()
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Fall silent."""
    listeners.ignore(*_HEARD)
    bpy.msgbus.clear_by_owner(_owner)
    _hush()
    _now.locale = ""

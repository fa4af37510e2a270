# SPDX-License-Identifier: GPL-3.0-or-later
"""The API key: what one looks like, and how it is kept out of every text. Imports only our errors; no bpy."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from .errors import InvalidSetting

ENVIRONMENT_VARIABLE: Final = "EMPIRIOLABS_API_KEY"
_LOOKS_LIKE_KEY: Final = re.compile(r"sk-empiriolabs-[\w.-]+")
_LOOKS_LIKE_KEY_BYTES: Final = re.compile(_LOOKS_LIKE_KEY.pattern.encode())
_HIDDEN: Final = "[key]"
_PREFIX: Final = "sk-empiriolabs-"
_SHORTEST: Final = 8
"""So many characters a key has at least behind what all begin with."""
_WRAPPING: Final = re.compile(
    r"(?:(?:export|set)\s+|\$env:)?" + ENVIRONMENT_VARIABLE + r"\s*=\s*"
    r"|(?:authorization\s*[:=]\s*)?bearer\s+|x-api-key\s*[:=]\s*", re.IGNORECASE
)  # fmt: skip
"""What keys are copied along with."""
_WITHIN: Final = re.compile(
    r"(?<![\w.-])sk-empiriolabs-[\w-]+(?:\.[\w-]+)*(?=[.,;:!?]?(?:[\s\"'`\\)\]}>,;]|\Z))", re.ASCII
)
"""A key in a longer text. One that goes on with an ellipsis or asterisks is shown shortened, and is none."""
_QUOTES: Final = ('""', "''", "``", "“”", "‘’", "„“", "«»", "<>")
_UNSEEN: Final = "\ufeff\u200b\u2060"
"""What web pages put around words; nobody sees it, and no key has it."""


class KeyOrigin(Enum):
    """Where the key in force comes from."""

    ENVIRONMENT = "from the environment"
    TYPED = "typed in the preferences"
    NONE = "none"


class Key:
    """A secret that never shows itself: not in ``repr``, not in ``str``, not in a pickle."""

    __slots__ = ("_value",)

    def __init__(self, text: str) -> None:
        """Raises :class:`InvalidSetting` when ``text`` cannot be a key; the message does not hold it."""
        value = unwrapped(text)
        if not all("!" <= character <= "~" for character in value):
            raise InvalidSetting(
                "The API key holds a space or a character that no key has; copy it again from the dashboard."
            )
        self._value = value

    def __bool__(self) -> bool:
        """Whether there is a key at all."""
        return bool(self._value)

    def __repr__(self) -> str:
        """Hide the value."""
        return f"Key({_HIDDEN if self._value else ''})"

    def __reduce__(self) -> str:
        """Refuse to be written anywhere."""
        raise TypeError("a key is never written")

    def is_same(self, other: Key) -> bool:
        """Whether another one is the same secret."""
        return self._value == other._value

    def reveal(self) -> str:
        """Give the secret itself; for the request header only."""
        return self._value

    def redact(self, text: str) -> str:
        """Take the key, and whatever looks like one, out of a text that came from elsewhere."""
        if self._value:
            text = text.replace(self._value, _HIDDEN)
        return _LOOKS_LIKE_KEY.sub(_HIDDEN, text)

    def redact_bytes(self, raw: bytes) -> bytes:
        """As :meth:`redact`, for a raw body."""
        hidden = _HIDDEN.encode()
        if self._value:
            raw = raw.replace(self._value.encode(), hidden)
        return _LOOKS_LIKE_KEY_BYTES.sub(hidden, raw)


def unwrapped(text: str) -> str:
    """Give a key without what it was copied along with: blanks, quotes, ``Bearer``, the variable's name."""
    value = text.strip().strip(_UNSEEN).strip()
    while True:
        before = value
        for opening, closing in _QUOTES:
            if len(value) > 1 and value[0] == opening and value[-1] == closing:
                value = value[1:-1].strip()
        wrapping = _WRAPPING.match(value)
        value = value[wrapping.end() :].strip() if wrapping else value
        if value == before:
            return value


def doubt(key: Key, *, is_provider: bool) -> str:
    """Give why a key is most likely not one, or an empty text; nothing is refused for it, since only a test tells."""
    value = key.reveal()
    if not value or not is_provider:
        return ""
    if not value.startswith(_PREFIX):
        return f"The provider's keys begin with {_PREFIX}, this one does not. Copy it again from the dashboard."
    if len(value) < len(_PREFIX) + _SHORTEST:
        return "This key is cut short. Copy all of it from the dashboard."
    return ""


def pasted(text: str, *, is_provider: bool) -> str:
    """Give the key that a clipboard holds, in a longer text too. Raises :class:`InvalidSetting` without that text."""
    said = "The clipboard holds no API key. Copy the key at the dashboard, then press Paste API Key."
    within = set(_WITHIN.findall(text)) if is_provider else set()
    try:
        key = Key(within.pop() if len(within) == 1 else text)
    except InvalidSetting:
        raise InvalidSetting(said) from None
    if not key or doubt(key, is_provider=is_provider):
        raise InvalidSetting(said)
    return key.reveal()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The API key: what one looks like, and how it is kept out of every text. Imports only our errors; no bpy."""

from __future__ import annotations

import re
from typing import Final

from .errors import InvalidSetting

ENVIRONMENT_VARIABLE: Final = "EMPIRIOLABS_API_KEY"
_LOOKS_LIKE_KEY: Final = re.compile(r"sk-empiriolabs-[\w.-]+")
_LOOKS_LIKE_KEY_BYTES: Final = re.compile(_LOOKS_LIKE_KEY.pattern.encode())
_HIDDEN: Final = "[key]"


class Key:
    """A secret that never shows itself: not in ``repr``, not in ``str``, not in a pickle."""

    __slots__ = ("_value",)

    def __init__(self, text: str) -> None:
        """Raises :class:`InvalidSetting` when ``text`` cannot be a key; the message does not hold it."""
        value = text.strip()
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

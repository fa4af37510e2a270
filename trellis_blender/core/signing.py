# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer to the wish for a fresh address of a file, in any of the shapes it may have. Sends nothing, no bpy."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from .api import parse_json
from .errors import AnswerError

_NAMES: Final = ("url", "signed_url", "signedUrl", "download_url", "downloadUrl", "link", "href")
_HOLDERS: Final = ("data", "file", "result")
SIGN_PATH: Final = "/v1/files/sign"
_LONGEST_ADDRESS: Final = 8192
_LIKE_AN_ID: Final = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{12,}\Z", re.ASCII)


def id_in(url: str) -> str:
    """Guess a file's id from its address, where the service does not tell it; nothing when none looks like one."""
    try:
        *folders, name = urlsplit(url).path.split("/")
    except ValueError:
        return ""
    parts = [name.rpartition(".")[0], *reversed(folders)]
    return next((part for part in parts if _LIKE_AN_ID.match(part)), "")


class SentTo(Exception):
    """The answer is a redirect to the file itself."""

    def __init__(self, url: str) -> None:
        """``url`` is where the file is."""
        super().__init__()
        self.url = url


def not_away(url: str) -> None:
    """Let a redirect pass that leads to the same call; raise :class:`SentTo` for one that leads to the file."""
    if not urlsplit(url).path.rstrip("/").endswith(SIGN_PATH):
        raise SentTo(url)


def read_signed(raw: bytes) -> str:
    """Give the fresh address. Raises :class:`AnswerError` when there is none."""
    text = raw.strip().strip(b'"')
    if text.startswith((b"https://", b"http://")) and text.isascii() and len(text.split()) == 1:
        return text[:_LONGEST_ADDRESS].decode("ascii")
    body = parse_json(raw, "the wish for a fresh link")
    for holder in (body, *(body.get(name) for name in _HOLDERS)):
        if isinstance(holder, str) and holder.startswith(("https://", "http://", "/")):
            return holder
        if isinstance(holder, dict):
            for name in _NAMES:
                value = holder.get(name)
                if isinstance(value, str) and value:
                    return value
    raise AnswerError("The service's answer to the wish for a fresh link holds none.", raw=raw)

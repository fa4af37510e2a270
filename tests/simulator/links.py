# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed, expiring addresses on the download origin."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlencode

from .wire import Request

FILE_NAME = "model.glb"


class Links:
    """Signs addresses and checks them; ``origin`` is set once the download origin listens."""

    def __init__(self, secret: bytes) -> None:
        """Sign with ``secret``."""
        self._secret = secret
        self.origin = ""

    def sign(self, file_id: str, expires: float) -> str:
        """Give an address that is good until ``expires``, seconds since the epoch."""
        path = f"/files/{quote(file_id)}/{FILE_NAME}"
        query = urlencode({"expires": int(expires), "signature": self._signature(path, int(expires))})
        return f"{self.origin}{path}?{query}"

    def opened(self, request: Request, now: float) -> str:
        """Give the file's id of a good address, or nothing."""
        parts = request.path.split("/")
        expires = request.query.get("expires", "")
        if len(parts) != 4 or parts[1] != "files" or not expires.isdigit():
            return ""
        good = hmac.compare_digest(request.query.get("signature", ""), self._signature(request.path, int(expires)))
        return parts[2] if good and int(expires) > now else ""

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self._secret, f"{path}?{expires}".encode(), hashlib.sha256).hexdigest()[:40]

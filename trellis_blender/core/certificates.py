# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates are trusted, and whether the file of them can be used. Reads that file; imports no bpy."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Final

from .errors import TlsFailed
from .route import Route

VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What this computer's own setting is called, the first before the second."""
LIMIT_BYTES: Final = 16 * 2**20


def trusted(route: Route) -> str | bool:
    """Give the file of the trusted certificates, or True for the usual ones. Raises :class:`TlsFailed`."""
    if route.ca_file:
        wrong = fault(route.ca_file)
        if wrong:
            raise TlsFailed(wrong, sent=False)
        return route.ca_file
    name = next((name for name in VARIABLES if os.environ.get(name)), "")
    if not name:
        return True
    named = os.environ[name]
    if not Path(named).is_dir() and fault(named):
        raise TlsFailed(f"The certificates that {name} names cannot be used. Correct or unset it.", sent=False)
    return named


def fault(path: str) -> str:
    """Give the sentence why a file of certificates cannot be used, or an empty text. Waits for the disk."""
    try:
        stands = Path(path).stat()
    except (OSError, ValueError):
        return (
            f"The CA file {path} is not there. Choose another one under Network in the extension's preferences, or "
            "leave it empty."
        )
    return _fault(path, stands.st_mtime_ns, stands.st_size)


@lru_cache(maxsize=8)
def _fault(path: str, _changed: int, size: int) -> str:
    """Look at a file, once as long as it stays the same."""
    otherwise = "Choose the file of your network's certificates in PEM form, which begins with BEGIN CERTIFICATE."
    if Path(path).is_dir() or size > LIMIT_BYTES:
        return f"{path} is no CA file. {otherwise}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return f"The CA file {path} holds no certificate that can be read. {otherwise}"
    except OSError as error:
        return f"The CA file {path} cannot be read ({error.strerror}). Choose another one, or leave it empty."
    if not context.cert_store_stats()["x509"]:
        return f"The CA file {path} holds no certificate. {otherwise}"
    return ""

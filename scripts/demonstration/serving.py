# SPDX-License-Identifier: GPL-3.0-or-later
"""Which server the demo talks to: the live service when there is a key, else the project's stand-in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from rig import standin

KEY_VARIABLE = "EMPIRIOLABS_API_KEY"
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Server:
    """A server that is ready: how to reach it, and what to tell the artist."""

    is_live: bool
    url: str
    environment: dict[str, str] = field(repr=False)
    """For Blender; it holds the key."""

    def announcement(self, price: Decimal, pictures: int) -> str:
        """Say who will be asked and what it costs, before anything is sent."""
        if self.is_live:
            return (
                f"The LIVE service will be asked: {pictures} × ${price} = ${price * pictures}, charged to the account "
                f"that the key in {KEY_VARIABLE} belongs to."
            )
        return (
            "The project's own stand-in server will be asked, on this machine: nothing leaves it, nothing is charged.\n"
            "It inflates the picture's silhouette; it is not the model, and its objects say nothing about the model's."
        )


@contextmanager
def serve(*, live: bool) -> Iterator[Server]:
    """Give the server for as long as it is needed."""
    if live:
        names = [*_PROXY_VARIABLES, *(name.lower() for name in _PROXY_VARIABLES), KEY_VARIABLE]
        yield Server(True, "", {name: os.environ[name] for name in names if name in os.environ})
        return
    with standin.running() as addresses:
        yield Server(False, addresses["url"], {KEY_VARIABLE: addresses["key"]})

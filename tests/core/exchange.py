# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of single exchanges share: a client or transport against a scripted server, closed afterwards."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.scripted import Connection, Scripted
from trellis_blender.core import endpoint
from trellis_blender.core.client import Client
from trellis_blender.core.download import Landing
from trellis_blender.core.route import USUAL, Route
from trellis_blender.core.secrets import Key
from trellis_blender.core.transport import Timeouts, Transport

KEY = "sk-empiriolabs-transport"
QUICK = Timeouts(connect_seconds=5.0, read_seconds=10.0, submit_seconds=10.0)
JOB = b'{"job_id": "j", "status": "completed", "result": {}}'
BIG = 8 * 2**20
"""More than the buffers of two sockets hold."""


_opened: list[Client | Transport] = []


@pytest.fixture(autouse=True)
def close_connections() -> Iterator[None]:
    """Leave no connection to the garbage collector, which warns of it in some later test."""
    yield
    while _opened:
        _opened.pop().cut()


def client(server: Scripted | str, key: str = KEY, timeouts: Timeouts = QUICK) -> Client:
    return opened_at(server if isinstance(server, str) else server.url, key, timeouts)


def opened_at(url: str, key: str = KEY, timeouts: Timeouts = QUICK, route: Route = USUAL) -> Client:
    _opened.append(opened := Client(endpoint.parse(url, route), Key(key), timeouts=timeouts))
    return opened


def transport(timeouts: Timeouts) -> Transport:
    _opened.append(opened := Transport(timeouts))
    return opened


def submit(server: Scripted | str, tmp_path: Path, *, size: int = 10, timeouts: Timeouts = QUICK) -> Any:
    opened = client(server, timeouts=timeouts)
    landing = Landing(tmp_path / "model.glb")
    return opened.submit({"image": "x" * size}, price_usd=Decimal("0.249"), landing=landing)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# --- what is sent ----------------------------------------------------------------------------------------------------


def silent(connection: Connection) -> None:
    connection.request()
    connection.hold()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to a server that can be shut, opened again at the same address, or fall silent under open connections."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Gate:
    """``with Gate(server.url) as gate:`` leads to it from ``gate.url``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._far = (str(parts.hostname), int(parts.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._silenced: set[socket.socket] = set()
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Lead to the server again."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._start(self._accept)

    def shut(self) -> None:
        """Be unreachable, and cut what is open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in self._open:
            sock.close()
        self._threads, self._open = [], []

    def silence(self) -> None:
        """Let no byte pass over the connections that are open now, without closing them; new ones lead on."""
        self._silenced = set(self._open)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(self._far)
            except OSError:
                return
            self.connections += 1
            self._open += [near, far]
            self._start(self._pump, near, far)
            self._start(self._pump, far, near)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if source not in self._silenced:
                    sink.sendall(piece)
        if source not in self._silenced:
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

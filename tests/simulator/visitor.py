# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain client of the stand-in for its own tests: small pictures, small jobs, no retries, no proxies."""

from __future__ import annotations

import base64
import io
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image, ImageDraw

from trellis_blender.core.catalogue import MODEL_ID

from .server import Simulator


def png(size: int = 96, *, alpha: int = 255, mode: str = "RGBA") -> bytes:
    """Draw a disc in a picture of ``size`` pixels."""
    picture = Image.new("RGBA", (size, size), (255, 255, 255, 255) if mode == "RGB" else (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((size // 8, size // 4, size * 7 // 8, size * 3 // 4), fill=(200, 60, 30, alpha))
    stream = io.BytesIO()
    picture.convert(mode).save(stream, "PNG")
    return stream.getvalue()


def uri(data: bytes) -> str:
    """Give the data URI of a PNG."""
    return "data:image/png;base64," + base64.b64encode(data).decode()


def body(**changes: Any) -> dict[str, Any]:
    """Give the body of a small, quick job; a change to None leaves the field out."""
    small = {"model": MODEL_ID, "image": uri(png()), "decimation_target": 10000, "texture_size": "1024"}
    return {name: value for name, value in {**small, **changes}.items() if value is not None}


def call(server: Simulator, method: str, path: str, **arguments: Any) -> requests.Response:
    """Ask the API, with the key."""
    headers = {"Authorization": f"Bearer {server.key}", **arguments.pop("headers", {})}
    with requests.Session() as session:
        session.trust_env = False
        url = path if path.startswith("http") else server.url + path
        return session.request(method, url, headers=headers, timeout=100, **arguments)


def submit(server: Simulator, **changes: Any) -> requests.Response:
    """Send a small job."""
    return call(server, "POST", "/v1/3d/generations", json=body(**changes))


def fetch(url: str, **arguments: Any) -> requests.Response:
    """Get an address without the key."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=100, **arguments)


def finished(server: Simulator, job_id: str) -> dict[str, Any]:
    """Wait until what was ordered is made, and give the job."""
    for order in [job.order for job in server.service.jobs.all()]:
        if order:
            order.exception()
    return call(server, "GET", f"/v1/jobs/{job_id}").json()  # type: ignore[no-any-return]


def completed(server: Simulator, **changes: Any) -> dict[str, Any]:
    """Run a small job to its end and give it."""
    job = finished(server, submit(server, **changes).json()["job_id"])
    assert job["status"] == "completed", job
    return job


def raw(server: Simulator, url: str, method: str = "GET", content: bytes = b"") -> tuple[bytes, bool]:
    """Give every byte that came back, and whether the connection was reset."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    key = f"Authorization: Bearer {server.key}\r\n" if url.startswith(server.url) else ""
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\n{key}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    received = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=100) as connection:
        try:
            connection.sendall(head.encode() + content)
            while block := connection.recv(65536):
                received += block
        except ConnectionError:
            return received, True
    return received, False


def parted(data: bytes) -> tuple[dict[str, str], bytes]:
    """Part a reply into its headers, names in lower case, and its body."""
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, _colon, value in lines}, rest

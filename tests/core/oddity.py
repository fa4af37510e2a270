# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that speaks the API and is odd in what a test says; one job after the other, over scripted sockets."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import urlsplit

from tests.core.scripted import Connection, Scripted, Seen, reply

Answer = Callable[[Seen], bytes]
POSITIONS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)


def glb(padding: int = 0, fill: bytes = b"\0") -> bytes:
    """Give a model of one triangle; its buffer holds so many bytes more."""
    body = POSITIONS + fill * (padding // 4 * 4)
    described = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 4}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
                       "min": [0, 0, 0], "max": [1, 1, 0]}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 36}], "buffers": [{"byteLength": len(body)}],
    }  # fmt: skip
    text = json.dumps(described).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def told(status: int = 200, /, **body: object) -> bytes:
    """Give an answer in JSON, dated now."""
    return reply(status, json.dumps(body).encode(), Content_Type="application/json", Date=formatdate(usegmt=True))


class Oddity:
    """Answers the calls; ``answers`` replaces what it would say, by route: submit, poll, cancel, delete, list, usage,
    sign, output."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.model = glb()
        self.state: dict[str, object] = {}
        self.url = ""
        self.ids = 0

    def __call__(self, connection: Connection) -> None:
        seen = connection.request()
        self.url = connection.server.url
        route = self.route(seen)
        self.asked.append(route)
        connection.send(self.answers.get(route, getattr(self, route))(seen))

    def serve(self) -> Scripted:
        return Scripted(self)

    def route(self, seen: Seen) -> str:
        path = urlsplit(seen.target).path
        if seen.method == "POST":
            return "cancel" if path.endswith("/cancel") else "submit"
        if seen.method == "DELETE":
            return "delete"
        named = {"/v1/jobs": "list", "/v1/account/usage": "usage", "/v1/files/sign": "sign"}
        return named.get(path) or ("poll" if path.startswith("/v1/jobs/") else "output")

    def finish(self, **result: object) -> None:
        """Call the job finished from now on."""
        self.state = {"status": "completed", "result": result or {"url": f"{self.url}/out/model.glb"}}

    def event(self, job_id: str = "job0001abcdefgh", **more: object) -> dict[str, object]:
        """Give what the usage lists of a job."""
        return {
            "model": "trellis-2-4b", "cost": {"amount": 0.025}, "created_at": time.time(), "job_id": job_id,
            "output_urls": [f"{self.url}/out/model.glb"], **more,
        }  # fmt: skip

    def submit(self, _seen: Seen) -> bytes:
        self.ids += 1
        return told(job_id=f"job{self.ids:04}abcdefgh", status="processing")

    def poll(self, seen: Seen) -> bytes:
        return told(**{"job_id": seen.target.rpartition("/")[2], "status": "processing", **self.state})

    def cancel(self, _seen: Seen) -> bytes:
        return told(404)

    def delete(self, _seen: Seen) -> bytes:
        return told(405)

    def list(self, _seen: Seen) -> bytes:
        return told(404)

    def usage(self, _seen: Seen) -> bytes:
        return told(404)

    def sign(self, _seen: Seen) -> bytes:
        return told(404)

    def output(self, _seen: Seen) -> bytes:
        return reply(200, self.model, Content_Type="model/gltf-binary")

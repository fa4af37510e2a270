# SPDX-License-Identifier: GPL-3.0-or-later
"""The download origin: hands out files at signed addresses and refuses any request that bears a key."""

from __future__ import annotations

import hashlib
import re

from .faults import Fault, apply, takes_effect
from .misbehaviour import HOP, Scene
from .service import Service
from .shapes import MEDIA_TYPE
from .wire import Reply, Request

_RANGE = re.compile(r"bytes=(\d+)-(\d*)\Z")


class Downloads:
    """Serves ``GET /files/{file_id}/model.glb?expires=&signature=``."""

    def __init__(self, service: Service) -> None:
        """Serve the outputs of ``service``."""
        self._service = service

    def opening(self, request: Request) -> Reply | None:
        """Cut connections before the body is read, where told to."""
        fault = self._service.faults.take("download", self._job_id(request), before_body=True)
        return apply(fault, self._scene(), request, None) if fault else None

    def answer(self, request: Request) -> Reply:
        """Answer one request; the key is refused before anything else is looked at."""
        record = self._service.record
        misplaced = record.misplaced("download", request, record.key_places(request))
        if misplaced:
            return Reply(400, misplaced.encode(), "text/plain")
        if HOP in request.query:
            fault: Fault | None = Fault("download", "redirect_endless")
        else:
            fault = self._service.faults.take("download", self._job_id(request))
        if fault and not takes_effect(fault):
            return apply(fault, self._scene(), request, None)
        reply = self._file(request)
        return apply(fault, self._scene(), request, reply) if fault else reply

    def seen(self, request: Request, reply: Reply) -> None:
        """Record the request."""
        self._service.record.note("download", "download", request, reply)

    def _file(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD"):
            return Reply(405, b"", "")
        file_id = self._service.links.opened(request, self._service.clock.now())
        if not file_id:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        job = self._service.jobs.by_file(file_id)
        if job is None:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        data = self._service.jobs.data(job)
        return self._ranged(request, data)

    def _ranged(self, request: Request, data: bytes) -> Reply:
        settings = self._service.settings
        headers = {"Accept-Ranges": "bytes" if settings.ranges else "none"}
        etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        if settings.etag:
            headers["ETag"] = etag
        asked = _RANGE.match(request.headers.get("range", ""))
        same = request.headers.get("if-range", etag) == etag
        if not (settings.ranges and asked and same):
            return Reply(200, data, MEDIA_TYPE, headers)
        first, last = int(asked[1]), int(asked[2] or len(data) - 1)
        last = min(last, len(data) - 1)
        if first > last:
            return Reply(416, b"", "", {**headers, "Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return Reply(206, data[first : last + 1], MEDIA_TYPE, headers)

    def _job_id(self, request: Request) -> str:
        parts = request.path.split("/")
        job = self._service.jobs.by_file(parts[2]) if len(parts) == 4 else None
        return job.id if job else ""

    def _scene(self) -> Scene:
        links = self._service.links
        other = links.origin.replace("127.0.0.1", "localhost")
        return Scene(links.origin, other, "text")

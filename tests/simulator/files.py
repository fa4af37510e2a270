# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/files: a picture stored ahead of its job, and a fresh address for an output."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from .clock import iso
from .envelopes import Refusal
from .preprocessing import UnreadablePicture
from .service import Service
from .shapes import UPLOAD_SHAPES
from .wire import Reply, Request, json_reply

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?')
_NAME = re.compile(rb'\bname="([^"]*)"')
_FILE_NAME = re.compile(rb'filename="([^"]*)"')


def upload(service: Service, request: Request) -> Reply:
    """Store the picture of a multipart body, in whatever field it comes as a file."""
    settings = service.settings
    if not settings.offers_upload:
        raise Refusal(404, "not_found", "Not found.")
    name, data = _file(settings.validation_status, request)
    try:
        digest = service.workshop.keep(data)
    except UnreadablePicture as error:
        raise Refusal(settings.validation_status, "invalid_image", f"file: not a picture ({error})") from None
    return json_reply(UPLOAD_SHAPES[settings.upload_shape](service.store(digest), name))


def sign(service: Service, request: Request) -> Reply:
    """Sign an output anew; takes its file id, or an address or path that holds it."""
    if not service.settings.offers_sign:
        raise Refusal(404, "not_found", "Not found.")
    given = request.query.get("file_id", "")
    parts = urlsplit(unquote(given)).path.split("/")
    file_id = next((part for part in parts if part.startswith("file_")), given)
    job = service.jobs.by_file(file_id)
    if job is None:
        raise Refusal(404, "file_not_found", "No such file, or its retention has ended.")
    expires = service.clock.now() + service.settings.url_seconds
    return json_reply({"file_id": file_id, "url": service.jobs.url(job, fresh=True), "expires_at": iso(expires)})


def _file(status: int, request: Request) -> tuple[str, bytes]:
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not found or not request.headers["content-type"].startswith("multipart/form-data"):
        raise Refusal(status, "invalid_request", "the body is not multipart/form-data")
    for part in request.body.split(b"--" + found.group(1).encode())[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = _FILE_NAME.search(head)
        if named and _NAME.search(head):
            return named.group(1).decode("utf-8", "replace"), data.removesuffix(b"\r\n")
    raise Refusal(status, "invalid_request", "file: field required")

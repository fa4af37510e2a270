# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/files: a picture stored ahead of its job, and a fresh address for an output."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from .clock import iso
from .envelopes import Refusal
from .preprocessing import UnreadablePicture
from .service import Service, Upload
from .shapes import UPLOAD_SHAPES
from .wire import Reply, Request, json_reply

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?')
_NAME = re.compile(rb'\bname="([^"]*)"')
_KIND = re.compile(rb"\r\ncontent-type: *([^\r\n]+)", re.IGNORECASE)
_FILE_NAME = re.compile(rb'filename="([^"]*)"')


def upload(service: Service, request: Request) -> Reply:
    """Store the picture of a multipart form's one part, which is a file called ``file``."""
    settings = service.settings
    if not settings.offers_upload:
        raise Refusal(settings.upload_refusal, "not_found", "Not found.")
    head, data = _file(settings.validation_status, request)
    if len(data) > settings.upload_limit_bytes:
        raise Refusal(413, "payload_too_large", f"The file is larger than {settings.upload_limit_bytes} bytes.")
    try:
        digest = service.workshop.keep(data)
    except UnreadablePicture as error:
        raise Refusal(settings.validation_status, "invalid_image", f"file: not a picture ({error})") from None
    said = [pattern.search(head) for pattern in (_FILE_NAME, _KIND)]
    name, kind = (found[1].decode("utf-8", "replace") if found else "" for found in said)
    place = service.store(Upload(digest, len(data), name, kind))
    return json_reply(UPLOAD_SHAPES[settings.upload_shape](place, name))


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


def _file(status: int, request: Request) -> tuple[bytes, bytes]:
    """Give the head of the form's file, and its bytes."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not found or not request.headers["content-type"].startswith("multipart/form-data"):
        raise Refusal(status, "invalid_request", "the body is not multipart/form-data")
    delimiter = b"--" + found.group(1).encode()
    first, *parts = (b"\r\n" + request.body).split(b"\r\n" + delimiter)
    if first or not parts or parts.pop().strip() != b"--":
        raise Refusal(status, "invalid_request", "the multipart body is not whole")
    for part in parts:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = _NAME.search(head)
        if named and named.group(1) == b"file" and _FILE_NAME.search(head):
            return head, data
    raise Refusal(status, "invalid_request", "file: field required")

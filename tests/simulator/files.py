# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/files: a picture stored ahead of its job, and a fresh address for an output."""

from __future__ import annotations

import re

from .clock import iso
from .envelopes import Refusal
from .preprocessing import UnreadablePicture
from .service import Service, Upload
from .shapes import SIGN_SHAPES, UPLOAD_SHAPES
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
    """Sign an output anew, by its file id and nothing else."""
    settings = service.settings
    if not settings.offers_sign:
        raise Refusal(settings.sign_refusal, "not_found", "Not found.")
    file_id = request.query.get("file_id", "")
    if not file_id:
        raise Refusal(settings.validation_status, "invalid_request", "file_id: field required")
    job = service.jobs.by_file(file_id)
    if job is None:
        raise Refusal(404, "file_not_found", "No such file, or its retention has ended.")
    expires = iso(service.clock.now() + settings.url_seconds)
    shape = SIGN_SHAPES[settings.sign_shape]
    return json_reply({**shape(service.jobs.url(job, fresh=True)), "file_id": file_id, "expires_at": expires})


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

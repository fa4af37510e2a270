# SPDX-License-Identifier: GPL-3.0-or-later
"""How the service says no: one refusal in any of the shapes in which errors occur; knows bytes only."""

from __future__ import annotations

import json
from typing import Any, Final

from .wire import Reply

TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    503: "service_unavailable_error",
}


class Refusal(Exception):
    """The service refuses a request: HTTP ``status``, its own ``code``, and a message."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        """``headers`` go with the answer."""
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def refused(style: str, refusal: Refusal) -> Reply:
    """Write ``refusal`` in a ``style``: openai, anthropic, string, text, html or empty."""
    kind = TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "api_error")
    if style == "html":
        page = (
            f"<!DOCTYPE html><html><head><title>{refusal.status}</title></head><body><h1>{refusal.status}</h1></body>"
        )
        return Reply(refusal.status, page.encode(), "text/html; charset=utf-8", dict(refusal.headers))
    if style == "empty":
        return Reply(refusal.status, b"", "", dict(refusal.headers))
    if style == "text":
        return Reply(refusal.status, refusal.message.encode(), "text/plain; charset=utf-8", dict(refusal.headers))
    body: Any = {"error": {"message": refusal.message, "type": kind, "code": refusal.code}}
    if style == "anthropic":
        body = {"type": "error", "error": {"type": kind, "message": refusal.message}}
    elif style == "string":
        body = {"error": refusal.message}
    return Reply(refusal.status, json.dumps(body).encode(), headers=dict(refusal.headers))


def failure(shape: str, code: str, message: str) -> Any:
    """Give the ``error`` of a failed job: ``object``, ``string``, ``nested``, ``detail``, ``list`` or ``null``."""
    shapes: dict[str, Any] = {
        "object": {"message": message, "type": "upstream_error", "code": code},
        "string": message,
        "nested": {"error": {"message": message, "code": code}},
        "detail": {"detail": message},
        "list": [{"msg": message}],
        "null": None,
    }
    return shapes[shape]

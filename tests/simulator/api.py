# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's origin: finds the route, lets the account in, and misbehaves where it was told to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from . import catalog, files, generations, tasks, usage
from .envelopes import Refusal, refused
from .faults import Fault, apply, takes_effect
from .misbehaviour import HOP, Scene
from .service import Service
from .wire import Reply, Request

Handler = Callable[..., Reply]

TABLE: Final[tuple[tuple[str, str, str, Handler], ...]] = (
    ("submit", "POST", r"/v1/3d/generations", generations.submit),
    ("list", "GET", r"/v1/jobs", tasks.listed),
    ("poll", "GET", r"/v1/jobs/([^/]+)", tasks.poll),
    ("delete", "DELETE", r"/v1/jobs/([^/]+)", tasks.delete),
    ("cancel", "POST", r"/v1/jobs/([^/]+)/cancel", tasks.cancel),
    ("models", "GET", r"/v1/models", catalog.models),
    ("model", "GET", r"/v1/models/([^/]+)", catalog.model),
    ("usage", "GET", r"/v1/account/usage", usage.usage),
    ("upload", "POST", r"/v1/files/upload", files.upload),
    ("sign", "GET", r"/v1/files/sign", files.sign),
)


class Api:
    """Serves the documented paths."""

    def __init__(self, service: Service) -> None:
        """Serve ``service``."""
        self._service = service

    def opening(self, request: Request) -> Reply | None:
        """Refuse a body that is too large, and cut connections before the body is read."""
        route, argument, _handler = self._route(request)
        fault = self._service.faults.take(route, argument, before_body=True) if route else None
        if fault:
            return apply(fault, self._scene(), request, None)
        length = request.headers.get("content-length", "0")
        limit = self._service.settings.body_limit_bytes
        if length.isdigit() and int(length) > limit:
            refusal = Refusal(413, "payload_too_large", f"The body is larger than {limit} bytes.")
            return refused(self._service.settings.envelope, refusal)
        return None

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        service = self._service
        route, argument, handler = self._route(request)
        fault: Fault | None = None
        try:
            service.account.admit(request)
            if HOP in request.query:
                fault = Fault(route, "redirect_endless")
            elif route:
                fault = service.faults.take(route, argument)
            if fault and not takes_effect(fault):
                return apply(fault, self._scene(), request, None)
            if handler is None:
                raise self._unknown(request)
            reply = handler(service, request, *([argument] if argument else []))
        except Refusal as refusal:
            reply = refused(service.settings.envelope, refusal)
        return apply(fault, self._scene(), request, reply) if fault else reply

    def seen(self, request: Request, reply: Reply) -> None:
        """Record the request."""
        self._service.record.note("api", self._route(request)[0], request, reply)

    def _route(self, request: Request) -> tuple[str, str, Handler | None]:
        for name, method, pattern, handler in TABLE:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return name, (match.groups() or ("",))[0], handler
        return "", "", None

    def _unknown(self, request: Request) -> Refusal:
        if any(re.fullmatch(pattern, request.path) for _name, _method, pattern, _handler in TABLE):
            return Refusal(405, "method_not_allowed", f"{request.method} is not allowed here.")
        return Refusal(404, "not_found", f"There is nothing at {request.path[:80]}.")

    def _scene(self) -> Scene:
        service = self._service
        return Scene(service.api_origin, service.links.origin, service.settings.envelope)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to answer wrongly: one table, name -> what it does to a reply; knows bytes on the wire only."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from .envelopes import Refusal, refused
from .wire import CUT, Reply, Request

HOP = "standin_hop"
"""Marks an address that an endless redirect has made."""


@dataclass(frozen=True)
class Scene:
    """What a misbehaviour needs to know of its surroundings: its own origin, the other one, the errors' shape."""

    origin: str
    elsewhere: str
    envelope: str


Options = Mapping[str, Any]
Make = Callable[[Scene, Request, Reply, Options], Reply]


@dataclass(frozen=True)
class Misbehaviour:
    """``effect``: whether the request is carried out first. ``options``: the names of what can be said beside it."""

    make: Make
    effect: bool
    options: tuple[str, ...] = ()


_CODES: Final = {
    400: "invalid_request", 401: "invalid_api_key", 402: "insufficient_credits", 403: "forbidden",
    404: "not_found", 409: "conflict", 413: "payload_too_large", 418: "teapot", 422: "invalid_request",
    429: "rate_limit_exceeded", 500: "upstream_error", 502: "upstream_error", 503: "model_unavailable",
    504: "upstream_error",
}  # fmt: skip


def _status(status: int) -> Make:
    def make(scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
        code = str(options.get("code", _CODES[status]))
        message = str(options.get("message", f"The stand-in was told to answer {status}."))
        headers = {}
        if "retry_after" in options:
            headers["Retry-After"] = str(options["retry_after"])
        return refused(str(options.get("envelope", scene.envelope)), Refusal(status, code, message, headers))

    return make


def _limited(scene: Scene, request: Request, reply: Reply, options: Options) -> Reply:
    return _status(429)(scene, request, reply, {"retry_after": 1, **options})


def _with(**changes: Any) -> Make:
    def make(_scene: Scene, _request: Request, reply: Reply, _options: Options) -> Reply:
        reply.delivery = dataclasses.replace(reply.delivery, **changes)
        return reply

    return make


def _late(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    reply.delivery = dataclasses.replace(reply.delivery, delay_seconds=float(options.get("seconds", 2.0)))
    return reply


def _cut(_scene: Scene, _request: Request, _reply: Reply, _options: Options) -> Reply:
    return Reply(0, delivery=CUT)


def _partly(end: str) -> Make:
    def make(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
        share = float(options.get("share", 0.5))
        reply.delivery = dataclasses.replace(reply.delivery, length=len(reply.body), send=share, end=end)
        return reply

    return make


def _wrong_length(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    short = max(0, len(reply.body) - int(options.get("missing", max(1, len(reply.body) // 3))))
    reply.delivery = dataclasses.replace(reply.delivery, length=short, end="close")
    return reply


def _drip(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    speed = float(options.get("bytes_per_second", 2000.0))
    at_once = float(options.get("share", 0.0))
    reply.delivery = dataclasses.replace(reply.delivery, bytes_per_second=speed, at_once=at_once)
    return reply


def _html(_scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
    return Reply(int(options.get("status", 200)), page, "text/html; charset=utf-8")


def _empty(_scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
    return Reply(int(options.get("status", 200)), b"")


def _garbage(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    noise = random.Random(5).randbytes(int(options.get("bytes", 4096)))
    return Reply(int(options.get("status", 200)), noise, reply.content_type)


def _garbage_file(_scene: Scene, _request: Request, reply: Reply, _options: Options) -> Reply:
    return dataclasses.replace(reply, body=b"glTF" + random.Random(6).randbytes(max(0, len(reply.body) - 4)))


def _wrong_magic(_scene: Scene, _request: Request, reply: Reply, _options: Options) -> Reply:
    return dataclasses.replace(reply, body=b"PK\x03\x04" + reply.body[4:])


def _corrupt(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    body = bytearray(reply.body)
    place = int(options.get("at", len(body) // 2))
    body[place : place + 16] = bytes(255 - value for value in body[place : place + 16])
    return dataclasses.replace(reply, body=bytes(body))


def _huge(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    filler = b'"filler": "' + b"x" * (int(options.get("megabytes", 64)) * 1024 * 1024) + b'"'
    good = reply.body.strip()
    return Reply(reply.status, b"{" + filler + (b", " + good[1:] if good.startswith(b"{") and good != b"{}" else b"}"))


def _missing_field(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    value = json.loads(reply.body)
    name = options.get("field") or ("job_id" if "poll_url" in value else "status" if "status" in value else None)
    value.pop(name if name in value else next(iter(value), ""), None)
    return dataclasses.replace(reply, body=json.dumps(value).encode())


def _wrong_type(_scene: Scene, _request: Request, reply: Reply, options: Options) -> Reply:
    value = json.loads(reply.body)
    value[str(options.get("field", "status"))] = options.get("value", {"unexpected": True})
    return dataclasses.replace(reply, body=json.dumps(value).encode())


def _not_object(_scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
    return Reply(200, json.dumps(options.get("value", ["unexpected"])).encode())


def _error_in_ok(_scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
    said = {"message": str(options.get("message", "upstream said no")), "code": "upstream_error"}
    return Reply(200, json.dumps({"error": said}).encode())


def _expired(_scene: Scene, _request: Request, _reply: Reply, options: Options) -> Reply:
    text = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    return Reply(int(options.get("status", 403)), text, "application/xml")


def _redirect(to: str) -> Make:
    def make(scene: Scene, request: Request, _reply: Reply, options: Options) -> Reply:
        origin = {"same": scene.origin, "endless": scene.origin, "elsewhere": scene.elsewhere}[to]
        query = {**request.query, **({HOP: str(int(request.query.get(HOP, "0")) + 1)} if to == "endless" else {})}
        target = str(options.get("to") or f"{origin}{request.path}" + (f"?{urlencode(query)}" if query else ""))
        reply = Reply(int(options.get("status", 302)), b"", "", {"Location": target})
        reply.fault = f"redirect_{to}"
        return reply

    return make


_SAYING = ("code", "message", "envelope", "retry_after")

MISBEHAVIOURS: Final[Mapping[str, Misbehaviour]] = MappingProxyType(
    {
        **{
            str(status): Misbehaviour(_status(status), effect=False, options=_SAYING)
            for status in _CODES
            if status != 429
        },
        "429": Misbehaviour(_limited, effect=False, options=_SAYING),
        "429_bare": Misbehaviour(_status(429), effect=False, options=_SAYING),
        "late": Misbehaviour(_late, effect=True, options=("seconds",)),
        "cut_before": Misbehaviour(_cut, effect=False),
        "cut_unread": Misbehaviour(_cut, effect=False),
        "cut_after": Misbehaviour(_cut, effect=True),
        "cut_middle": Misbehaviour(_partly("reset"), effect=True, options=("share",)),
        "truncated": Misbehaviour(_partly("close"), effect=True, options=("share",)),
        "wrong_length": Misbehaviour(_wrong_length, effect=True, options=("missing",)),
        "chunked": Misbehaviour(_with(chunked=True), effect=True),
        "chunked_cut": Misbehaviour(_with(chunked=True, send=0.5, end="reset"), effect=True),
        "no_length": Misbehaviour(_with(length=-1, end="close"), effect=True),
        "no_length_cut": Misbehaviour(_with(length=-1, send=0.5, end="close"), effect=True),
        "drip": Misbehaviour(_drip, effect=True, options=("bytes_per_second", "share")),
        "html": Misbehaviour(_html, effect=True, options=("status",)),
        "empty": Misbehaviour(_empty, effect=True, options=("status",)),
        "garbage": Misbehaviour(_garbage, effect=True, options=("status", "bytes")),
        "garbage_file": Misbehaviour(_garbage_file, effect=True),
        "wrong_magic": Misbehaviour(_wrong_magic, effect=True),
        "corrupt": Misbehaviour(_corrupt, effect=True, options=("at",)),
        "huge_json": Misbehaviour(_huge, effect=True, options=("megabytes",)),
        "missing_field": Misbehaviour(_missing_field, effect=True, options=("field",)),
        "wrong_type": Misbehaviour(_wrong_type, effect=True, options=("field", "value")),
        "not_object": Misbehaviour(_not_object, effect=True, options=("value",)),
        "error_in_ok": Misbehaviour(_error_in_ok, effect=False, options=("message",)),
        "expired": Misbehaviour(_expired, effect=False, options=("status",)),
        "redirect_same": Misbehaviour(_redirect("same"), effect=False, options=("status", "to")),
        "redirect_elsewhere": Misbehaviour(_redirect("elsewhere"), effect=False, options=("status", "to")),
        "redirect_endless": Misbehaviour(_redirect("endless"), effect=False, options=("status", "to")),
    }
)

BEFORE_BODY: Final = ("cut_unread",)
"""These need no body: the connection is cut with the request's body still unread."""

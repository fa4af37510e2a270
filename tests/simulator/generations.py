# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /v1/3d/generations: checks, bills and starts a job, or refuses what the service would refuse."""

from __future__ import annotations

import base64
import binascii
import io
import json
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageDraw

from trellis_blender.core.catalogue import MODEL_ID
from trellis_blender.core.errors import InvalidRequest
from trellis_blender.core.request import validate_body

from .catalog import offer, prices
from .clock import iso
from .envelopes import Refusal, failure
from .glb import Recipe
from .jobs import Job
from .preprocessing import UnreadablePicture
from .service import Service
from .shapes import MEDIA_TYPE
from .wire import Reply, Request, json_reply

ENDPOINT = "/v1/3d/generations"
FETCH_TIMEOUT_SECONDS = 5.0


def submit(service: Service, request: Request) -> Reply:
    """Accept a job. From the moment :meth:`Account.charge` returns it is billed, whatever becomes of the answer."""
    body = _body(service, request)
    values = _checked(service, body)
    price = prices(service)[str(values["resolution"])]
    digest, size, source, problem = _picture(service, values)
    effective = {name: value for name, value in values.items() if name not in ("image", "image_url")}
    job = Job(
        MODEL_ID, price, {name: value for name, value in body.items() if name not in ("image", "image_url")},
        effective, digest, size, source, recipe(service, effective), service.clock.now(), service.settings.job_seconds,
    )  # fmt: skip
    if problem:
        job.failing = [failure("object", "image_fetch_failed", problem)]
    _misbehave(service, job)
    service.account.charge(price)
    service.jobs.open(job)
    return _answer(service, job)


def recipe(service: Service, effective: dict[str, Any]) -> Recipe:
    """Give what decides the object: the job's settings, and the switches for the known flaws."""
    settings = service.settings
    texture = int(effective["texture_size"])
    return Recipe(
        faces=max(64, round(int(effective["decimation_target"]) * settings.face_factor)),
        texture_pixels=min(texture, settings.texture_limit) if settings.texture_limit else texture,
        seed=int(effective["seed"]),
        preprocess=bool(effective["preprocess_image"]),
        alpha_mode=settings.alpha_mode,
        image_format=settings.image_format,
        geometry_only=settings.geometry_only,
    )


def _body(service: Service, request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Refusal(400, "invalid_json", "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(service.settings.validation_status, "invalid_request", "The request body must be an object.")
    return body


def _checked(service: Service, body: dict[str, Any]) -> dict[str, Any]:
    model = body.get("model")
    if model is None:
        raise Refusal(service.settings.validation_status, "invalid_request", "model: field required")
    if model != MODEL_ID:
        raise Refusal(404, "model_not_found", f"The model {str(model)[:80]!r} does not exist.")
    try:
        return dict(validate_body(body, offer(service)))
    except InvalidRequest as error:
        raise Refusal(service.settings.validation_status, "invalid_request", str(error)) from None


def _picture(service: Service, values: dict[str, Any]) -> tuple[str, int, str, str]:
    """Give SHA-256, size in bytes and source of the picture, and why it could not be fetched, if so."""
    place = str(values.get("image") or values.get("image_url"))
    status = service.settings.validation_status
    if place.startswith("data:"):
        try:
            data = base64.b64decode(place.partition(",")[2], validate=True)
        except (binascii.Error, ValueError):
            raise Refusal(status, "invalid_image", "image: the data URI is not valid base64") from None
        return _kept(service, data), len(data), "data", ""
    if place in service.storage or not place.startswith(("http://", "https://")):
        digest = service.stored(place)
        data = service.workshop.picture(digest) or b""
        if not data:
            raise Refusal(status, "invalid_image", "image: no stored file has that path")
        return digest, len(data), "stored", ""
    if urlsplit(place).hostname not in ("127.0.0.1", "localhost", "::1"):
        data = _made_up(place)
        return service.workshop.keep(data), len(data), "made up", ""
    try:
        # Loopback only, as the stand-in must not depend on the network.
        with urllib.request.urlopen(place, timeout=FETCH_TIMEOUT_SECONDS) as stream:
            data = stream.read(service.settings.body_limit_bytes)
        return service.workshop.keep(data), len(data), "url", ""
    except (OSError, ValueError, UnreadablePicture) as error:
        return "", 0, "url", f"the image could not be fetched: {error}"


def _kept(service: Service, data: bytes) -> str:
    try:
        return service.workshop.keep(data)
    except UnreadablePicture as error:
        message = f"image: the bytes are not a picture ({error})"
        raise Refusal(service.settings.validation_status, "invalid_image", message) from None


def _made_up(url: str) -> bytes:
    """Draw something in place of a picture from the network, which the stand-in never touches."""
    picture = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    shade = tuple(60 + byte % 160 for byte in url.encode()[-3:].rjust(3, b"x"))
    ImageDraw.Draw(picture).rounded_rectangle((40, 20, 216, 236), 60, fill=(*shade, 255))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _misbehave(service: Service, job: Job) -> None:
    fault = service.faults.take("run", job.id)
    if fault is None:
        return
    if fault.kind == "never_finish":
        job.never_finishes = True
    elif fault.kind == "slow":
        job.seconds = float(fault.options.get("seconds", 60.0))
    else:
        said = str(fault.options.get("message", "The stand-in was told to fail."))
        code = str(fault.options.get("code", "upstream_error"))
        job.failing = [failure(str(fault.options.get("shape", "object")), code, said)]


def _answer(service: Service, job: Job) -> Reply:
    settings = service.settings
    if settings.answer != "job":
        service.stopping.wait(job.seconds)
        job.seconds = 0.0
        problem = job.order.exception() if job.order else "the generation failed"
        if problem:
            raise Refusal(500, "upstream_error", str(problem))
        data = service.jobs.data(job)
        service.jobs.get(job.id)
        if settings.answer == "glb":
            return Reply(200, data, MEDIA_TYPE)
        return json_reply({"status": service.jobs.word(job), **service.jobs.outcome(job)})
    path = f"/v1/jobs/{job.id}"
    answer = {"job_id": job.id, "status": service.jobs.word(job), "created_at": iso(job.created)}
    if settings.poll_url != "absent":
        origin = {"relative": "", "absolute": service.api_origin, "elsewhere": service.links.origin}[settings.poll_url]
        answer["poll_url"] = origin + path
    return json_reply(answer)

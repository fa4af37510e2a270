# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/jobs: poll, list and cancel."""

from __future__ import annotations

from .envelopes import Refusal
from .jobs import Job
from .service import Service
from .wire import Reply, Request, json_reply

LARGEST_LIMIT = 100
RUNNING = ("queued", "processing")


def poll(service: Service, _request: Request, job_id: str) -> Reply:
    """Give one job's state, as long as it is kept."""
    job = _known(service, job_id)
    job.polls += 1
    return json_reply(service.jobs.describe(job))


def listed(service: Service, request: Request) -> Reply:
    """List recent jobs, newest first; ``processing`` holds what is queued too."""
    if not service.settings.offers_list:
        raise Refusal(404, "not_found", "Not found.")
    limit = _limit(service, request)
    wanted = request.query.get("status", "")
    if wanted not in ("", "processing", "completed", "failed", "queued", "cancelled"):
        raise Refusal(service.settings.validation_status, "invalid_request", f"status: {wanted!r} is not a status")
    now = service.clock.now()
    found = [
        service.jobs.describe(job)
        for job in reversed(service.jobs.all())
        if service.jobs.kept(job)
        and now >= job.created + service.settings.list_delay_seconds
        and (not wanted or job.state == wanted or (wanted == "processing" and job.state in RUNNING))
    ][:limit]
    shape = service.settings.list_shape
    return json_reply(found if shape == "array" else {"object": "list", shape: found, "has_more": False})


def cancel(service: Service, _request: Request, job_id: str) -> Reply:
    """Cancel by POST; a job that has ended comes back unchanged."""
    if not service.settings.offers_cancel:
        raise _not_offered(service)
    return _cancelled(service, _known(service, job_id))


def delete(service: Service, _request: Request, job_id: str) -> Reply:
    """Cancel by DELETE."""
    if not service.settings.offers_delete:
        raise _not_offered(service)
    return _cancelled(service, _known(service, job_id))


def _cancelled(service: Service, job: Job) -> Reply:
    service.jobs.cancel(job)
    return json_reply(service.jobs.describe(job))


def _known(service: Service, job_id: str) -> Job:
    job = service.jobs.get(job_id)
    if job is None or not service.jobs.kept(job):
        raise Refusal(404, "job_not_found", f"No job {job_id} is known.")
    return job


def _not_offered(service: Service) -> Refusal:
    status = service.settings.cancel_refusal
    return Refusal(status, "not_found" if status == 404 else "method_not_allowed", "This is not offered here.")


def _limit(service: Service, request: Request) -> int:
    text = request.query.get("limit", "20")
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_LIMIT:
        raise Refusal(service.settings.validation_status, "invalid_request", f"limit: {text!r} is not in 1 – 100")
    return int(text)

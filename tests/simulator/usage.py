# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/account/usage: the balance, and what was billed. Events outlive the jobs they are of."""

from __future__ import annotations

from typing import Any

from .clock import iso, moment
from .envelopes import Refusal
from .generations import ENDPOINT
from .jobs import Job
from .service import Service
from .wire import Reply, Request, json_reply

LARGEST_LIMIT = 200
HALF_MILLISECOND = 0.0005
"""Dates are written to the millisecond, so an event's own date must find it."""


def usage(service: Service, request: Request) -> Reply:
    """Give the balance and the newest events that pass the filters."""
    settings, query = service.settings, request.query
    if not settings.offers_usage:
        raise Refusal(404, "not_found", "Not found.")
    try:
        limit = int(query.get("limit", "20"))
        first = moment(query["from"]) if "from" in query else float("-inf")
        last = moment(query["to"]) if "to" in query else float("inf")
        before = _before(service, query["before"]) if "before" in query else float("inf")
    except ValueError as error:
        raise Refusal(settings.validation_status, "invalid_request", f"usage: {error}") from None
    if not 1 <= limit <= LARGEST_LIMIT:
        raise Refusal(settings.validation_status, "invalid_request", f"limit: {limit} is not in 1 – {LARGEST_LIMIT}")
    visible = service.clock.now() - settings.usage_delay_seconds
    found = [
        job
        for job in reversed(service.jobs.all())
        if first - HALF_MILLISECOND <= job.created < last + 2 * HALF_MILLISECOND
        and job.created < before
        and job.created <= visible
        and query.get("model", job.model) == job.model
        and query.get("source", "api") == "api"
        and query.get("status", _status(job)) == _status(job)
    ]
    events = [_event(service, job) for job in found[:limit]]
    more = events[-1]["id"] if len(found) > limit else None
    balance = float(service.account.balance)
    if settings.usage_shape == "nested":
        return json_reply({"credits": {"balance": balance, "currency": "USD"}, "data": events, "next_before": more})
    return json_reply({"balance": balance, "currency": "USD", "events": events, "next_before": more})


def _event(service: Service, job: Job) -> dict[str, Any]:
    settings = service.settings
    event: dict[str, Any] = {
        "id": f"evt_{job.id[4:]}",
        "created_at": iso(job.created),
        "model": job.model,
        "endpoint": ENDPOINT,
        "source": "api",
        "cost": {"amount": round(float(job.price) * settings.usage_cost_factor, 6), "currency": "USD"},
        "status": _status(job),
        "error": job.error,
        "output_urls": [],
    }
    if job.state == "completed" and settings.usage_output_urls:
        event["output_urls"] = [service.jobs.url(job)]
    if settings.usage_job_id:
        event["job_id"] = job.id
    if settings.usage_file_id:
        event["file_id"] = job.file_id
    return event


def _status(job: Job) -> str:
    return "processing" if job.state == "queued" else job.state


def _before(service: Service, cursor: str) -> float:
    """Read a cursor: an event's id, or a date."""
    if cursor.startswith("evt_"):
        job = service.jobs.get(f"job_{cursor[4:]}")
        if job is None:
            raise ValueError("before: no such event")
        return job.created
    return moment(cursor)

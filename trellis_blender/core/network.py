# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the network may be used and which servers are silent; what is done when they are back. No threads, no bpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from .client import Client
from .endpoint import account_of
from .jobs import Job, State
from .lifecycle import costs_request, is_urgent, step
from .route import Route
from .workplace import Pause, Workplace

Wake = Callable[[Callable[[Job], bool]], Iterable[str]]
OFFLINE_SECONDS: Final = 2.0
"""How often a job looks whether the network may be used again."""


class Network:
    """Has the jobs go on at once that waited only because nobody could be reached.

    A server is *silent* when it answered before and does not now. What was not sent to such a
    server waits, where a first attempt at one that is not there would be refused.
    """

    def __init__(self, place: Workplace, *, clients: Mapping[str, Client], jobs: Mapping[str, Job], wake: Wake) -> None:
        """``wake`` has the next steps of the jobs done now that it is given a test for, and gives their ids."""
        self._place, self._clients, self._jobs, self._wake = place, clients, jobs, wake
        self._anew: set[str] = set()
        self.online = True

    def switch(self, *, on: bool) -> bool:
        """Note whether the network may be used; whether it may again, after it could not."""
        back, self.online = on and not self.online, on
        return back

    def reroute(self, route: Route) -> bool:
        """Reach every server another way from now on; whether it is another for any."""
        others = [(base_url, client) for base_url, client in list(self._clients.items()) if client.route != route]
        for base_url, client in others:
            client.reroute(route)
            self._place.fell_silent(base_url, client)  # at once: an order given in the next moment is to wait, too
        return bool(others)

    def came_back(self) -> None:
        """Go on with all that waits: the connections of before are as good as dead, and the back-off is over."""
        self._place.laps.miss()
        for base_url, client in list(self._clients.items()):
            client.renew()
            self._place.fell_silent(base_url, client)
        self._place.limiter.release()
        self._anew.update(self._wake(lambda _job: True))

    def step(self, job: Job) -> Pause:
        """Do a job's next step, if the network may be used for it and the other Blenders give it leave."""
        place, costs = self._place, costs_request(job, self._place)
        if not self.online and (costs or job.state is not State.PREPARED):  # a picture is prepared all the same
            place.laps.miss(job.id)
            if costs:
                place.limiter.give_back(account_of(job.server))
            return OFFLINE_SECONDS
        if costs and not place.may_request(job, urgent=is_urgent(job, place)):
            return 0.0
        if job.id in self._anew:
            self._anew.discard(job.id)
            job = replace(job, failures=0)
        place.laps.begin(job, place.clock.time())
        with self._watched(job, asks=costs):
            pause = step(job, place)
        place.laps.looked(self._jobs.get(job.id, job), place.clock.time(), pause)
        return pause

    @contextmanager
    def _watched(self, job: Job, *, asks: bool) -> Iterator[None]:
        """Notice during a step that asks the server something whether it falls silent, or speaks again."""
        client, server, silent = self._clients.get(job.server), account_of(job.server), self._place.silent
        before = client.answers if client is not None else 0
        yield
        if client is None or not asks:
            return
        if client.answers > before:
            if server in silent:
                silent.discard(server)
                self._anew.update(self._wake(lambda other: _waits_for(other, server) and other.id != job.id))
        elif self._jobs.get(job.id, job).failures > job.failures:
            self._place.fell_silent(job.server, client)


def _waits_for(job: Job, server: str) -> bool:
    return job.failures > 0 and account_of(job.server) == server

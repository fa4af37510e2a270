# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the API: HTTP, and nothing but HTTP -> typed answers or errors. Keeps no state, imports no bpy."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import requests

from . import api, card, dates, sightings
from .answers import read_body, read_start
from .bodies import brief, dated, encoded, read_account, soon
from .catalogue import MODEL_ID, Scalar
from .connections import Connections
from .download import GLB_MAGIC, Arrived, Landing, fetch, receive, store
from .endpoint import Endpoint
from .errors import AnswerError, DownloadError, NotFound, RequestRefused, ServiceError
from .image import Picture
from .refusals import refusal, retry_after
from .route import Route
from .secrets import Key
from .sightings import LISTED, Listing, Sighting
from .signing import SIGN_PATH, SentTo, not_away, read_signed
from .transport import Body, Timeouts, Transport
from .upload import UPLOAD_ABOVE_BYTES, UPLOAD_PATH, form, read_place

ANSWER_LIMIT_BYTES: Final = 16 * 2**20
_MODEL_TYPES: Final = ("model/", "application/octet-stream")
MOVED_SECONDS: Final = 20.0
"""So far our clock may run away from the computer's own beat before the server's is asked for anew."""
_GONE: Final = 410
NOT_OFFERED: Final = (404, 405, 501)
"""Statuses that say that the server has no such call."""
WAYS_TO_CANCEL: Final = ("POST", "DELETE")
"""The method decides the address, too."""
_ERROR_BODY_BYTES: Final = 64 * 1024
RAW_KEPT_BYTES: Final = 64 * 1024
"""How much of an unreadable answer is kept with the error."""
LAST_BILLED: Final = 20
"""How many of the account's latest events are looked at for what our jobs were billed."""
Answer = TypeVar("Answer")


class Client:
    """One server, one key. Every method blocks and belongs in a worker thread."""

    def __init__(
        self, endpoint: Endpoint, key: Key, *, timeouts: Timeouts, now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """``key`` may be empty for a server that asks for none; ``now`` gives seconds since 1970."""
        self.endpoint = endpoint
        self.key = key
        self._timeouts = timeouts
        own = [Transport(timeouts, authorize=self._authorize) for _use in range(3)]
        self._transports = [*own, Transport(timeouts)]  # downloads have no way to the key at all
        self._transport, self._brief, self._awaited, self._downloads = self._transports
        self.reroute(endpoint.route)
        self._now, self._monotonic = now, monotonic
        self._ways_to_cancel: tuple[str, ...] = WAYS_TO_CANCEL
        self.stores_pictures = True
        """Whether an upload is worth trying; False once this server has shown that it is not."""
        self.refused_bytes = UPLOAD_ABOVE_BYTES
        """The smallest picture that this server has refused for its size when it came with its job."""
        self.clock_offset = 0.0
        """Seconds that the server's clock is ahead of ours, as its last answer told."""
        self.tells_time = False
        """Whether it ever told its clock; else what it dates cannot be compared with our times."""
        self._compared: float | None = None
        self._asked: float | None = None
        self.answers = 0
        """How often this server has answered, whatever it said."""

    @property
    def knows_clock(self) -> bool:
        """Whether :attr:`clock_offset` holds: our clock was not moved since, nor has the computer slept."""
        return self._is_near(self._compared)

    def doubt_clock(self) -> None:
        """Have the server's clock asked for before the next paid request."""
        self._compared = self._asked = None

    def submit(
        self, body: Mapping[str, Scalar], *, price_usd: Decimal, landing: Landing
    ) -> api.Submitted | api.Delivered | Arrived:
        """Start a paid job. Sent exactly once: never retried, never redirected.

        Gives the job's id, or the result at once from a server that works so: as a body for the
        locator, or as the file itself, which is then in ``landing``. Raises :class:`ServiceError`
        when the server refused, and any other error when it is unknown whether it accepted (see
        ``TransportError.sent``).
        """
        content = Body(encoded(body))
        url, headers = self.endpoint.url("/v1/3d/generations"), {"Content-Type": "application/json"}
        with self._transport.exchange("POST", url, headers=headers, body=content, once=True) as response:
            self._refuse_unless_ok(response, price_usd=price_usd)
            if response.headers.get("Content-Type", "").lower().startswith(_MODEL_TYPES):
                return receive(response, landing, self._transport.timeouts)
            raw = read_body(
                response, self._transport.timeouts, limit_bytes=ANSWER_LIMIT_BYTES + landing.limit_bytes * 4 // 3
            )
        if raw.startswith(GLB_MAGIC):  # whatever the server calls it
            return store(iter([raw]), landing)
        answer = self._read(api.read_submitted, raw, kept_bytes=len(raw))  # it may be all there is of a paid object
        if isinstance(answer, api.Submitted) and self._holds_key(answer.job_id):
            raise AnswerError("The service's answer holds an API key in place of the job's id, so it cannot be used.",
                              raw=self.key.redact_bytes(raw))  # fmt: skip
        return answer

    def line(self) -> Connections:
        """Give what an upload goes over, for another thread to cut."""
        return self._transport.line()

    def upload(self, picture: Picture, line: Connections) -> str:
        """Store a picture ahead of its job, which is free; give what to send as ``image`` in its place.

        Raises :class:`ServiceError`, transport errors, and :class:`AnswerError` when the answer does not tell.
        """
        content_type, content = form(picture.content, picture.media_type)
        url, headers = self.endpoint.url(UPLOAD_PATH), {"Content-Type": content_type}
        with self._transport.exchange("POST", url, headers=headers, body=Body(content), line=line) as response:
            self._refuse_unless_ok(response)
            raw = read_body(response, self._transport.timeouts, limit_bytes=ANSWER_LIMIT_BYTES)
        place = self._read(lambda answer: read_place(answer, self.endpoint), raw)
        if self._holds_key(place):
            raise AnswerError("The service's answer to the upload holds an API key.")
        return place

    def job(self, job_id: str, poll_url: str = "", *, limit_bytes: int = ANSWER_LIMIT_BYTES) -> api.JobState:
        """Ask for a job's state; ``poll_url`` is honoured only on the API's own origin."""
        url = (self.endpoint.resolve(poll_url) if poll_url else None) or self._job_url(job_id)
        try:
            return self._get(url, limit_bytes=limit_bytes, read=api.read_job)
        except ServiceError as error:
            if error.status != _GONE:
                raise
            raise NotFound(str(error), status=_GONE, code=error.code, detail=error.detail) from None

    def way_to_cancel(self, refused: Sequence[str] = ()) -> str | None:
        """Give the next way to cancel a job that this server may offer, beside those that it refused."""
        return next((way for way in self._ways_to_cancel if way not in refused), None)

    def lacks_way_to_cancel(self, way: str) -> None:
        """Remember that this server does not offer one."""
        self._ways_to_cancel = tuple(other for other in self._ways_to_cancel if other != way)

    def cancel(self, job_id: str, way: str = WAYS_TO_CANCEL[0]) -> api.JobState | None:
        """Ask the server to stop a job, with one request; gives its state where the answer tells it."""
        url = self._job_url(job_id)
        with self._transport.exchange(way, url + "/cancel" if way == "POST" else url) as response:
            self._refuse_unless_ok(response)
            raw = read_body(response, self._transport.timeouts, limit_bytes=ANSWER_LIMIT_BYTES)
        try:
            return api.read_job(raw)
        except AnswerError:
            return None  # accepted without a state; the next poll tells

    def account(self, *, awaited: bool = False) -> tuple[api.Usage, list[Sighting]]:
        """Ask for the account's balance, and what was billed last; ``awaited`` by an artist, who sees no end else."""
        return self._get(self.endpoint.url(f"/v1/account/usage?limit={LAST_BILLED}"), limit_bytes=ANSWER_LIMIT_BYTES,
                         read=read_account, awaited=awaited)  # fmt: skip

    def list_jobs(self) -> Listing:
        """Ask for the account's recent jobs, newest first. Raises :class:`ServiceError` where it is not offered."""
        return self._get(self.endpoint.url(f"/v1/jobs?limit={LISTED}"), limit_bytes=ANSWER_LIMIT_BYTES,
                         read=lambda raw: self._usable(sightings.read_jobs(raw)))  # fmt: skip

    def usage_events(self, *, since: float, until: float | None = None) -> Listing:
        """Ask for what the account was billed for in a time of the server's clock, in seconds since 1970."""
        query = urlencode({"limit": LISTED, "from": dated(since), **({"to": dated(until)} if until else {})})
        return self._get(self.endpoint.url(f"/v1/account/usage?{query}"), limit_bytes=ANSWER_LIMIT_BYTES,
                         read=lambda raw: self._usable(sightings.read_events(raw)))  # fmt: skip

    def sign(self, file_id: str) -> str:
        """Ask for a fresh address of an output; raises :class:`ServiceError` where that is not offered."""
        url = self.endpoint.url(f"{SIGN_PATH}?{urlencode({'file_id': file_id})}")
        try:
            return self._get(url, limit_bytes=ANSWER_LIMIT_BYTES, read=read_signed, check=not_away)
        except SentTo as there:
            return there.url

    def model_card(self, *, awaited: bool = False) -> bytes:
        """Ask for the server's description of the model, as it comes but without the key."""
        return self._get(self.endpoint.url(f"/v1/models/{MODEL_ID}"), limit_bytes=card.LIMIT_BYTES,
                         read=self.key.redact_bytes, awaited=awaited)  # fmt: skip

    def fetch(self, url: str, landing: Landing) -> Arrived:
        """Download a finished object, without the key. Raises :class:`DownloadError` and transport errors."""
        if self._holds_key(url):
            raise DownloadError("The link to the finished object holds an API key, so it is not used. Tell the "
                                "provider.", transient=False)  # fmt: skip
        return fetch(url, landing, endpoint=self.endpoint, transport=self._downloads)

    def reroute(self, route: Route) -> None:
        """Send requests this way from now on; waits for nothing. :meth:`renew` lets go of what lies idle."""
        self.route, patient = route, self._timeouts.over(route)
        for transport in self._transports:
            transport.timeouts, transport.route = patient, route
        self._brief.timeouts, self._awaited.timeouts = brief(patient), soon(patient)

    def renew(self) -> None:
        """Let go of the connections that lie idle: they did not outlive the computer's sleep. Cuts nothing off."""
        self._ways_to_cancel = WAYS_TO_CANCEL  # it may have been a job that was unknown, and not the call
        for transport in self._transports:
            transport.renew()

    def cut(self, *, submissions: bool = True) -> None:
        """Break every connection, so that threads waiting in one return at once.

        With ``submissions`` False, a POST that may be paid for is left to finish.
        """
        for transport in self._transports:
            transport.cut(once=submissions)

    def _authorize(self, url: str) -> Mapping[str, str]:
        if self.key and self.endpoint.may_carry_key(url):
            return {"Authorization": f"Bearer {self.key.reveal()}"}
        return {}

    def _holds_key(self, text: str) -> bool:
        return self.key.redact(text) != text

    def _usable(self, seen: Listing) -> Listing:
        """Give what the server remembers without the names that hold a key: they are neither asked for nor kept."""
        seen[:] = [sightings.without(self._holds_key, item) for item in seen]
        return seen

    def _job_url(self, job_id: str) -> str:
        if not job_id.strip("."):
            raise AnswerError("The service gave a job id that cannot be used.")
        return self.endpoint.url(f"/v1/jobs/{quote(job_id, safe='')}")

    def _get(
        self, url: str, *, limit_bytes: int, read: Callable[[bytes], Answer],
        check: Callable[[str], None] = lambda _url: None, awaited: bool = False,
    ) -> Answer:  # fmt: skip
        transport = self._awaited if awaited else self._transport
        with transport.exchange("GET", url, check=check) as response:
            self._refuse_unless_ok(response)
            raw = read_body(response, transport.timeouts, limit_bytes=limit_bytes)
        return self._read(read, raw)

    def _read(self, read: Callable[[bytes], Answer], raw: bytes, *, kept_bytes: int = RAW_KEPT_BYTES) -> Answer:
        """Read a body; what an error keeps of it is kept without the key."""
        try:
            return read(raw)
        except AnswerError as error:
            kept = self.key.redact_bytes(error.raw)[:kept_bytes]
            raise AnswerError(self.key.redact(str(error)), raw=kept) from None

    @property
    def asks_for_clock(self) -> bool:
        """Whether it is worth asking for the server's clock: it is not known, and was not asked for in vain."""
        return not self.knows_clock and not self._is_near(self._asked)

    def learn_clock(self) -> None:
        """Ask something free for the time in the answer, briefly, and once. Raises transport errors."""
        try:
            with self._brief.exchange("GET", self.endpoint.url("/v1/account/usage?limit=1")) as response:
                self._refuse_unless_ok(response)
        except (ServiceError, AnswerError):
            return
        finally:  # not before: an order beside this one would go on as if the clock were known
            self._asked = self._now() - self._monotonic()

    def _is_near(self, compared: float | None) -> bool:
        """Whether our clock stands to the computer's own beat as it did then."""
        return compared is not None and abs(self._now() - self._monotonic() - compared) < MOVED_SECONDS

    def _note_clock(self, response: requests.Response) -> None:
        self.answers += 1
        try:
            told = dates.read(response.headers.get("Date", ""))
        except ValueError:
            return
        if told.tzinfo is None:  # as "-0000" is read; it is UTC all the same
            told = told.replace(tzinfo=UTC)
        self.clock_offset = told.timestamp() - self._now()
        self.tells_time = True
        self._compared = self._now() - self._monotonic()

    def _refuse_unless_ok(self, response: requests.Response, *, price_usd: Decimal | None = None) -> None:
        self._note_clock(response)
        if response.status_code in (401, 403) and not self.endpoint.may_carry_key(response.url):
            raise RequestRefused(
                "The server sends us to another address, to which the key is not sent. Check the server address in the "
                "preferences.",
                status=response.status_code,
            )
        if response.status_code // 100 != 2:
            code, raw = response.status_code, read_start(response, self._transport.timeouts, _ERROR_BODY_BYTES)
            error = refusal(code, response.headers, raw, key=self.key, price_usd=price_usd, endpoint=self.endpoint)
            error.retry_after = retry_after(response.headers)
            raise error

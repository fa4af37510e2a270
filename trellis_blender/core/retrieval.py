# SPDX-License-Identifier: GPL-3.0-or-later
"""Where else a finished job's file is to be had: signed anew, from the job's state, from the usage. No threads, no bpy.

Each way is one request. A link is taken from any of them as from the first: its address is checked
by the same rules, and it is asked without the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urljoin

from . import api, locate
from .client import ANSWER_LIMIT_BYTES
from .errors import AnswerError, DownloadError, NotFound, RateLimited, ServiceError, TrellisError
from .jobs import AT_WORK, Job, State, advance
from .matching import answered, find_outputs
from .sayings import Saying
from .sightings import Sighting, claim_of_file
from .signing import id_in
from .workplace import Pause, Search, Way, Workplace, end, keep_raw, retry, suspend

KEPT_SECONDS: Final = 3600.0
"""How long the service keeps a finished job's state [doc]."""
RETENTION_SECONDS: Final = 30 * 86400.0
"""How long the service keeps an output [doc]."""
SEVERAL: Final = "Several objects of the account could be this job's. Choose which of them it is."
_GONE_THERE: Final = (
    "The server no longer has this object. If you have a copy of its file, put it into the download folder and press "
    "Try Again."
)
_TOO_OLD: Final = Saying(
    "The service keeps a finished object for 30 days, and this one is older, so it is gone there. If you have a copy "
    "of its file, put it into the download folder and press Try Again.",
    _GONE_THERE,
    _GONE_THERE,
)
_NO_LINK: Final = (
    "The link to the finished object has expired, and the server no longer knows the job and gives no other link. "
    "Look for the object at the server itself."
)
_GONE: Final = Saying(
    "The link to the finished object has expired, and the service no longer knows the job and gives no other link. "
    "Look for the object at the provider's dashboard.",
    _NO_LINK,
    _NO_LINK,
)
_FORGOTTEN: Final = (
    "The server no longer knows this job, and lists its object nowhere. Look for it at the server itself."
)
_UNKNOWN: Final = Saying(
    "The service no longer knows this job; it keeps a finished one for an hour, and the account's usage does not list "
    "its object. Look for it at the provider's dashboard.",
    _FORGOTTEN,
    _FORGOTTEN,
)
_DENIED: Final = (
    "The server accepted this job and says that it does not know it, and lists its object nowhere. It is looked for "
    "again when Blender starts the next time. Press Try Again, which costs nothing, or look for it at the server "
    "itself."
)
_NEVER_KNOWN: Final = Saying(
    "The service accepted this job and says that it does not know it, and the account's usage does not list its "
    "object. It is looked for again when Blender starts the next time. Press Try Again, which costs nothing, or look "
    "for it at the provider's dashboard.",
    _DENIED,
    _DENIED,
)
_ASKED_AGAIN: Final = "The server is asked again."
_CAME_AND_WENT: Final = Saying(
    "The server answered with the object itself, and its file is not on this disk. Look at the provider's dashboard "
    "before you generate again.",
    "The server answered with the object itself, and its file is not on this disk. Look at the server's log or "
    "dashboard before you generate again.",
    "The server answered with the object itself, and its file is not on this disk. Look whether the server has kept "
    "it, or generate it anew.",
)
_Result = Mapping[str, object] | Sequence[Sighting] | None


class _StillRunning(Exception):
    """The server knows the job after all, and is at work on it."""


def refuse_link(job: Job, place: Workplace) -> None:
    """Note that the link in use is no longer honoured: signing it anew is the quickest way to another."""
    search = _search(job, place)
    search.refused.add(job.result_url)
    if _id_to_sign(job) and Way.SIGNING not in search.tried:
        search.ways = [Way.SIGNING, *(way for way in search.ways if way is not Way.SIGNING)]


def look(job: Job, place: Workplace) -> Pause:
    """Ask once where a finished job's file is; when there is nobody left to ask, say so."""
    search = _search(job, place)
    if not search.ways:
        if search.vouched:
            search.ways.append(Way.STATE)  # the server still has it, so its link may come good
        else:
            place.searches.pop(job.id)
            return end(job, place, State.EXPIRED, why_gone(job, place))
    way = search.ways[0]
    try:
        found = _ASK[way](job, place)
    except _StillRunning:
        place.commit(advance(job, polls=job.polls + 1, failures=0, note=AT_WORK))
        return place.pacing.poll_delay(job.polls + 1, place.running())
    except TrellisError as error:
        return retry(job, place, error)
    search.ways.remove(way)
    search.tried.add(way)
    if isinstance(found, Mapping):
        if way is Way.STATE:
            search.vouched = True
        if way is not Way.USAGE or _leads_on(found, search, place.client(job).endpoint.base_url):
            place.results[job.id] = found
            place.commit(job, found)
    elif found:
        return offer(job, place, found)
    elif way is Way.STATE:
        search.ways.append(Way.USAGE)
    return 0.0


def ask_anew(job: Job, place: Workplace, error: AnswerError) -> Pause:
    """Ask again for a finished job that came without an object: some servers fill it in a little later."""
    keep_raw(job, place, error)
    place.results.pop(job.id, None)
    search, now = _search(job, place), place.clock.monotonic()
    search.vouched = search.vouched or bool(job.job_id)
    if search.empty_since is None:
        search.empty_since = now
    if job.job_id:
        place.archive.forget_result(job)  # so that after a restart, too, the server is asked; it is kept as a file
        if now - search.empty_since < place.pacing.unknown_wait:
            search.ways = [Way.STATE]
            place.commit(advance(job, failures=job.failures + 1, note=f"{error} {_ASKED_AGAIN}"))
            return place.pacing.retry_delay(job.failures + 1)
    if Way.USAGE not in search.tried:
        search.ways = [Way.USAGE]
        return 0.0
    place.searches.pop(job.id)
    return suspend(job, place, error)


def offer(job: Job, place: Workplace, found: Sequence[Sighting]) -> Pause:
    """Have the artist say which of several objects is a job's; no other record has any of them."""
    place.searches.pop(job.id, None)
    place.offered[job.id] = {item.output_urls[0]: item for item in found}
    names = tuple(place.offered[job.id])
    place.commit(advance(job, suspended=True, candidates=names, note="", error=SEVERAL))
    return None


def why_gone(job: Job, place: Workplace) -> str:
    """Say why a finished job's object can no longer be had."""
    return _why_gone(job, place).of(job)


def _why_gone(job: Job, place: Workplace) -> Saying:
    if place.server_time(job) - answered(job, place) > RETENTION_SECONDS:
        return _TOO_OLD
    if job.result_url:
        return _GONE
    if not job.job_id:
        return _CAME_AND_WENT
    is_fresh = place.server_time(job) - answered(job, place) <= KEPT_SECONDS
    return _NEVER_KNOWN if is_fresh else _UNKNOWN


def _search(job: Job, place: Workplace) -> Search:
    """Give what is left to ask for a job's file, beginning anew when nothing was asked yet."""
    if job.id not in place.searches:
        ways = [Way.STATE if job.job_id else Way.USAGE]
        if _id_to_sign(job):
            ways.append(Way.SIGNING)
        place.searches[job.id] = Search(ways)
    return place.searches[job.id]


def _leads_on(result: Mapping[str, object], search: Search, base_url: str) -> bool:
    """Whether a result has another link than those that were refused: what the usage lists may be as old as they."""
    try:
        return locate.locate(result, base_url=base_url).url not in search.refused
    except AnswerError:
        return False


def _id_to_sign(job: Job) -> str:
    return job.file_id or id_in(job.result_url)


def _sign(job: Job, place: Workplace) -> _Result:
    """Have the file's link signed anew; a server that does not, whatever it says, leaves the other ways."""
    client = place.client(job)
    try:
        url = urljoin(client.endpoint.base_url + "/", client.sign(_id_to_sign(job)))
        client.endpoint.check_download(url)
    except RateLimited:
        raise
    except (ServiceError, AnswerError, DownloadError, ValueError):
        return None
    is_same = claim_of_file(job.server, url) == claim_of_file(job.server, job.result_url)
    if client.key.redact(url) != url or not (job.file_id or is_same):
        return None  # what was signed by a guess must be the very file
    return {"url": url, "file_id": job.file_id}


def answer_limit(place: Workplace) -> int:
    """Give the bytes that an answer may have: some servers put the whole file into it, as Base64."""
    return ANSWER_LIMIT_BYTES + place.storage().limit_bytes * 4 // 3


def _ask_state(job: Job, place: Workplace) -> _Result:
    """Ask for the finished job once more; None when the server no longer knows it."""
    try:
        state = place.client(job).job(job.job_id, job.poll_url, limit_bytes=answer_limit(place))
    except NotFound:
        return None
    if state.status is api.Status.PROCESSING:
        raise _StillRunning
    if state.status is not api.Status.COMPLETED:
        raise AnswerError("The service no longer calls this job finished. Wait a little.")
    return state.body


def _ask_usage(job: Job, place: Workplace) -> _Result:
    found = find_outputs(job, place)
    return found[0].result if len(found) == 1 else found


_ASK: Final[Mapping[Way, Callable[[Job, Workplace], _Result]]] = {
    Way.SIGNING: _sign,
    Way.STATE: _ask_state,
    Way.USAGE: _ask_usage,
}

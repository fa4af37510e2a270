# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server in force offers, as last told: its ranges, defaults and prices. Asks nobody; cheap to draw with."""

from ..core import request
from ..core.catalogue import Parameter, Scalar
from ..core.endpoint import is_provider
from ..core.errors import TrellisError
from ..core.jobs import Job
from ..core.offer import BUILT_IN, Offer
from ..core.offers import for_nothing
from ..core.request import GenerationRequest
from . import preferences, session


def current() -> Offer:
    """Give the offer; the built-in catalogue until the server has told another."""
    if not (session.current().money.knows_offers or preferences.get().free_server):
        return BUILT_IN
    try:
        return _at(preferences.endpoint().base_url)
    except TrellisError:
        return BUILT_IN


def priced(job: Job) -> GenerationRequest:
    """Give what a job asks for, at the price of today at its own server: it goes there, whichever is in force."""
    return request.priced(job.request, _at(job.server))


def _at(server: str) -> Offer:
    """Give what the server with a base address offers; what its owner calls free costs nothing there alone."""
    told = session.current().money.offer(server)
    is_free = server == preferences.get().free_server and not is_provider(server)
    return for_nothing(told) if is_free else told


def fault() -> str:
    """Give why the server's newest word on what it offers, prices too, could not be used, or an empty text."""
    server = _server()
    return session.current().money.offer_fault(server) if server else ""


def _server() -> str:
    """Give the server in force, if any has told what it offers."""
    if not session.current().money.knows_offers:
        return ""
    try:
        return preferences.endpoint().base_url
    except TrellisError:
        return ""


def parameter(name: str) -> Parameter | None:
    """Give a parameter as the server has it; None when it has none of that name."""
    return current().by_name.get(name)


def values(name: str) -> tuple[str, ...]:
    """Give the choices of an enumeration at the server."""
    found = parameter(name)
    return found.values if found is not None else ()


def default(name: str) -> Scalar | None:
    """Give the server's default, or that of the catalogue for what the server no longer has."""
    return current().default(name)


def is_gone(name: str) -> bool:
    """Whether the server no longer has a parameter of the catalogue."""
    return name in current().gone

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server in force offers, as last told: its ranges, defaults and prices. Asks nobody; cheap to draw with."""

from ..core.catalogue import Parameter, Scalar
from ..core.errors import TrellisError
from ..core.offer import BUILT_IN, Offer
from . import preferences, session


def current() -> Offer:
    """Give the offer; the built-in catalogue until the server has told another."""
    live = session.current()
    if not live.money.knows_offers:
        return BUILT_IN
    try:
        return live.money.offer(preferences.endpoint().base_url)
    except TrellisError:
        return BUILT_IN


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

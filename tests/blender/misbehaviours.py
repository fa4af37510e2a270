# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a job when one route misbehaves at every call: the state, and words of the sentence. A table.

A state with ``*`` is suspended: the job is kept and goes on when the artist asks for it.
"""

from typing import Final

Outcome = tuple[str, str]

ROUTES: Final = ("submit", "poll", "download")

FINE: Final = ("imported", "")
NO_SUCH_CASE: Final = ("", "")
"""The stand-in cannot do that to a file."""


def _unheard(words: str) -> Outcome:
    """The server never had it, and says so when asked for its jobs."""
    return "uncertain*", f"{words}|most likely never accepted|Press Send Again"


def _refused(words: str) -> Outcome:
    return "refused", words


def _watched(words: str) -> Outcome:
    return "accepted*", f"{words}|Then press Try Again, which costs nothing"


def _delivery(words: str) -> Outcome:
    return "downloading*", words


_KEY = "The API key was not accepted"
_SAID = "The stand-in was told to answer"
_CUT = "The connection to the server was cut"
_NOT_JSON = "is not JSON"
_LINK = "no longer honoured"
_PROVIDER = "The server failed"
_CIRCLE = "circle of redirects"
_SLOW = "too slowly"
_FREE = "trying again is free"

EXPECTED: Final[dict[str, tuple[Outcome, Outcome, Outcome]]] = {
    "400": (_refused(_SAID), _watched(_SAID), _delivery("HTTP 400")),
    "401": (_refused(_KEY), _watched(_KEY), _delivery(_LINK)),
    "402": (_refused("The balance does not cover this job of $0.249"), _watched("balance"), _delivery("HTTP 402")),
    "403": (_refused(_KEY), _watched(_KEY), _delivery(_LINK)),
    "404": (_refused("Check the server address"), FINE, _delivery(_LINK)),
    "409": (_unheard(_SAID), _watched(_SAID), _delivery("HTTP 409")),
    "413": (_refused("it is sent ahead of the job then"), _watched(_SAID), _delivery("HTTP 413")),
    "418": (_refused(_SAID), _watched(_SAID), _delivery("HTTP 418")),
    "422": (_refused(_SAID), _watched(_SAID), _delivery("HTTP 422")),
    "429": (FINE, ("accepted", "takes unusually long"), _delivery("HTTP 429")),
    "429_bare": (FINE, ("accepted", "takes unusually long"), _delivery("HTTP 429")),
    "500": (_unheard(_PROVIDER), _watched(_PROVIDER), _delivery("HTTP 500")),
    "502": (_unheard(_PROVIDER), _watched(_PROVIDER), _delivery("HTTP 502")),
    "503": (_refused("Nothing was billed"), _watched("not available at the moment"), _delivery("HTTP 503")),
    "504": (_unheard(_PROVIDER), _watched(_PROVIDER), _delivery("HTTP 504")),
    "late": (FINE, _watched("too long"), _delivery("too long")),
    "cut_before": (_unheard(_CUT), _watched(_CUT), _delivery(_CUT)),
    "cut_unread": (_unheard(_CUT), _watched(_CUT), _delivery(_CUT)),
    "cut_after": (FINE, _watched(_CUT), _delivery(_CUT)),
    "cut_middle": (FINE, _watched(_CUT), _delivery("cut in the middle")),
    "truncated": (FINE, _watched(_CUT), _delivery("cut in the middle")),
    "wrong_length": (FINE, _watched(_NOT_JSON), _delivery("incomplete")),
    "chunked": (FINE, FINE, FINE),
    "chunked_cut": (FINE, _watched(_CUT), _delivery("cut in the middle")),
    "no_length": (FINE, FINE, FINE),
    "no_length_cut": (FINE, _watched(_NOT_JSON), _delivery("incomplete")),
    "drip": (FINE, _watched(_SLOW), _delivery(_SLOW)),
    "html": (FINE, _watched(_NOT_JSON), _delivery("a web page instead of a model")),
    "empty": (FINE, _watched("empty answer"), _delivery("empty or cut short")),
    "garbage": (FINE, _watched(_NOT_JSON), _delivery("instead of a model")),
    "garbage_file": (FINE, _watched(_NOT_JSON), _delivery(_FREE)),
    "wrong_magic": (FINE, _watched(_NOT_JSON), _delivery("instead of a model")),
    "corrupt": (FINE, _watched(_NOT_JSON), FINE),
    "huge_json": (FINE, FINE, _delivery("text instead of a model")),
    "missing_field": (FINE, _watched("lacks status"), NO_SUCH_CASE),
    "wrong_type": (FINE, _watched("unreadable status"), NO_SUCH_CASE),
    "not_object": (FINE, _watched("not a JSON object"), _delivery("text instead of a model")),
    "error_in_ok": (_unheard("upstream said no"), _watched("upstream said no"), _delivery("text instead of a model")),
    "expired": (_refused(_KEY), _watched(_KEY), _delivery(_LINK)),
    "redirect_same": (_unheard("sends us elsewhere"), _watched(_CIRCLE), _delivery(_CIRCLE)),
    "redirect_elsewhere": (
        _unheard("sends us elsewhere"),
        _watched("to which the key is not sent"),
        _delivery(_CIRCLE),
    ),
    "redirect_endless": (_unheard("sends us elsewhere"), _watched(_CIRCLE), _delivery(_CIRCLE)),
}
"""For submit, poll, download. What is not answered to a POST may have been accepted: it is never sent again."""

CASES: Final = [
    (route, fault, *outcomes[ROUTES.index(route)])
    for fault, outcomes in EXPECTED.items()
    for route in ROUTES
    if outcomes[ROUTES.index(route)] != NO_SUCH_CASE
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The error tree: every message is a sentence for the artist that says what to do. Imports nothing of ours.

::

    TrellisError
    ├── InvalidRequest            refused here, before anything was sent
    │   └── NotOffered            what the server no longer has
    ├── InvalidSetting            a preference cannot be used (key, server address, folder)
    ├── SourceError               the picture cannot be sent
    ├── ServiceError              the service answered, and said no
    │   ├── Unauthorized          401, 403
    │   ├── InsufficientCredits   402
    │   ├── NotFound              404 (model or job)
    │   ├── RequestRefused        400, 413, 415, 422 and other 4xx
    │   │   └── TooLargeInside    413, where pictures may be sent ahead of jobs
    │   ├── RateLimited           429, with ``retry_after``
    │   ├── ModelUnavailable      503
    │   └── UpstreamFailed        500, 502, 504 and other 5xx
    ├── TransportError            no answer arrived; ``sent`` tells whether the request may have
    │   ├── HostNotFound          DNS
    │   ├── ConnectionRefused     nothing listens there
    │   ├── TlsFailed             certificate or handshake
    │   ├── ProxyFailed           the proxy refused or is not there
    │   ├── TimedOut              connect or read time-out
    │   └── ConnectionLost        cut in the middle
    ├── AnswerError               an answer arrived that cannot be read; ``raw`` keeps it
    ├── DownloadError             the file did not arrive whole; free to try again
    │   ├── LinkExpired           the signed address is no longer honoured
    │   └── FileTooLarge          over the limit in the preferences
    └── ModelFileError            the file arrived, but it is not a GLB that can be imported
        └── UnsupportedModel      it is whole, but holds what is not accepted: another download would be the same
"""

from __future__ import annotations


class TrellisError(Exception):
    """Base of all our errors. ``str(error)`` is one sentence for the artist."""

    transient: bool = False
    """Whether the same read-only call may succeed when tried again a little later."""
    retry_after: float | None = None
    """How many seconds the server asks us to wait, where it says so."""


class InvalidRequest(TrellisError):
    """A parameter has a value the service would refuse."""

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        """Name the API's parameter, the offending value and what is allowed instead, in words."""
        try:
            shown = repr(value)
        except Exception:  # noqa: BLE001  # a number of more digits than Python writes, or an object of a script's own
            shown = f"<{type(value).__name__}>"
        shown = shown if len(shown) <= 80 else shown[:77] + "…"
        super().__init__(f"{parameter} is {shown}, but must be {allowed}.")
        self.parameter = parameter
        self.value = value
        self.allowed = allowed

    def by_label(self, label: str) -> str:
        """Give the sentence for whoever sees a field with that label, which several parameters may share."""
        return f"{label} ({self.parameter}) is {self.value}, but must be {self.allowed}."


class NotOffered(InvalidRequest):
    """A parameter is set that the server no longer has."""

    def __init__(self, parameter: str, value: object, label: str, *, is_repeated: bool = False) -> None:
        """``label`` is what the artist knows it by; ``is_repeated`` says that it is of a request made before."""
        super().__init__(parameter, value, "left out")
        said = f"The server no longer has {label} ({parameter}). Leave it out."
        if is_repeated:
            said = (
                f"The server no longer has {label} ({parameter}), so the very same cannot be made. Copy the settings "
                "to the panel, which leaves it out, and generate from there."
            )
        self.args = (said,)


class InvalidSetting(TrellisError):
    """A preference cannot be used as it stands."""


class SourceError(TrellisError):
    """The picture cannot be sent."""


class ServiceError(TrellisError):
    """The service answered with an error. ``status`` is the HTTP status, ``code`` the provider's own word."""

    def __init__(self, sentence: str, *, status: int, code: str = "", detail: str = "") -> None:
        """Keep the provider's own message in ``detail``, already free of secrets."""
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.detail = detail


class Unauthorized(ServiceError):
    """The key is missing or wrong (401, 403)."""


class InsufficientCredits(ServiceError):
    """The balance does not cover the job (402)."""


class NotFound(ServiceError):
    """The model or the job is unknown (404)."""


class RequestRefused(ServiceError):
    """The service refused the request's content (other 4xx)."""


class TooLargeInside(RequestRefused):
    """The picture is too large within the request (413), and may be sent ahead of it."""


class RateLimited(ServiceError):
    """Too many requests (429). ``retry_after`` is in seconds, ``None`` when not said."""

    transient = True

    def __init__(
        self, sentence: str, *, status: int, code: str = "", detail: str = "", retry_after: float | None = None
    ) -> None:
        """As for any answer of the service, and how long it asks to wait."""
        super().__init__(sentence, status=status, code=code, detail=detail)
        self.retry_after = retry_after


class ModelUnavailable(ServiceError):
    """The model is not being served for the moment (503)."""

    transient = True


class UpstreamFailed(ServiceError):
    """The provider failed (other 5xx)."""

    transient = True


class TransportError(TrellisError):
    """No answer arrived. ``sent`` is False only when the request certainly never reached the server."""

    transient = True

    def __init__(self, sentence: str, *, sent: bool) -> None:
        """``sent``: whether the request may have reached the server."""
        super().__init__(sentence)
        self.sent = sent


class HostNotFound(TransportError):
    """The name could not be looked up."""


class ConnectionRefused(TransportError):
    """The host is there, but nothing listens, or the network is unreachable."""


class TlsFailed(TransportError):
    """No trusted encrypted connection."""

    transient = False


class ProxyFailed(TransportError):
    """The proxy refused, or is not there."""


class TimedOut(TransportError):
    """Nothing was heard for too long."""


class ConnectionLost(TransportError):
    """The connection was cut in the middle."""


class AnswerError(TrellisError):
    """An answer arrived that cannot be read. ``raw`` keeps its first bytes, since it may be paid for."""

    transient = True

    def __init__(self, sentence: str, *, raw: bytes = b"") -> None:
        """``raw``: the body as it came, cut at a sane length."""
        super().__init__(sentence)
        self.raw = raw


class DownloadError(TrellisError):
    """The file did not arrive whole. The object is still at the service; trying again is free."""

    def __init__(self, sentence: str, *, transient: bool = True) -> None:
        """``transient``: whether trying the same address again may help."""
        super().__init__(sentence)
        self.transient = transient


class LinkExpired(DownloadError):
    """The signed address is no longer honoured; a fresh one has to be asked for."""


class FileTooLarge(DownloadError):
    """The file is over the limit in the preferences."""


class ModelFileError(TrellisError):
    """The file arrived, but it is not a GLB that can be imported."""


class SeveralMeshes(ModelFileError):
    """A file holds more than one mesh where one alone can be taken in."""


class UnsupportedModel(ModelFileError):
    """The file is whole, but holds what is not accepted; downloading it once more would give the same."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of trouble a job has, and which buttons help: two tables. Reads no sentence; imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from . import errors
from .endpoint import is_provider
from .jobs import Job, State


class Trouble(Enum):
    """What went wrong, as far as it matters for what can be done."""

    NONE = ""
    """Nothing, or what a record of an earlier version does not tell."""
    KEY = "key"
    CREDITS = "credits"
    CAP = "cap"
    SETTING = "setting"
    """A preference: server, folder, limit."""
    PICTURE = "picture"
    REQUEST = "request"
    """The service does not take these settings or this picture."""
    BODY = "body"
    """The picture is too large for the way that it was sent, and there is another one."""
    MODEL_GONE = "model gone"
    BUSY = "busy"
    """The service asks to wait."""
    PROVIDER = "provider"
    """The service fails."""
    NETWORK = "network"
    CERTIFICATE = "certificate"
    PROXY = "proxy"
    ANSWER = "answer"
    DOWNLOAD = "download"
    TOO_LARGE = "too large"
    MODEL_FILE = "model file"
    DISK = "disk"
    DEFECT = "defect"
    SERVER_FAILED = "server failed"
    """It was accepted, and no object came of it."""
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Remedy(Enum):
    """A button beside an error."""

    RETRY = "retry"
    """Go on where it stopped; offered where that can be done."""
    AGAIN = "again"
    """Order what was refused once more, as it is, for its price: where what was wrong can be put right elsewhere."""
    PREFERENCES = "preferences"
    TOP_UP = "top up"
    DASHBOARD = "dashboard"
    SETTINGS = "settings"
    """Set the panel to what was asked for, to change it or to generate it anew."""
    IMPORT = "import"
    """Offered where there is a file."""
    LOG = "log"
    DETAILS = "details"


TROUBLES: Final[Mapping[type[errors.TrellisError], Trouble]] = {
    errors.TrellisError: Trouble.DISK,  # of it are only the store's and the download folder's
    errors.InvalidRequest: Trouble.REQUEST,
    errors.NotOffered: Trouble.REQUEST,
    errors.InvalidSetting: Trouble.SETTING,
    errors.SourceError: Trouble.PICTURE,
    errors.ServiceError: Trouble.PROVIDER,
    errors.Unauthorized: Trouble.KEY,
    errors.InsufficientCredits: Trouble.CREDITS,
    errors.NotFound: Trouble.MODEL_GONE,
    errors.RequestRefused: Trouble.REQUEST,
    errors.TooLargeInside: Trouble.BODY,
    errors.RateLimited: Trouble.BUSY,
    errors.ModelUnavailable: Trouble.BUSY,
    errors.UpstreamFailed: Trouble.PROVIDER,
    errors.TransportError: Trouble.NETWORK,
    errors.HostNotFound: Trouble.NETWORK,
    errors.ConnectionRefused: Trouble.NETWORK,
    errors.TlsFailed: Trouble.CERTIFICATE,
    errors.ProxyFailed: Trouble.PROXY,
    errors.TimedOut: Trouble.NETWORK,
    errors.ConnectionLost: Trouble.NETWORK,
    errors.AnswerError: Trouble.ANSWER,
    errors.DownloadError: Trouble.DOWNLOAD,
    errors.LinkExpired: Trouble.DOWNLOAD,
    errors.FileTooLarge: Trouble.TOO_LARGE,
    errors.ModelFileError: Trouble.MODEL_FILE,
    errors.SeveralMeshes: Trouble.MODEL_FILE,
    errors.UnsupportedModel: Trouble.MODEL_FILE,
}
"""Every error of the tree; one that is not in it has the trouble of what it is a kind of."""

_REPORT: Final = (Remedy.LOG, Remedy.DETAILS)
REMEDIES: Final[Mapping[Trouble, tuple[Remedy, ...]]] = {
    Trouble.NONE: (Remedy.RETRY, Remedy.SETTINGS, *_REPORT),
    Trouble.KEY: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, Remedy.DASHBOARD, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.CREDITS: (Remedy.TOP_UP, Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.CAP: (Remedy.PREFERENCES, Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.SETTING: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.PICTURE: (Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.REQUEST: (Remedy.SETTINGS, Remedy.RETRY, Remedy.PREFERENCES, *_REPORT),
    Trouble.BODY: (Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.MODEL_GONE: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, *_REPORT),
    Trouble.BUSY: (Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.PROVIDER: (Remedy.RETRY, Remedy.AGAIN, Remedy.DASHBOARD, Remedy.SETTINGS, *_REPORT),
    Trouble.NETWORK: (Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, Remedy.PREFERENCES, *_REPORT),
    Trouble.CERTIFICATE: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, *_REPORT),
    Trouble.PROXY: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, *_REPORT),
    Trouble.ANSWER: (Remedy.RETRY, Remedy.DASHBOARD, *_REPORT),
    Trouble.DOWNLOAD: (Remedy.RETRY, *_REPORT),
    Trouble.TOO_LARGE: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.DETAILS),
    Trouble.MODEL_FILE: (Remedy.RETRY, Remedy.IMPORT, *_REPORT),
    Trouble.DISK: (Remedy.PREFERENCES, Remedy.RETRY, Remedy.AGAIN, Remedy.SETTINGS, *_REPORT),
    Trouble.DEFECT: (Remedy.RETRY, Remedy.DETAILS, Remedy.LOG),
    Trouble.SERVER_FAILED: (Remedy.SETTINGS, Remedy.DASHBOARD, Remedy.DETAILS),
    Trouble.UNCERTAIN: (Remedy.RETRY, Remedy.DASHBOARD, Remedy.DETAILS),
    Trouble.EXPIRED: (Remedy.RETRY, Remedy.DASHBOARD, Remedy.SETTINGS, Remedy.DETAILS),
    Trouble.CANCELLED: (Remedy.SETTINGS,),
}

_OF_STATE: Final[Mapping[State, Trouble]] = {
    State.UNCERTAIN: Trouble.UNCERTAIN,
    State.EXPIRED: Trouble.EXPIRED,
    State.CANCELLED: Trouble.CANCELLED,
    State.FAILED: Trouble.SERVER_FAILED,
}
"""Where the state says more than the error that led to it."""
_OURS: Final = frozenset(
    {Trouble.CAP, Trouble.SETTING, Trouble.PICTURE, Trouble.NETWORK, Trouble.CERTIFICATE, Trouble.PROXY, Trouble.DISK}
)
"""With these a refused job never reached a service that could have refused it."""


def trouble_of(error: BaseException) -> Trouble:
    """Give the kind of an error; one that is none of ours is a defect."""
    return next((TROUBLES[kind] for kind in type(error).__mro__ if kind in TROUBLES), Trouble.DEFECT)


def trouble_in(job: Job) -> Trouble:
    """Give the kind of trouble that a job has."""
    try:
        told = Trouble(job.trouble)
    except ValueError:  # of a later version
        told = Trouble.NONE
    return _OF_STATE.get(job.state, told)


def was_turned_away(job: Job) -> bool:
    """Whether a refused job was refused by the service; else it was never sent."""
    return job.submitted_at > 0.0 and trouble_in(job) not in _OURS


def keeps_picture(trouble: Trouble) -> bool:
    """Whether the picture of a job that is refused for this is worth keeping: it may be ordered once more."""
    return Remedy.AGAIN in REMEDIES[trouble]


def may_be_ordered_again(job: Job) -> bool:
    """Whether a job was refused, and the very same can be ordered once more as a new one."""
    is_there = job.picture_kept or bool(job.request.image_url)
    return job.state is State.REFUSED and not job.given_up and is_there and keeps_picture(trouble_in(job))


def remedies(job: Job) -> tuple[Remedy, ...]:
    """Give the buttons for a job that has come to a halt, the most useful first; none for one that has not."""
    if job.running or not job.error:
        return ()
    # A server where something is paid may be a way to the provider; what is free has no account to look at.
    is_known = is_provider(job.server) or not job.is_free
    possible = {
        Remedy.DASHBOARD: is_known, Remedy.TOP_UP: is_known, Remedy.RETRY: job.resumable,
        Remedy.AGAIN: may_be_ordered_again(job), Remedy.IMPORT: job.importable,
        Remedy.SETTINGS: not job.resumable and not job.importable,
    }  # fmt: skip
    return tuple(remedy for remedy in REMEDIES[trouble_in(job)] if possible.get(remedy, True))

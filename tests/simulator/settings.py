# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch of the stand-in, declared once; knows values only."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Final

from .shapes import FILE_ID_PLACES, SHAPES, SIGN_SHAPES, UPLOAD_SHAPES

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "envelope": ("openai", "anthropic", "string", "text", "html", "empty"),
    "poll_url": ("relative", "absolute", "absent", "elsewhere"),
    "answer": ("job", "glb", "result"),
    "result_shape": tuple(SHAPES),
    "upload_shape": tuple(UPLOAD_SHAPES),
    "sign_shape": tuple(SIGN_SHAPES),
    "file_id_place": FILE_ID_PLACES,
    "list_shape": ("jobs", "data", "items", "array"),
    "usage_shape": ("flat", "nested"),
    "schema_shape": ("minimum", "range"),
    "alpha_mode": ("OPAQUE", "BLEND"),
    "image_format": ("png", "webp"),
}


@dataclass
class Settings:
    """The switches. Seconds are on the stand-in's clock."""

    job_seconds: float = 1.5
    """From acceptance to completion."""
    queue_seconds: float = 0.0
    """Of these, how long the job says it is queued."""
    balance: float = 100.0
    """Credit in USD; changing it changes the account's."""
    rate_limit: int = 0
    """Requests a minute over the whole account; 0 for no limit."""
    retry_after: bool = True
    """Whether a 429 says how long to wait."""
    envelope: str = "openai"
    """The shape of errors."""
    validation_status: int = 422
    """Status of a refused body, 400 or 422."""
    body_limit_bytes: int = 32 * 1024 * 1024
    """A larger body is refused with 413."""

    poll_url: str = "relative"
    """How the POST's answer names the address to poll; ``elsewhere`` is on the download origin."""
    answer: str = "job"
    """``job`` as the service; ``glb`` the POST answers with the file; ``result`` with the result and no job_id."""
    result_shape: str = "result.url"
    """Where a finished job's file is."""
    data_uri: bool = False
    """Whether a data: URI stands where the address would."""
    status_words: dict[str, str] = field(default_factory=dict)
    """Other words for queued, processing, completed, failed and cancelled."""
    keep_seconds: float = 3600.0
    """How long a job's state is kept after its end."""
    url_seconds: float = 7 * 86400.0
    """How long a signed address is good for."""
    retention_seconds: float = 30 * 86400.0
    """How long an output can be signed again."""

    offers_list: bool = True
    offers_cancel: bool = True
    """The POST …/cancel."""
    offers_delete: bool = True
    """The DELETE that does the same."""
    cancel_refusal: int = 404
    """Status of a way to cancel that is not offered, 404 or 405."""
    offers_model: bool = True
    offers_usage: bool = True
    offers_upload: bool = True
    offers_sign: bool = True
    sign_refusal: int = 404
    """Status of a signing that is not offered."""
    list_shape: str = "jobs"
    usage_shape: str = "flat"
    upload_shape: str = "path"
    upload_refusal: int = 404
    """Status of an upload that is not offered: 404, 405 or 501."""
    upload_limit_bytes: int = 24 * 1024 * 1024
    """A larger picture is refused with 413."""
    upload_uses: int = 0
    """How many jobs may name one upload; 0 for any number."""
    upload_address: bool = False
    """Whether an upload is named by an https address instead of a storage path."""
    sign_shape: str = "url"
    file_id_place: str = "result"
    """Where a finished job names its file."""
    schema_shape: str = "minimum"
    """How the live schema writes ranges and choices."""
    schema_overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Fields of the live schema to replace, by parameter; orders are held to them."""
    schema_added: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Parameters that the service has besides, by name, each as the live schema writes it."""
    schema_removed: list[str] = field(default_factory=list)
    """Parameters that the service no longer has, and refuses."""
    schema_raw: str = ""
    """What is answered in place of the live schema."""
    prices: dict[str, float] = field(default_factory=dict)
    """Other prices than the list's, by resolution; they are what is billed."""
    unpriced: list[str] = field(default_factory=list)
    """Resolutions whose price the live schema does not tell."""
    list_delay_seconds: float = 0.0
    """How late an accepted job shows up in the list."""
    usage_delay_seconds: float = 0.0
    """How late an accepted job shows up in the usage events."""
    usage_output_urls: bool = True
    usage_job_id: bool = False
    """Whether a usage event names its job."""
    usage_file_id: bool = False
    """Whether a usage event names its file."""
    usage_cost_factor: float = 1.0
    """What a usage event says was billed, over the list price."""

    ranges: bool = True
    """Whether downloads honour Range."""
    etag: bool = True

    alpha_mode: str = "OPAQUE"
    image_format: str = "png"
    geometry_only: bool = False
    face_factor: float = 1.0
    """Delivered faces over asked faces."""
    texture_limit: int = 0
    """Largest delivered texture in pixels; 0 for what was asked."""

    def change(self, changes: dict[str, Any]) -> None:
        """Take over ``changes``. Raises :class:`ValueError` for an unknown name or a value that cannot be."""
        kinds = {entry.name: entry.type for entry in dataclasses.fields(self)}
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f"no setting is called {name}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}")
            now = getattr(self, name)
            if isinstance(now, float) and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if type(value) is not type(now):
                raise ValueError(f"{name} is a {type(now).__name__}")
            setattr(self, name, value)

    def values(self) -> dict[str, Any]:
        """Give every switch by its name."""
        return dataclasses.asdict(self)

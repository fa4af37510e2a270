# SPDX-License-Identifier: GPL-3.0-or-later
"""How an object was made, as the text that travels on it: a job <-> the recipe of its result. No files, no bpy.

The text is JSON with a version. What a later version adds is kept as it is, and does no harm here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from . import request
from .catalogue import BY_NAME, MODEL_ID, Scalar
from .errors import InvalidRequest, TrellisError
from .jobs import Job
from .offer import BUILT_IN, Offer
from .preparation import Preparation, from_plain, told
from .request import GenerationRequest

VERSION: Final = 1
LONGEST_TEXT: Final = 64 * 1024
"""Characters that are read at most: the text may come out of anybody's file."""
_SAID_OTHERWISE: Final = ("image", "image_url", "pipeline_type")
"""The last is what the resolution says, once more."""
HIGHEST_SEED: Final = int(BY_NAME["seed"].maximum or 0)


@dataclass(frozen=True)
class Recipe:
    """How one object was made. ``values`` is the whole of the text, with what this version does not know."""

    values: Mapping[str, Any]

    @property
    def parameters(self) -> Mapping[str, Scalar]:
        """What was sent beside the model and the picture, by the API's names."""
        return _mapping(self.values.get("parameters"))

    @property
    def image_sha256(self) -> str:
        """Hash of the picture's bytes as they were sent; empty when an address was sent."""
        return _text(_mapping(self.values.get("image")).get("sha256"))

    @property
    def image_name(self) -> str:
        """The picture's name in Blender."""
        return _text(_mapping(self.values.get("image")).get("name"))

    @property
    def image_url(self) -> str:
        """The public address that was sent in place of a picture, if it was."""
        return _text(_mapping(self.values.get("image")).get("url"))

    @property
    def preparation(self) -> Preparation:
        """How the picture was made ready, should it have to be made once more."""
        return from_plain(self._prepared)

    @property
    def told_preparation(self) -> Mapping[str, Any]:
        """What it says of that; nothing for a picture on the web, and less or nothing of an earlier version."""
        return {} if self.image_url else told(self._prepared)

    @property
    def _prepared(self) -> Mapping[str, Any]:
        return _mapping(_mapping(self.values.get("image")).get("preparation"))

    @property
    def name(self) -> str:
        """What the job was called."""
        return _text(self.values.get("name")) or self.image_name or "Object"

    @property
    def job(self) -> str:
        """Our id of the job."""
        return _text(self.values.get("job"))

    @property
    def seed(self) -> int:
        """The seed that it was made with, sent or the service's default."""
        value = self.value("seed")
        return value if isinstance(value, int) else 0

    @property
    def price_usd(self) -> Decimal | None:
        """What was billed where that was known, else the list price of the time."""
        for name in ("billed_usd", "price_usd"):
            try:
                return Decimal(_text(self.values.get(name)))
            except InvalidOperation:
                continue
        return None

    @property
    def day(self) -> str:
        """The day it was sent, such as ``2026-11-22``; UTC."""
        return _text(self.values.get("sent_at"))[:10]

    def value(self, name: str) -> Scalar:
        """Give the effective value of a parameter: what was sent, else the service's default."""
        known = BY_NAME.get(name)
        default = known.default if known is not None else None
        return self.parameters.get(name, "" if default is None else default)

    def request(self, offer: Offer = BUILT_IN, **changes: Scalar) -> GenerationRequest:
        """Give the same request once more, or one that differs in ``changes``, at the price of an offer.

        Raises :class:`InvalidRequest`, also for what that server does not have, or no longer allows.
        """
        self.check()
        wanted = {**self._all(offer), **changes}
        return request.build(wanted, image_url=self.image_url, offer=offer, is_repeated=True)

    def copied(self, offer: Offer = BUILT_IN) -> tuple[GenerationRequest, list[str]]:
        """Give the same request as far as a server takes it, and the names of what it does not take.

        Raises :class:`InvalidRequest`.
        """
        self.check()
        every = self._all(offer)
        left = [name for name, value in every.items() if not request.allows(offer, name, value)]
        kept = {name: value for name, value in every.items() if name not in left}
        return request.build(kept, image_url=self.image_url, offer=offer), left

    def _all(self, offer: Offer) -> dict[str, Any]:
        """Give what was sent, and what was not because it was the default, where it no longer is."""
        known = (new for new in offer.parameters if new.name in BY_NAME)
        moved = {new.name: BY_NAME[new.name].default for new in known if new.default != BY_NAME[new.name].default}
        return {**moved, **self.parameters}

    def check(self) -> None:
        """Look whether it names the model and a picture. Raises :class:`InvalidRequest`."""
        model = self.values.get("model")
        if model != MODEL_ID:
            raise InvalidRequest("model", model, MODEL_ID)
        if not (self.image_sha256 or self.image_url):
            raise InvalidRequest("image", None, "named in the recipe, and is not")

    def to_text(self) -> str:
        """Give the text that goes onto the object."""
        return json.dumps(dict(self.values), sort_keys=True)


def of(job: Job, version: str) -> Recipe:
    """Give the recipe of a job's object; ``version`` is the extension's."""
    sent = datetime.fromtimestamp(job.submitted_at or job.created_at, UTC)
    image = {
        "sha256": job.image_sha256,
        "name": job.origin.get("image") or job.name,
        "url": job.request.image_url,
        "preparation": job.preparation.to_plain(),
    }
    values = {
        "version": VERSION,
        "addon": version,
        "name": job.name,
        "model": MODEL_ID,
        "parameters": dict(job.request.parameters),
        "seed": job.request.value("seed"),
        "image": image,
        "job": job.id,
        "server_job": job.job_id,
        "server": job.server,
        "price_usd": str(job.price_usd) if job.request.is_priced else "",
        "billed_usd": None if job.billed_usd is None else str(job.billed_usd),
        "sent_at": sent.isoformat(timespec="seconds"),
        "file_sha256": job.sha256,
    }
    return Recipe(MappingProxyType(values))


@lru_cache(maxsize=256)
def read(text: str) -> Recipe | None:
    """Read a recipe of any version; None when the text is none."""
    if len(text) > LONGEST_TEXT:
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("version"), int):
        return None
    return Recipe(MappingProxyType(values))


def differing(recipes: Iterable[Recipe]) -> list[str]:
    """Give the names of the parameters in which these differ, in the catalogue's order; then those it does not know."""
    every = list(recipes)
    others = {name for recipe in every for name in recipe.parameters if name not in BY_NAME}
    return [
        name for name in (*BY_NAME, *sorted(others))
        if name not in _SAID_OTHERWISE and len({str(recipe.value(name)) for recipe in every}) > 1
    ]  # fmt: skip


class NoSeeds(TrellisError):
    """A counted run goes beyond the highest seed."""


def fresh_seeds(count: int, taken: Collection[int], start: int | None = None) -> list[int]:
    """Give ``count`` seeds that are not ``taken``: any, or counted upwards from ``start``. Raises :class:`NoSeeds`."""
    seeds: list[int] = []
    candidate = start
    while len(seeds) < count:
        if start is None:
            candidate = secrets.randbelow(HIGHEST_SEED + 1)
        if candidate is None or candidate > HIGHEST_SEED:
            raise NoSeeds(f"Seeds end at {HIGHEST_SEED}. Begin with a lower one.")
        if candidate not in taken and candidate not in seeds:
            seeds.append(candidate)
        candidate += 1
    return seeds


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

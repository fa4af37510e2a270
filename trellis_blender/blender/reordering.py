# SPDX-License-Identifier: GPL-3.0-or-later
"""The same object once more: its recipe as it is or with other seeds, as jobs whose results become its variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import bpy

from ..core import kin
from ..core.errors import TrellisError
from ..core.image import ExrFile, Ordered, Sent, TargaFile, discard
from ..core.jobs import Job
from ..core.money import Cover, dollars
from ..core.recipe import Recipe
from ..core.request import GenerationRequest
from . import comparing, joblist, placement, preferences, provenance, readiness, session, targets, variants
from .sources import images


@dataclass(frozen=True)
class Bill:
    """What ordering would cost. ``allowed`` of the objects asked for would be sent; ``sentence`` warns, or is empty."""

    total: Decimal
    allowed: int
    sentence: str


def bill(price: Decimal, count: int) -> Bill:
    """Give what so many objects cost, and how many of them the day's cap allows."""
    seen = readiness.outlook_at(price, count)
    if seen is None or not seen.warns:
        return Bill(price * count, count, "")
    if seen.cover is not Cover.CAPPED:  # what the balance does not cover, the service refuses, unbilled
        return Bill(price * count, count, seen.sentence)
    return Bill(price * seen.allowed, seen.allowed, seen.sentence)


def spoken(total: Decimal, count: int, each: Decimal) -> str:
    """Say the price of so many objects, whole: a sentence glued together is not known in other languages."""
    if not each:
        return "1 object, free" if count == 1 else f"{count} objects, free"
    if count == 1:
        return f"1 object for {dollars(total)}"
    return f"{count} objects for {dollars(total)}, {dollars(each)} each"


def priced(wanted: GenerationRequest) -> str:
    """Say the price of one object; that it is not known, where it is not."""
    if wanted.is_priced:
        return f"1 object for {dollars(wanted.price_usd)}"
    return f"1 object; the server does not tell its price, and {dollars(wanted.price_usd)} is reckoned with"


@dataclass(frozen=True)
class Kin:
    """What an object was made with, or is being: ``jobs`` are of this list, whatever the file says of them."""

    seeds: frozenset[int]
    jobs: Sequence[Job]
    shown: frozenset[str]
    """The jobs whose results the object has."""

    def paid(self, first: int, last: int) -> list[Job]:
        """Give the jobs of the seeds in between that need not be paid for once more, and that the object has not."""
        having = kin.seeds(self.jobs)
        return [job for seed, job in sorted(having.items()) if first <= seed <= last and job.id not in self.shown]


def kin_of(item: bpy.types.Object, made: Recipe) -> Kin:
    """Give what an object was made with, told by all jobs that there are: those of earlier sessions too.

    Undo takes from the object what was noted on it, and a file that is opened again knows nothing of what was
    ordered since it was saved. Raises :class:`TrellisError`.
    """
    item = _owner(item)
    noted, shown = variants.of(item), variants.jobs(item) | {provenance.job_of(item), made.job}
    family = kin.of(joblist.whole(), shown | set(noted.discarded.split()), noted.set_id)
    known = {found.seed for mesh in variants.meshes(item) if (found := provenance.recipe_of(mesh)) is not None}
    return Kin(frozenset({made.seed} | known | kin.seeds(family).keys()), family, frozenset(shown))


def left_out(paid: Sequence[Job]) -> str:
    """Say which seeds of a counted run were left out, since they need not be paid for once more; or nothing."""
    ready = ", ".join(str(job.request.value("seed")) for job in paid if job.importable)
    if ready:
        return (
            f"Left out, since paid for already: {ready}. Import beside them in the list of jobs brings them to this "
            "object, for free."
        )
    ordered = ", ".join(str(job.request.value("seed")) for job in paid)
    return f"Left out, since ordered already: {ordered}. The list of jobs says how they stand." if ordered else ""


def order(
    context: bpy.types.Context, item: bpy.types.Object, made: Recipe, requests: Sequence[GenerationRequest],
    *, is_shown: bool,
) -> list[Job]:  # fmt: skip
    """Send these requests for an object with the picture it was made of. Raises :class:`TrellisError`, unsent.

    Results become variants of it, or objects of their own when it is linked from another file; for one of a row that is
    compared, variants of the object that the row is of, since the row goes away.
    """
    item = _owner(item)
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    source = _source(context.scene, made)
    origin: Mapping[str, str] = {**placement.mark(context), "image": made.image_name}
    is_variant = not variants.fault(item)
    last = kin.last_place(kin_of(item, made).jobs)
    live = session.current()
    return [
        live.submit(
            request, source, name=made.name, endpoint=endpoint, key=key, storage=storage, preparation=made.preparation,
            origin={**origin, **(targets.address(item, made, last + number, is_shown=is_shown) if is_variant else {})},
        )
        for number, request in enumerate(requests, 1)
    ]  # fmt: skip


def _owner(item: bpy.types.Object) -> bpy.types.Object:
    """Give whose variants are meant by an object."""
    return comparing.original(item) or item


def _source(scene: bpy.types.Scene, made: Recipe) -> Ordered | None:
    """Give the picture as it was sent; with the image of that name in case it is no longer kept."""
    if made.image_url:
        return None
    image = next((item for item in bpy.data.images if item.name_full == made.image_name), None)
    if image is None or image.type == "RENDER_RESULT":
        return Sent(made.image_sha256, made.image_name)
    try:
        instead = images.capture(image, None, scene)
    except TrellisError:
        return Sent(made.image_sha256, made.image_name)
    if isinstance(instead, TargaFile | ExrFile):  # gone once it was read, and several jobs may have to
        discard(instead)
        return Sent(made.image_sha256, made.image_name)
    return Sent(made.image_sha256, made.image_name, instead)

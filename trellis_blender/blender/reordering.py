# SPDX-License-Identifier: GPL-3.0-or-later
"""The same object once more: its recipe as it is or with other seeds, as jobs whose results become its variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import bpy

from ..core.errors import TrellisError
from ..core.image import ExrFile, Ordered, Sent, TargaFile, discard
from ..core.jobs import Job
from ..core.money import Cover, dollars
from ..core.recipe import Recipe
from ..core.request import GenerationRequest
from . import placement, preferences, provenance, readiness, session, targets, variants
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
    if count == 1:
        return f"1 object for {dollars(total)}"
    return f"{count} objects for {dollars(total)}, {dollars(each)} each"


def priced(wanted: GenerationRequest) -> str:
    """Say the price of one object; that it is not known, where it is not."""
    if wanted.is_priced:
        return f"1 object for {dollars(wanted.price_usd)}"
    return f"1 object; the server does not tell its price, and {dollars(wanted.price_usd)} is reckoned with"


def taken_seeds(item: bpy.types.Object, made: Recipe) -> set[int]:
    """Give the seeds that an object has been made with, or is being."""
    known = {made.seed}
    known |= {found.seed for mesh in variants.meshes(item) if (found := provenance.recipe_of(mesh)) is not None}
    address = variants.of(item).set_id
    coming = session.current().afoot.running.values()
    seeds = (job.request.value("seed") for job in coming if address and targets.set_of(job.origin) == address)
    return known | {seed for seed in seeds if isinstance(seed, int)}


def order(
    context: bpy.types.Context, item: bpy.types.Object, made: Recipe, requests: Sequence[GenerationRequest],
    *, is_shown: bool,
) -> list[Job]:  # fmt: skip
    """Send these requests for an object with the picture it was made of. Raises :class:`TrellisError`, unsent.

    Results become variants of it, or objects of their own when it is linked from another file.
    """
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    source = _source(context.scene, made)
    origin: Mapping[str, str] = {**placement.mark(context), "image": made.image_name}
    is_variant = not variants.fault(item)
    live = session.current()
    return [
        live.submit(
            request, source, name=made.name, endpoint=endpoint, key=key, storage=storage, preparation=made.preparation,
            origin={**origin, **(targets.address(item, is_shown=is_shown) if is_variant else {})},
        )
        for request in requests
    ]  # fmt: skip


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

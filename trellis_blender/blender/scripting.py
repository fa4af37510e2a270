# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts order: a thin layer over the session, for ``trellis_blender.api``. Draws nothing."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import bpy

from ..core import arguments, naming, request
from ..core.catalogue import BY_NAME, SETTINGS, Kind
from ..core.errors import InvalidRequest, SourceError, TrellisError
from ..core.preparation import Background, Preparation
from ..core.request import GenerationRequest
from . import joblist, offers, preferences, preparing, readiness, session, sources, watch
from .fields import plain
from .handles import Job, require_main_thread
from .identity import PACKAGE
from .sources import Choice, addresses

_PICTURE: Final = "an image of this file, the path of a picture, or a public address"
_MOST_WHOLE: Final = 2**63


def generate(
    image: "bpy.types.Image | str | os.PathLike[str]", *, name: str = "", max_price_usd: float | Decimal | None = None,
    **settings: Any,
) -> Job:  # fmt: skip
    """Order an object made of a picture, and give its job at once. **Spends money** unless it raises.

    ``image`` is an image of this file, the path of a picture, or a public http(s) address, which the service fetches by
    itself. ``name`` is for the object, in one line; else the picture's. With ``max_price_usd`` nothing is ordered that
    costs more.

    ``settings`` are parameters by the API's names (see the README: ``resolution="1536"``, ``seed=7``, …), and how the
    picture is made ready: ``crop`` (bool), ``margin`` and ``tolerance`` (0.0 to 0.5), ``background`` ("keep" or "cut"),
    ``holes`` (bool). What is left out is as in the preferences, or the service's default; the panel of the scene plays
    no part.

    Raises :class:`TrellisError` before anything is sent: for a setting that is not allowed, a picture that cannot be
    read, a missing key, online access that is off, the day's cap, and on any thread but Blender's main one. A picture
    in which there is nothing to see is found later, by a worker: then the job ends as refused, and nothing was billed.
    """
    _require_ready()
    wanted_name, most = arguments.name(name), arguments.amount(max_price_usd)
    choice, loaded = picture(image)
    try:
        return _order(choice, wanted_name, most, settings)
    finally:
        if loaded is not None:
            bpy.data.images.remove(loaded)


def jobs() -> list[Job]:
    """Give all jobs in the list, oldest first, those of earlier sessions too.

    The first call in a session waits until the list was read from disk, and has what is unfinished gone on with.
    Raises :class:`TrellisError` when the list cannot be read.
    """
    _require_ready()
    known = joblist.read(waits=True)
    return [Job(job.id) for job in sorted(known.values(), key=lambda job: job.created_at)]


def _order(choice: Choice, name: str, most: Decimal | None, settings: dict[str, Any]) -> Job:
    why = readiness.service_reason()
    if why:
        raise TrellisError(f"{why}.")
    wanted = build(settings, image_url=choice.url)
    preparation = _preparation(settings)
    request.allow(wanted, most)
    seen = readiness.outlook_at(wanted.price_usd, 1)
    if seen is not None and seen.stops:
        raise TrellisError(seen.sentence)
    source = sources.capture(choice, bpy.context.scene)
    # Neither scene nor sitting: nobody but the script imports it.
    origin = {"file": bpy.data.filepath, "image": choice.image.name_full if choice.image is not None else ""}
    job = session.current().submit(
        wanted, source, name=name or choice.name, origin=origin, endpoint=preferences.endpoint(),
        key=preferences.key(), storage=preferences.storage(), preparation=preparation,
    )  # fmt: skip
    watch.start()
    session.redraw()
    return Job(job.id)


def build(settings: dict[str, Any], *, image_url: str = "") -> GenerationRequest:
    """Give the request for a script's settings. Raises :class:`InvalidRequest`."""
    values: dict[str, Any] = {}
    for parameter in SETTINGS:
        if parameter.name in preferences.DEFAULTS and preferences.get().is_property_set(parameter.name):
            values[parameter.name] = plain(parameter, getattr(preferences.get(), parameter.name))
    for name, value in settings.items():
        if name in preparing.FIELDS:
            continue
        known, value = BY_NAME.get(name), arguments.plain(value)
        is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST_WHOLE
        if known is not None and known.kind is Kind.ENUM and is_whole:
            value = str(value)  # they travel as texts, which a script need not know
        if known is not None and known.kind is Kind.FLOAT and is_whole:
            value = float(value)
        values[name] = value
    if "pipeline_type" in settings and "resolution" not in settings:
        values.pop("resolution", None)
    return request.build(values, image_url=image_url, offer=offers.current())


def _preparation(settings: dict[str, Any]) -> Preparation:
    """Give how the picture is to be made ready. Raises :class:`InvalidRequest`."""
    own = preferences.get()
    chosen = {name: arguments.plain(settings.get(name, getattr(own, name))) for name in preparing.FIELDS}
    for name in ("crop", "holes"):
        if not isinstance(chosen[name], bool):
            raise InvalidRequest(name, chosen[name], "True or False")
    margin, tolerance = (arguments.share(name, chosen[name], most) for name, most in preparing.SHARES.items())
    word = chosen["background"]
    background = Background.__members__.get(word.upper()) if isinstance(word, str) else None
    if background is None:
        raise InvalidRequest("background", chosen["background"], "keep or cut")
    return Preparation(chosen["crop"], margin, background, tolerance, chosen["holes"])


def picture(image: "bpy.types.Image | str | os.PathLike[str]") -> tuple[Choice, bpy.types.Image | None]:
    """Give the picture, and the image that was loaded for it alone. Raises :class:`TrellisError`."""
    if isinstance(image, bpy.types.Image):
        return _taken(image), None
    if isinstance(image, str) and image.lower().startswith(("http://", "https://")):
        url, fault = addresses.read(image)
        if fault:
            raise SourceError(f"{fault}.")
        return Choice(url=url), None
    try:
        typed = os.fsdecode(image)
        if typed.startswith(("~/", "~\\")):  # of others' folders it would have to be asked whether there are such
            typed = str(Path.home() / typed[2:])
        path = Path(bpy.path.abspath(typed)).absolute()
    except TypeError:
        raise InvalidRequest("image", image, _PICTURE) from None
    try:
        is_there, is_folder = path.is_file(), path.is_dir()
    except OSError:  # in a folder that may not be read, or of a name that no disk takes
        is_there = is_folder = False
    if is_folder:
        raise SourceError(f"{naming.readable(path)} is a folder. Choose a picture in it.")
    if not is_there:
        raise SourceError(f"There is no file {naming.readable(path)}.")
    known = set(bpy.data.images)
    try:
        found = bpy.data.images.load(str(path), check_existing=True)
    except RuntimeError:
        raise SourceError(f"The file {naming.readable(path)} cannot be read. Choose another picture.") from None
    return Choice(found), found if found not in known else None


def _taken(image: bpy.types.Image) -> Choice:
    """Give an image of this file. Raises :class:`SourceError` for one that was removed since a script took it."""
    try:
        image.name_full  # noqa: B018  # whatever of it is asked for tells
    except ReferenceError:
        raise SourceError("This image is no longer in the file. Choose another picture.") from None
    return Choice(image)


def _require_ready() -> None:
    require_main_thread()
    if PACKAGE not in bpy.context.preferences.addons:
        raise TrellisError("The extension is not enabled. Enable it in Preferences > Add-ons.")

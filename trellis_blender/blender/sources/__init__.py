# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture the artist means, and its pixels as the core takes them. Choosing is cheap; capturing copies pixels."""

import bpy

from ...core.errors import SourceError
from ...core.image import Rgba, Source
from .. import captures, properties, renders
from . import addresses, canvas, editors, images, since
from .choice import Choice

__all__ = ["Choice", "capture", "choose", "keep", "overlooked", "render"]


def choose(context: bpy.types.Context) -> Choice:
    """Give the picture that would be sent now. Reads no pixels, so it may be called while drawing."""
    space = context.space_data
    if isinstance(space, bpy.types.SpaceImageEditor):  # its panel and its menus mean what it shows
        return _given(space.image, "Open an image in this editor", space.image_user)
    meant = _set(context)
    taken = captures.of(context.scene)
    if taken is None or since.is_chosen(meant, taken.before, context):
        return meant
    return Choice(capture=taken)


def keep(name: str, rgba: Rgba, scene: bpy.types.Scene) -> None:
    """Make a picture that was taken of a scene the source, until something else is chosen."""
    captures.keep(name, rgba, scene, since.note(scene))


def render(context: bpy.types.Context) -> Choice:
    """Give the Render Result, whatever else is chosen. Reads no pixels."""
    result = _result()
    shows = editors.showing(context, result) if result is not None else None
    return _given(result, "Render an image first", shows.image_user if shows else None)


def overlooked(context: bpy.types.Context, choice: Choice) -> bpy.types.Object | None:
    """Give the selected canvas whose picture is not sent, since another source was picked earlier, or taken."""
    if isinstance(context.space_data, bpy.types.SpaceImageEditor):
        return None
    if choice.capture is None and properties.of(context.scene).source == "AUTO":
        return None
    carrier = canvas.selected(context)
    found = canvas.shown_on(carrier) if carrier is not None else None
    return carrier if found is not None and found[0] != choice.image else None


def capture(choice: Choice, scene: bpy.types.Scene) -> Source | None:
    """Copy the pixels; everything else is left to a worker. None for an address. Raises :class:`SourceError`."""
    if choice.missing:
        raise SourceError(f"{choice.missing}.")
    if choice.capture is not None:
        return choice.capture.pixels()
    if choice.image is None:
        return None
    if not choice.is_render:
        return images.capture(choice.image, choice.user, scene)
    return images.render(choice.image, choice.user, scene)


def _set(context: bpy.types.Context) -> Choice:
    """Give the picture that the scene's settings say."""
    settings = properties.of(context.scene)
    if settings.source == "IMAGE":
        shows = editors.showing(context, settings.source_image) if settings.source_image else None
        return _given(settings.source_image, "Pick an image above", shows.image_user if shows else None)
    if settings.source == "URL":
        url, fault = addresses.read(settings.source_url)
        return Choice(url=url, missing=fault)
    return render(context) if settings.source == "RENDER" else _automatic(context, _result())


def _automatic(context: bpy.types.Context, render: bpy.types.Image | None) -> Choice:
    """Give what the artist most likely means: the selected canvas, else what an Image Editor shows, else the render."""
    carrier = canvas.selected(context)
    found = canvas.shown_on(carrier) if carrier is not None else None
    if found is not None:
        return Choice(found[0], user=found[1], canvas=carrier)
    shows = editors.showing(context)
    if shows is not None:
        return _given(shows.image, "", shows.image_user)
    return _given(render if renders.seen() else None, "Press Open to choose a picture, or render one")


def _result() -> bpy.types.Image | None:
    return next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)


def _given(image: bpy.types.Image | None, missing: str, user: bpy.types.ImageUser | None = None) -> Choice:
    return Choice(image, "" if image is not None else missing, user if image is not None else None)

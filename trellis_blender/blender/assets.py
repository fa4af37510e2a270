# SPDX-License-Identifier: GPL-3.0-or-later
"""An object as an asset: what is said of it, and its picture. One in several parts is so as their collection."""

from typing import Final

import bpy
from mathutils import Matrix

from ..core.catalogue import BY_NAME
from ..core.recipe import Recipe
from . import asset_collections, asset_pictures, landing, parts, portraits, preferences, provenance, variants
from .asset_pictures import Place

TAGS: Final = ("TRELLIS", "generated")
_WROTE: Final = "trellis_description"
_WORDS: Final = ("author", "description", "license", "copyright", "catalog_id")


def fault(item: bpy.types.Object | None) -> str:
    """Give why an object cannot be an asset, or an empty text. Cheap enough for polling."""
    if item is None or not parts.of(item):
        return variants.not_one_mesh(item)
    if item.library is not None or item.override_library is not None:
        return "This object is linked from another file; make it local first"
    return ""


def mark(item: bpy.types.Object, made: Recipe) -> None:
    """Make an object an asset, with a picture of it and what its recipe says; what the artist wrote there stays.

    Raises :class:`TrellisError` where it has parts that no collection can be made of.
    """
    asset = asset_collections.gather(item) if parts.of(item) else item
    asset.asset_mark()
    describe_anew(asset, made)
    asset_pictures.draw(asset, places(item))


def describe_anew(asset: bpy.types.ID, made: Recipe) -> None:
    """Have an asset say how it was made, but for what the artist wrote."""
    data = asset.asset_data
    data.author = data.author or preferences.get().asset_author
    if not data.description or data.description == data.get(_WROTE):
        data.description = describe(made)
        data[_WROTE] = data.description
    for tag in TAGS:
        data.tags.new(tag, skip_if_exists=True)


def follow(item: bpy.types.Object) -> None:
    """Have an asset say and show what its object shows by now."""
    made = provenance.recipe_of(item)
    if item.asset_data is None or made is None or item.library is not None:
        return
    data = item.asset_data
    if data.get(_WROTE) is not None:
        describe_anew(item, made)
    asset_pictures.draw_later(item)


def succeed(old: bpy.types.Object, new: bpy.types.Object) -> None:
    """Have an object be the asset that the one was whose place it took: what the artist wrote there stays.

    It shows what is to be seen now, unless the artist gave it a picture. Raises :class:`TrellisError` as :func:`mark`.
    """
    known = asset_collections.of(old)
    if known is None or known.library is not None or known.override_library is not None:
        return
    if not asset_collections.give_up(known, old):
        return
    asset = asset_collections.gather(new) if parts.of(new) else new
    asset.asset_mark()
    copy_words(known, asset)
    asset_collections.claim(asset, new)
    made = provenance.recipe_of(new)
    if made is not None:
        describe_anew(asset, made)
    if asset_pictures.has_own(known):
        portraits.copy(known.preview, asset.preview_ensure())
    elif asset == new:
        asset_pictures.draw_later(new, is_new=True)
    else:
        asset_pictures.draw(asset, places(new))
    known.asset_clear()


def copy_words(source: bpy.types.ID, target: bpy.types.ID) -> None:
    """Have an asset say all that another says."""
    said, data = source.asset_data, target.asset_data
    for name in _WORDS:
        setattr(data, name, getattr(said, name))
    for tag in said.tags:
        data.tags.new(tag.name, skip_if_exists=True)
    data.active_tag = said.active_tag
    for key, value in said.items():
        data[key] = value


def places(item: bpy.types.Object, seen: Matrix | None = None) -> list[Place]:
    """Give the meshes of an object, and where each stands in it: turned and scaled as it is seen, or as is said."""
    seen = item.matrix_world.to_3x3().to_4x4() if seen is None else seen
    found = [(part, seen @ part.matrix_parent_inverse @ part.matrix_basis) for part in parts.of(item)]
    return found or [(item, Matrix.Identity(4))]


def describe(made: Recipe) -> str:
    """Say how an object was made, in one line."""
    parts = [f"{BY_NAME[name].label} {made.value(name)}" for name in ("seed", "resolution")]
    return f"From {made.image_name or made.image_url or made.name}, {', '.join(parts)}, {made.day}".rstrip(", ")


def register() -> None:
    """Have assets follow what their objects show, and what takes their place."""
    variants.heard.append(follow)
    landing.heard.append(succeed)


def unregister() -> None:
    """Follow no more."""
    landing.heard.remove(succeed)
    variants.heard.remove(follow)

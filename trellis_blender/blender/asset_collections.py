# SPDX-License-Identifier: GPL-3.0-or-later
"""An object in several parts as an asset: the collection that is it. Knows no description, no picture."""

from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.errors import TrellisError
from . import home, listeners, parts, provenance
from .withdrawn import SUFFIX

_OF: Final = "trellis_job"
"""On the asset: what its object came of, so that it is known when something else is put into its collection."""
_HELD_AT: Final = "trellis_held_at"
"""On the collection: the point that we have it held by; where it is held by another, that is the artist's."""


def of(item: bpy.types.Object) -> bpy.types.ID | None:
    """Give what is the asset of an object: itself, or the collection of its parts; None for none."""
    if not parts.of(item):
        return item if item.asset_data is not None else None
    held = _collection_of(item)
    return held if held is not None and held.asset_data is not None else None


def gather(root: bpy.types.Object) -> bpy.types.Collection:
    """Make an asset of an object and its parts, and give it: an empty alone would bring none into another file.

    Raises :class:`TrellisError` where no collection can be made of them.
    """
    known = _collection_of(root)
    holder = next((held for held in root.users_collection if home.takes(held)), None)
    if known is None and holder is None:
        raise TrellisError("This object is in no collection of this file. Move it into one, then try again.")
    if known is None and holder is not None:
        known = bpy.data.collections.new(root.name)
        closed = [held for held in bpy.data.collections if held.asset_data is not None and _owner(held) is not None]
        home.beside(closed, holder, bpy.context.scene).children.link(known)
        for item in (root, *parts.of(root)):
            known.objects.link(item)
            if item in set(holder.objects):
                holder.objects.unlink(item)
    for item in parts.of(root):
        if item not in set(known.all_objects):
            known.objects.link(item)
    hold(known, root)
    known.asset_mark()
    claim(known, root)
    return known


def claim(asset: bpy.types.ID, root: bpy.types.Object) -> None:
    """Have an asset say which object it is, where it is the collection of that."""
    if isinstance(asset, bpy.types.Collection):
        asset.asset_data[_OF] = provenance.job_of(root)
    elif asset.asset_data.get(_OF) is not None:
        del asset.asset_data[_OF]


def give_up(asset: bpy.types.ID, root: bpy.types.Object) -> bool:
    """Have an object's asset leave its name to another; whether it can: a collection may hold more than the object."""
    if isinstance(asset, bpy.types.Collection):
        if set(asset.all_objects) != {root, *parts.of(root)}:
            return False
        asset.name = f"{asset.name}{SUFFIX}"
    return True


def hold(asset: bpy.types.Collection, root: bpy.types.Object) -> None:
    """Have a collection held by where its object stands: there it is put down from the Asset Browser."""
    asset.instance_offset = root.matrix_world.translation
    asset[_HELD_AT] = asset.instance_offset.to_tuple()


def _collection_of(root: bpy.types.Object) -> bpy.types.Collection | None:
    """Give the collection that was made of an object in several parts.

    It holds nothing else, unless it is an asset and says so itself, or what else it holds are levels of detail.
    """
    whole, depth = {root, *parts.of(root)}, parts.level_depth(root)
    for held in root.users_collection:
        others = set(held.all_objects) - whole
        is_asset = held.asset_data is not None
        if is_asset and _owner(held) == root:
            return held
        is_alone = all(is_asset and parts.level_depth(other) > depth for other in others)
        if (is_asset or held.name == root.name) and is_alone and whole.issubset(held.all_objects):
            return held
    return None


def _owner(asset: bpy.types.Collection) -> bpy.types.Object | None:
    """Give the object in several parts that a collection was made an asset of; a copy of it in there came later."""
    job = asset.asset_data.get(_OF)
    alike = (item for item in asset.objects if job and provenance.job_of(item) == job and parts.of(item))
    return min(alike, key=lambda item: (parts.level_depth(item), item.session_uid), default=None)


@persistent  # type: ignore[untyped-decorator]
def _updated(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph | None = None) -> None:
    """Have what the artist moved be put down as before, instead of as far off as it was moved."""
    if depsgraph is None or not depsgraph.id_type_updated("OBJECT"):
        return
    for asset in bpy.data.collections:
        if asset.asset_data is not None and asset.library is None and _is_held_by_us(asset):
            root = _owner(asset)
            if root is not None and not _is_moving(root) and root.matrix_world.translation != asset.instance_offset:
                hold(asset, root)


def _is_held_by_us(asset: bpy.types.Collection) -> bool:
    noted: Any = asset.get(_HELD_AT)
    return noted is not None and tuple(noted) == asset.instance_offset.to_tuple()


def _is_moving(root: bpy.types.Object) -> bool:
    """Whether an object stands elsewhere at another time, by itself or by what it hangs on."""
    above: bpy.types.Object | None = root
    while above is not None:
        if above.animation_data is not None or above.constraints:
            return True
        above = above.parent
    return False


_HEARD: Final = (("depsgraph_update_post", _updated),)


def register() -> None:
    """Listen for what is moved."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Listen no longer."""
    listeners.ignore(*_HEARD)

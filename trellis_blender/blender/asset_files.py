# SPDX-License-Identifier: GPL-3.0-or-later
"""An object in a file of its own in an asset library, as an asset, with all that the artist wrote and painted."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ..core.errors import TrellisError
from ..core.recipe import Recipe
from . import asset_catalogs, asset_collections, asset_pictures, assets, extent, painted, parts, portraits, variants

_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME: Final = 100
_ANYHOW: Final = frozenset({"DECIMATE", "EDGE_SPLIT", "SUBSURF", "TRIANGULATE", "WEIGHTED_NORMAL"})
"""Modifiers that do the same to a mesh however it is turned and scaled."""
_LENT: Final = "lent"
Named = tuple[bpy.types.ID, bpy.types.ID]
"""A datablock of the file, and what stands for it in the library."""


def libraries() -> list[tuple[str, Path]]:
    """Give name and folder of the asset libraries that files can be put into."""
    found = []
    for library in bpy.context.preferences.filepaths.asset_libraries:
        written = str(getattr(library, "path", "")).strip()
        path = Path(bpy.path.abspath(written))
        if written and path.is_absolute():
            found.append((library.name, path))
    return found


def save(item: bpy.types.Object, made: Recipe, folder: Path) -> Path:
    """Write an object with all it needs into a file of its own in a folder; never over another. Give the file.

    The file holds the object alone: what is shown, as large as it is seen, unturned at the origin, without parent,
    animation and other variants; its textures as they look, whether they were saved since they were painted or not.
    Raises :class:`TrellisError`.
    """
    if not folder.is_dir():
        raise TrellisError(f"The asset library's folder {folder} is not there. Choose another in the preferences.")
    with ExitStack() as stack:
        asset, pairs = stack.enter_context(_several(item) if parts.of(item) else _single(item))
        pairs = [*pairs, *stack.enter_context(painted.copied(pair[1] for pair in pairs))]
        stack.enter_context(_names_lent(pairs))
        known = asset_collections.of(item)
        _present(asset, item, known, made)
        path = _write(asset, folder, item_name(pairs))
        if known is not None:
            asset_catalogs.carry(known.asset_data.catalog_id, folder)
        return path


def loses_picture(item: bpy.types.Object) -> bool:
    """Whether this Blender writes no picture of what :func:`save` writes: 5.0 copies collections without theirs."""
    return bpy.app.version[:2] == (5, 0) and bool(parts.of(item))


def begin(item: bpy.types.Object) -> None:
    """Have what takes long be made ready while the artist is asked where :func:`save` shall put an object."""
    whole = [item, *parts.of(item)]
    slots = (slot.material for part in whole for slot in part.material_slots)
    painted.begin([material for material in slots if material is not None])


def item_name(pairs: Sequence[Named]) -> str:
    """Give the name that the first of some has in the library."""
    return pairs[0][1].name


def _present(asset: bpy.types.ID, item: bpy.types.Object, known: bpy.types.ID | None, made: Recipe) -> None:
    """Have what is written say and show what the asset in the file does, or what its recipe says."""
    asset.asset_mark()
    if known is not None:
        assets.copy_words(known, asset)
    assets.describe_anew(asset, made)
    if known is None or asset_pictures.is_ours(known) or known.preview is None:
        seen = extent.unturned(item)
        if isinstance(asset, bpy.types.Object) and asset.data != item.data:
            seen = Matrix.Identity(4)  # it is in the mesh
        alone = [(asset, seen)] if isinstance(asset, bpy.types.Object) else assets.places(item, seen)
        asset_pictures.draw(asset, alone)
    else:
        portraits.copy(known.preview, asset.preview_ensure())


@contextmanager
def _single(item: bpy.types.Object) -> Iterator[tuple[bpy.types.ID, list[Named]]]:
    """Give a copy of an object for as long as it is needed, and what it stands for."""
    alone = _one(item)
    pairs: list[Named] = [(item, alone)]
    if alone.data is not None and item.data is not None and alone.data != item.data:
        pairs.append((item.data, alone.data))
    try:
        yield alone, pairs
    finally:
        bpy.data.batch_remove([copy for _own, copy in pairs])


@contextmanager
def _several(root: bpy.types.Object) -> Iterator[tuple[bpy.types.ID, list[Named]]]:
    """Give a collection of copies of an object and its parts, as large as it is seen, for as long as it is needed."""
    whole = parts.of(root)
    copy, *twins = parts.copy(root, whole)
    _free(copy)
    _stand(copy, extent.unturned(root))
    collection = bpy.data.collections.new(root.name)
    held = bpy.data.collections.get(root.name)
    for item in (copy, *twins):
        variants.clear(item)
        collection.objects.link(item)
    pairs: list[Named] = [(root, copy), *zip(whole, twins, strict=True)]
    if held is not None and held != collection:
        pairs.append((held, collection))
    try:
        yield collection, pairs
    finally:
        bpy.data.batch_remove([copy, *twins, collection])


@contextmanager
def _names_lent(pairs: Sequence[Named]) -> Iterator[None]:
    """Have copies bear the names of what they stand for, for this moment: so they are called in the library."""
    names = [own.name for own, _copy in pairs]
    try:
        for (own, copy), name in zip(pairs, names, strict=True):
            if own.library is None:
                own.name = _LENT
            copy.name = name
        yield
    finally:
        for (own, copy), name in zip(pairs, names, strict=True):
            copy.name = _LENT
            if own.library is None:
                own.name = name


def _one(item: bpy.types.Object) -> bpy.types.Object:
    """Give a copy of an object that hangs on nothing else of the file, at the origin, as large as it is seen.

    How it is turned in the scene is the scene's: a chair is not crooked in the library. Scale goes into a mesh of its
    own, but for modifiers that would do something else then.
    """
    seen = extent.unturned(item)
    alone = item.copy()
    _free(alone)
    variants.clear(alone)
    is_free = all(modifier.type in _ANYHOW for modifier in alone.modifiers)
    if is_free and isinstance(alone.data, bpy.types.Mesh) and seen != Matrix.Identity(4):
        alone.data = alone.data.copy()
        extent.change_mesh(alone.data, seen)
        seen = Matrix.Identity(4)
    _stand(alone, seen)
    return alone


def _stand(alone: bpy.types.Object, seen: Matrix) -> None:
    """Have an object stand unturned at the origin. Blender would have it turned that is mirrored by a matrix."""
    alone.matrix_world = Matrix.Identity(4)
    grid = np.array(seen)[:3, :3]
    alone.scale = (np.linalg.norm(grid, axis=0) * np.where(grid.diagonal() < 0.0, -1.0, 1.0)).tolist()


def _free(alone: bpy.types.Object) -> None:
    """Have an object hang on nothing, and be moved by nothing."""
    alone.animation_data_clear()
    alone.constraints.clear()
    alone.parent = None
    for attribute in ("delta_location", "delta_rotation_euler"):
        setattr(alone, attribute, (0.0, 0.0, 0.0))
    alone.delta_scale, alone.delta_rotation_quaternion = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0)


def _write(asset: bpy.types.ID, folder: Path, name: str) -> Path:
    """Write a file that is not there yet; it is only there under its name when it is whole."""
    part = folder / f".{asset.session_uid}.part.blend"
    try:
        bpy.data.libraries.write(str(part), {asset}, path_remap="ABSOLUTE", fake_user=True, compress=True)
        for path in _names(folder, name):
            if _put(part, path):
                return path
    except (OSError, RuntimeError) as error:
        raise TrellisError(
            f"The asset cannot be written to {folder} ({error}). Check the folder, then try again."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    raise TrellisError(f"There are too many files named {name} in {folder}. Rename the object, then try again.")


def _names(folder: Path, name: str) -> list[Path]:
    stem = _UNSAFE.sub("_", name).strip(" .")[:_LONGEST_NAME] or "object"
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return [folder / f"{stem}{suffix}.blend" for suffix in ("", *(f"-{number}" for number in range(2, 1000)))]


def _put(part: Path, path: Path) -> bool:
    """Give a file its name unless another has it; whether it could be had."""
    try:
        with path.open("xb"):  # ours from here on, whoever else looks for a name
            pass
    except FileExistsError:
        return False
    try:
        part.replace(path)
    except OSError:
        path.unlink()
        raise
    return True

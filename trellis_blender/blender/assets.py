# SPDX-License-Identifier: GPL-3.0-or-later
"""An object as an asset: what is said of it, its picture, and a file of its own in an asset library."""

import re
from pathlib import Path
from typing import Final

import bpy
from mathutils import Matrix

from ..core import thumbnail
from ..core.catalogue import BY_NAME
from ..core.errors import TrellisError
from ..core.recipe import Recipe
from . import extent, portraits, preferences, variants

PREVIEW_PIXELS: Final = 256
TAGS: Final = ("TRELLIS", "generated")
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME: Final = 100
_ANYHOW: Final = frozenset({"DECIMATE", "EDGE_SPLIT", "SUBSURF", "TRIANGULATE", "WEIGHTED_NORMAL"})
"""Modifiers that do the same to a mesh however it is turned and scaled."""


def mark(item: bpy.types.Object, made: Recipe) -> None:
    """Make an object an asset, with a picture of it and what its recipe says; what the artist wrote there stays."""
    item.asset_mark()
    data = item.asset_data
    data.author = data.author or preferences.get().asset_author
    data.description = data.description or describe(made)
    for tag in TAGS:
        data.tags.new(tag, skip_if_exists=True)
    draw(item)


def draw(item: bpy.types.Object) -> None:
    """Draw the picture that the Asset Browser shows of an object."""
    if isinstance(item.data, bpy.types.Mesh):
        preview = item.preview_ensure()
        if preview is not None:
            portraits.fill(preview, thumbnail.draw(portraits.read(item.data), PREVIEW_PIXELS))


def describe(made: Recipe) -> str:
    """Say how an object was made, in one line."""
    parts = [f"{BY_NAME[name].label} {made.value(name)}" for name in ("seed", "resolution")]
    return f"From {made.image_name or made.image_url or made.name}, {', '.join(parts)}, {made.day}".rstrip(", ")


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

    The file holds the object alone: what is shown, as large as it is seen, at the origin, without parent, animation
    and other variants.
    Raises :class:`TrellisError`.
    """
    if not folder.is_dir():
        raise TrellisError(f"The asset library's folder {folder} is not there. Choose another in the preferences.")
    name, mesh_name = item.name, item.data.name if item.data is not None else ""
    alone = _alone(item)
    own = alone.data if alone.data != item.data else None
    try:
        item.name, alone.name = f"{name} ", name  # for this moment, so that it has its name in the library
        if own is not None and item.data is not None:
            item.data.name, own.name = f"{mesh_name} ", mesh_name
        mark(alone, made)
        return _write(alone, folder, name)
    finally:
        bpy.data.batch_remove([alone] if own is None else [alone, own])
        item.name = name
        if item.data is not None:
            item.data.name = mesh_name


def _alone(item: bpy.types.Object) -> bpy.types.Object:
    """Give a copy of an object that hangs on nothing else of the file, at the origin, as it is seen in the scene.

    Dropped from the Asset Browser, an object keeps its scale and loses its rotation, so both go into a mesh of its own;
    but for modifiers that would do something else then.
    """
    seen = item.matrix_world.to_3x3().to_4x4()
    alone = item.copy()
    alone.animation_data_clear()
    alone.constraints.clear()
    alone.parent = None
    variants.clear(alone)
    for attribute in ("delta_location", "delta_rotation_euler"):
        setattr(alone, attribute, (0.0, 0.0, 0.0))
    alone.delta_scale, alone.delta_rotation_quaternion = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0)
    is_free = all(modifier.type in _ANYHOW for modifier in alone.modifiers)
    if is_free and isinstance(alone.data, bpy.types.Mesh) and seen != Matrix.Identity(4):
        alone.data = alone.data.copy()
        extent.change_mesh(alone.data, seen)
        seen = Matrix.Identity(4)
    alone.matrix_world = seen
    return alone


def _write(item: bpy.types.Object, folder: Path, name: str) -> Path:
    """Write a file that is not there yet; it is only there under its name when it is whole."""
    part = folder / f".{item.session_uid}.part.blend"
    try:
        bpy.data.libraries.write(str(part), {item}, path_remap="ABSOLUTE", fake_user=True, compress=True)
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

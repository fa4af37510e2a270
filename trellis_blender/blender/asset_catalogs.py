# SPDX-License-Identifier: GPL-3.0-or-later
"""An asset's catalog, told to the library that the asset is saved to: there it would be in none."""

import logging
from collections.abc import Iterator
from pathlib import Path

import bpy

from ..core import catalogs

_log = logging.getLogger(__name__)


def carry(catalog: str, folder: Path) -> None:
    """Have a library know a catalog that this file, or another library, knows; what it knows itself stays."""
    if catalog == catalogs.NONE:
        return
    try:
        there = _text(folder / catalogs.FILE)
        if catalogs.line_of(there, catalog):
            return
        lines = (catalogs.line_of(_text(place / catalogs.FILE), catalog) for place in _places())
        line = next(filter(None, lines), "")
        if line:
            part = folder / f".{catalogs.FILE}.part"
            part.write_text(catalogs.added(there, line), encoding="utf-8")
            part.replace(folder / catalogs.FILE)
    except (OSError, UnicodeDecodeError) as error:
        _log.warning("The catalog of an asset was not told to %s: %s", folder, error)  # the asset itself is there


def _places() -> Iterator[Path]:
    """Give where catalogs may be told of: beside this file and above it, and in the libraries."""
    if bpy.data.filepath:
        yield from Path(bpy.data.filepath).parents
    for library in bpy.context.preferences.filepaths.asset_libraries:
        yield Path(bpy.path.abspath(str(getattr(library, "path", ""))))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""

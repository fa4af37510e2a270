# SPDX-License-Identifier: GPL-3.0-or-later
"""The version, read from the one place it is written: the manifest. Imports nothing of ours."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

_MANIFEST: Final = "blender_manifest.toml"


@cache
def version() -> str:
    """Give the extension's version, such as ``0.1.0``.

    In an installed extension the manifest lies beside the package's root, in a checkout one above.
    """
    root = Path(__file__).resolve().parents[1]
    for folder in (root, root.parent):
        path = folder / _MANIFEST
        if path.is_file():
            return str(tomllib.loads(path.read_text(encoding="utf-8"))["version"])
    raise FileNotFoundError(f"{_MANIFEST} is missing beside {root}")

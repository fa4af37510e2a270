# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's manifest: reading it, and its list of wheels."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from rig.paths import CHECKOUT

MANIFEST = CHECKOUT / "blender_manifest.toml"
_WHEEL_LIST = re.compile(r"^wheels = \[.*?^\]$", re.MULTILINE | re.DOTALL)


def read_manifest() -> dict[str, Any]:
    """Return the manifest of the checkout."""
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


def effective(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest of a built zip as Blender reads it: what the build generated replaces what it stands for."""
    return {**manifest, **manifest.get("build", {}).get("generated", {})}


def write_wheel_list(names: Iterable[str]) -> None:
    """Replace the list of wheels in the checkout's manifest."""
    entries = "".join(f'    "./wheels/{name}",\n' for name in names)
    text = MANIFEST.read_text(encoding="utf-8")
    MANIFEST.write_text(_WHEEL_LIST.sub(f"wheels = [\n{entries}]", text), encoding="utf-8")

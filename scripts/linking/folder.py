# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder Blender takes for the extension: links to the checkout's code, wheels, a manifest for this machine.

The code is linked entry by entry because Blender wants it beside the manifest, which lives at the checkout's root.
"""

import os
import platform
import shutil
import sys
from pathlib import Path

from bundle.manifest import MANIFEST
from bundle.staging import CODE
from bundle.targets import PIP_PLATFORMS
from bundle.wheels import Wheel, ensure_wheels
from rig.errors import RigError
from rig.paths import CHECKOUT
from translation.compiling import compile_into
from translation.languages import FOLDER as LANGUAGES

DEV = CHECKOUT / ".rig" / "dev"
"""In the checkout whatever the rig's folder is: two checkouts may share a rig, but not a link."""
FOLDER = DEV / "trellis_blender"


def make_folder() -> Path:
    """Make the folder anew and return it; links from Blender to it stay good."""
    wheels = [wheel for wheel in ensure_wheels() if _fits(wheel, this_platform())]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        remove_link(old) if is_link(old) else shutil.rmtree(old) if old.is_dir() else old.unlink()
    for entry in sorted(CODE.iterdir()):
        if entry.name not in ("__pycache__", LANGUAGES.name) and not entry.name.startswith("."):
            make_link(FOLDER / entry.name, entry)
    compile_into(FOLDER / LANGUAGES.name)
    (FOLDER / "wheels").mkdir()
    for wheel in wheels:
        shutil.copyfile(wheel.cached, FOLDER / "wheels" / wheel.name)
    names = ", ".join(f'"./wheels/{wheel.name}"' for wheel in wheels)
    generated = f'\n[build.generated]\nplatforms = ["{this_platform()}"]\nwheels = [{names}]\n'
    (FOLDER / MANIFEST.name).write_text(MANIFEST.read_text(encoding="utf-8") + generated, encoding="utf-8")
    return FOLDER


def this_platform() -> str:
    """Return Blender's name of this machine's platform."""
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    name = f"{system}-{ {'x86_64': 'x64', 'amd64': 'x64', 'aarch64': 'arm64'}.get(machine, machine) }"
    if name not in PIP_PLATFORMS:
        raise RigError(f"There are no wheels for {name}; there are for {', '.join(PIP_PLATFORMS)}.")
    return name


def make_link(link: Path, target: Path) -> None:
    """Link a file or folder; on Windows as junction or hard link, which need no administrator."""
    if os.name != "nt":
        link.symlink_to(target)
    elif target.is_dir():
        import _winapi

        _winapi.CreateJunction(str(target), str(link))  # type: ignore[attr-defined,unused-ignore]
    else:
        link.hardlink_to(target)


def is_link(path: Path) -> bool:
    """Whether it is a link or a junction: something to unlink, never to empty."""
    return path.is_symlink() or (path.is_dir() and Path(os.path.realpath(path)) != path.parent.resolve() / path.name)


def remove_link(path: Path) -> None:
    """Take a link away and leave what it points to."""
    if path.is_symlink():
        path.unlink()
    else:
        path.rmdir()


def _fits(wheel: Wheel, name: str) -> bool:
    tags = set(wheel.platform_tag.split("."))
    return bool(tags & {"any", *PIP_PLATFORMS[name]})

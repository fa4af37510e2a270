# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the wheels anew: the newest pydantic-core that exists for every target, written where it is pinned."""

import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

from rig.commands import CommandFailed, run_logged, say
from rig.errors import RigError
from rig.paths import DEV_REQUIREMENTS
from rig.venvs import ensure_dev_venv

from .manifest import write_wheel_list
from .targets import PIP_PLATFORMS, PYTHONS
from .wheels import LOCK, Wheel, download, sha256

_VERSIONS_TO_TRY = 10
_HEADER = """\
# The wheels the zips carry, as sha256sum writes them. Made by scripts/relock; never edit it by hand.
"""


def relock(version: str | None = None) -> list[Wheel]:
    """Find the wheels, write lock, manifest and development pins, and return the wheels."""
    for candidate in [version] if version else _newest_versions():
        with tempfile.TemporaryDirectory() as folder:
            try:
                files = _download_all(candidate, Path(folder))
            except CommandFailed:
                say(f"pydantic-core {candidate} is not there for every target")
                continue
            wheels = sorted({Wheel(file.name, sha256(file)) for file in files}, key=lambda wheel: wheel.name)
        _write(wheels)
        return wheels
    raise RigError("No version of pydantic-core has a wheel for every target.")


def _newest_versions() -> list[str]:
    pip = [str(ensure_dev_venv()), "-m", "pip", "index", "versions", "pydantic-core"]
    found = re.search(r"Available versions: (.*)", run_logged("wheels", pip))
    if found is None:
        raise RigError("pip lists no versions of pydantic-core.")
    return found.group(1).split(", ")[:_VERSIONS_TO_TRY]


def _download_all(version: str, folder: Path) -> list[Path]:
    targets = [(python, platform) for python in PYTHONS for platform in PIP_PLATFORMS]

    def fetch(target: tuple[str, str]) -> Path:
        python, platform = target
        return download(python, platform, folder / f"{python}-{platform}", f"pydantic-core=={version}")

    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(fetch, targets))
    needed = _needs(files[0])
    return files + [download(PYTHONS[0], "linux-x64", folder / "needed", requirement) for requirement in needed]


def _needs(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        headers = HeaderParser().parsestr(archive.read(metadata).decode())
    return [need for need in headers.get_all("Requires-Dist", []) if "extra ==" not in need]


def _write(wheels: list[Wheel]) -> None:
    LOCK.write_text(_HEADER + "".join(f"{wheel.sha256}  {wheel.name}\n" for wheel in wheels), encoding="utf-8")
    write_wheel_list([wheel.name for wheel in wheels])
    pins = DEV_REQUIREMENTS.read_text(encoding="utf-8")
    for requirement in {wheel.requirement for wheel in wheels}:
        project = requirement.split("==")[0]
        pins = re.sub(rf"^{re.escape(project)}==.*$", requirement, pins, flags=re.MULTILINE)
    DEV_REQUIREMENTS.write_text(pins, encoding="utf-8")

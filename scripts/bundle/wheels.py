# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheels the zips carry: fetched through pip, and trusted by the hashes in ``wheels.lock`` alone."""

import hashlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rig.commands import announced, run_logged
from rig.errors import RigError
from rig.paths import WHEELS
from rig.stamps import locked
from rig.venvs import ensure_dev_venv

from .targets import PIP_PLATFORMS, PYTHONS

LOCK = Path(__file__).with_name("wheels.lock")
_PARALLEL_DOWNLOADS = 4


@dataclass(frozen=True)
class Wheel:
    """One file of the lock; its name tells project, version, Python and platform (PEP 427)."""

    name: str
    sha256: str

    @property
    def requirement(self) -> str:
        """The project and version, as pip wants them."""
        project, version = self.name.split("-")[:2]
        return f"{project.replace('_', '-')}=={version}"

    @property
    def platform_tag(self) -> str:
        """The last tag of the name, as in ``win_amd64``; ``any`` for pure Python."""
        return self.name.removesuffix(".whl").split("-")[-1]

    @property
    def cached(self) -> Path:
        """Where the file is kept; ``ensure_wheels`` puts it there."""
        return WHEELS / self.name


def locked_wheels() -> list[Wheel]:
    """Return what the lock lists, in its order."""
    lines = [line.split() for line in LOCK.read_text(encoding="utf-8").splitlines()]
    return [Wheel(name=words[1], sha256=words[0]) for words in lines if words and not words[0].startswith("#")]


def ensure_wheels() -> list[Wheel]:
    """Fetch what is not in the cache, check every hash anew, and return the wheels."""
    wheels = locked_wheels()
    with locked("wheels"):
        WHEELS.mkdir(parents=True, exist_ok=True)
        absent = [wheel for wheel in wheels if not _is_cached(wheel)]
        if absent:
            ensure_dev_venv()
            with announced(f"fetching {len(absent)} wheels"), ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
                list(pool.map(_fetch, absent))
    return wheels


def sha256(path: Path) -> str:
    """Return the hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(python: str, platform: str, folder: Path, *requirement: str) -> Path:
    """Let pip download the wheel of a requirement for a Python and a Blender platform; return the file."""
    tags = [word for tag in PIP_PLATFORMS[platform] for word in ("--platform", tag)]
    pip = [str(ensure_dev_venv()), "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-deps"]
    pip += ["--progress-bar", "off", "--only-binary=:all:", "--implementation", "cp", "--python-version", python]
    run_logged("wheels", [*pip, *tags, "--dest", str(folder), *requirement])
    return next(folder.glob("*.whl"))


def _is_cached(wheel: Wheel) -> bool:
    return wheel.cached.is_file() and sha256(wheel.cached) == wheel.sha256


def _fetch(wheel: Wheel) -> None:
    python, platform = _target(wheel)
    with tempfile.TemporaryDirectory(dir=WHEELS) as folder:
        # With the one hash that is allowed, pip refuses every other file, whatever the index offers.
        allowed = Path(folder) / "allowed.txt"
        allowed.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        got = download(python, platform, Path(folder), "--require-hashes", "--requirement", str(allowed))
        if got.name != wheel.name or sha256(got) != wheel.sha256:
            raise RigError(f"pip brought {got.name} where wheels.lock asks for {wheel.name}.")
        shutil.move(got, wheel.cached)


def _target(wheel: Wheel) -> tuple[str, str]:
    python_tag = wheel.name.removesuffix(".whl").split("-")[2]
    python = next((python for python in PYTHONS if python_tag == f"cp{python.replace('.', '')}"), PYTHONS[0])
    tags = set(wheel.platform_tag.split("."))
    platform = next((name for name, accepted in PIP_PLATFORMS.items() if tags & set(accepted)), "linux-x64")
    return python, platform

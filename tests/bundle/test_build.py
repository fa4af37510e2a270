# SPDX-License-Identifier: GPL-3.0-or-later
"""The zips: same bytes from the same sources, exactly the wheels they list, accepted by Blender's own tool."""

import os
import random
import shutil
import subprocess
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from bundle import archives, blender_tool
from bundle.manifest import effective, read_manifest
from bundle.targets import PIP_PLATFORMS, PYTHONS
from bundle.wheels import locked_wheels, sha256
from rig.errors import RigError
from rig.paths import CHECKOUT, DEV_REQUIREMENTS, RIG

SOURCES = ("trellis_blender", "scripts", "blender_manifest.toml", "requirements-dev.txt", "LICENSE", "README.md")
BUILD_TIMEOUT_SECONDS = 300

pytestmark = pytest.mark.timeout(2 * BUILD_TIMEOUT_SECONDS)


def build_a_copy(folder: Path, seed: int) -> dict[str, Path]:
    """Copy the sources elsewhere, in another order and with other times, build there, and return name → zip."""
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / name)
    dice = random.Random(seed)
    for path in folder.rglob("*"):
        moment = dice.randrange(10**9, 2 * 10**9)
        os.utime(path, (moment, moment))
        if path.is_file() and "scripts" not in path.parts:
            path.chmod(dice.choice((0o600, 0o644, 0o755)))
    environment = {**os.environ, "TRELLIS_RIG": str(RIG), "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run([folder / "scripts" / "build"], env=environment, check=True, timeout=BUILD_TIMEOUT_SECONDS)
    return {path.name: path for path in sorted((folder / "dist").iterdir())}


@pytest.fixture(scope="module")
def two_builds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Path]]:
    return [build_a_copy(tmp_path_factory.mktemp("copy") / f"checkout{seed}", seed) for seed in (1, 2)]


def test_same_sources_give_the_same_bytes(two_builds: list[dict[str, Path]]) -> None:
    first, second = ({name: sha256(path) for name, path in zips.items()} for zips in two_builds)
    assert first == second


def test_one_zip_a_platform_with_the_wheels_it_lists(two_builds: list[dict[str, Path]]) -> None:
    zips = two_builds[0]
    expected = {f"trellis_blender-{read_manifest()['version']}-{name.replace('-', '_')}.zip" for name in PIP_PLATFORMS}
    assert set(zips) == expected
    for platform in PIP_PLATFORMS:
        path = next(path for name, path in zips.items() if name.endswith(f"-{platform.replace('-', '_')}.zip"))
        archives.check_contents(path, platform)
        with ZipFile(path) as archive:
            manifest = effective(tomllib.loads(archive.read("blender_manifest.toml").decode()))
        for project in ("pydantic_core", "typing_extensions"):
            count = sum(project in wheel for wheel in manifest["wheels"])
            assert count == (len(PYTHONS) if project == "pydantic_core" else 1)


def test_blender_accepts_every_zip(two_builds: list[dict[str, Path]]) -> None:
    for path in two_builds[0].values():
        assert "rror" not in blender_tool.validate(path)


def test_a_zip_with_a_wheel_too_many_is_refused(two_builds: list[dict[str, Path]], tmp_path: Path) -> None:
    name, path = next(iter(two_builds[0].items()))
    spoilt = Path(shutil.copy(path, tmp_path / name))
    with ZipFile(spoilt, "a") as archive:
        archive.writestr("wheels/stowaway-1.0-py3-none-any.whl", b"")
    platform = next(p for p in PIP_PLATFORMS if name.endswith(f"{p.replace('-', '_')}.zip"))
    with pytest.raises(RigError, match="stowaway"):
        archives.check_contents(spoilt, platform)


def test_lock_covers_every_target_and_agrees_with_the_development_pins() -> None:
    wheels = locked_wheels()
    native = [wheel for wheel in wheels if wheel.platform_tag != "any"]
    assert len(native) == len(PYTHONS) * len(PIP_PLATFORMS)
    pins = DEV_REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    assert {wheel.requirement for wheel in wheels} <= set(pins)

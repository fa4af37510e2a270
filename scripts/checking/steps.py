# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of scripts/check: each runs something to its end and returns an outcome."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bundle.building import build
from rig import chroots, processes, standin
from rig.blenders import ModuleBlender, WindowBlender
from rig.paths import CHECKOUT, RIG
from rig.profiles import fresh_environment, temporary_home
from rig.running import run_bpy
from rig.venvs import ensure_dev_venv

from .outcomes import Outcome, from_junit, from_status

STEP_TIMEOUT_SECONDS = 1800
"""Twice what the longest takes on a busy computer."""
DURATIONS = "--durations=25"
"""The log of a step tells which of its tests took longest."""
CHAOS_RUNS = 54
CHAOS_SEED = 7022
ZIP_PLATFORM = "linux-x64"
ARTIFACTS = CHECKOUT / "out"
SCRIPT_PACKAGES = ("rig", "bundle", "checking", "demonstration", "documentation", "havoc", "photography", "translation")
SCRIPT_MODULES = ("linking.folder", "linking.reloading")
"""The rest of linking runs inside Blender."""


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line."""

    pytest_arguments: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    """Tests to run in place of a step's own."""


@dataclass(frozen=True)
class Share:
    """Which share of the tests that any one Blender can run is a Blender's; all of them, unless the others run too."""

    number: int = 1
    count: int = 1
    instead_of: str = ""
    """The Blender that could not run its share; nothing but the share is run then."""

    @property
    def pytest_arguments(self) -> tuple[str, ...]:
        """What tests/blender/conftest.py is told."""
        only = ("-m", "any_blender") if self.instead_of else ()
        return (f"--share={self.number}/{self.count}", *only)


def lint_format() -> Outcome:
    return _tool("format", ["ruff", "format", "--check", "."])


def lint_rules() -> Outcome:
    return _tool("lint", ["ruff", "check", "."])


def chaos() -> Outcome:
    """A short campaign with a fixed seed; longer ones are run by hand."""
    script = str(CHECKOUT / "scripts" / "chaos")
    return _tool("chaos", ["python", script, "--runs", str(CHAOS_RUNS), "--seed", str(CHAOS_SEED)])


def types_core() -> Outcome:
    return _types("types core", "--strict", "--follow-imports=silent", "-p", "trellis_blender.core")


def types_blender() -> Outcome:
    # Silent about what it imports: core has a step of its own.
    return _types(
        "types blender",
        "--follow-imports=silent",
        "-p",
        "trellis_blender.blender",
        "-m",
        "trellis_blender",
        "-m",
        "trellis_blender.api",
    )


def types_scripts() -> Outcome:
    packages = [word for package in SCRIPT_PACKAGES for word in ("-p", package)]
    modules = [word for module in SCRIPT_MODULES for word in ("-m", module)]
    # Silent about the extension, which some of them import: it has steps of its own.
    return _types("types scripts", "--follow-imports=silent", *packages, *modules)


def core_tests(name: str, share: Share, settings: Settings) -> Outcome:
    """Run every so-manieth file of tests/core, from the share's number on."""
    files = sorted(str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "tests" / "core").glob("**/test_*.py"))
    return _pytest(name, files[share.number - 1 :: share.count], settings)


def bundle_tests(settings: Settings) -> Outcome:
    return _pytest("build tests", ["tests/bundle"], settings)


def build_zip() -> Path:
    """Build the zip the tests install, and return it."""
    return build([ZIP_PLATFORM])[0]


def blender_tests(name: str, blender: ModuleBlender, share: Share, zip_path: Path, settings: Settings) -> Outcome:
    """Run tests/blender inside one Blender module."""
    with temporary_home() as home, standin.running() as addresses:
        report = home / "report.xml"
        # -P: neither the checkout nor its folders are importable, so nothing but the zip can be tested.
        argv = ["-P", "-m", "pytest", "-o", "pythonpath=tests/blender", f"--junitxml={report}", DURATIONS]
        environment = {"TRELLIS_ZIP": str(zip_path), standin.ENVIRONMENT_NAME: json.dumps(addresses)}
        try:
            done = run_bpy(
                blender.version,
                [*argv, *(settings.tests or ("tests/blender",)), *share.pytest_arguments, *settings.pytest_arguments],
                environment,
                STEP_TIMEOUT_SECONDS,
                home,
            )
        except subprocess.TimeoutExpired as expired:
            return Outcome(name, failed=1, output=f"{expired.output}\n{expired}")
        return from_junit(name, report, done.returncode, done.stdout)


def gui_tests(name: str, blender: WindowBlender, tests: Sequence[str], zip_path: Path, settings: Settings) -> Outcome:
    """Run these of tests/gui against one Blender window."""
    chroots.ensure_chroot(blender.suite)
    artifacts = ARTIFACTS / "gui" / blender.version
    artifacts.mkdir(parents=True, exist_ok=True)
    environment = {
        "TRELLIS_ZIP": str(zip_path),
        "TRELLIS_WINDOW_BLENDER": blender.version,
        "TRELLIS_ARTIFACTS": str(artifacts),
    }
    return _pytest(name, tests, settings, environment)


def _types(name: str, *arguments: str) -> Outcome:
    # A cache each: they run side by side.
    return _tool(name, ["mypy", "--cache-dir", str(RIG / "mypy" / name.replace(" ", "-")), *arguments])


def _tool(name: str, command: Sequence[str]) -> Outcome:
    program = ensure_dev_venv().with_name(command[0])
    environment = {**os.environ, "MYPYPATH": str(CHECKOUT / "scripts")}
    argv = processes.contained([str(program), *command[1:]])
    done = processes.run(argv, environment, CHECKOUT, timeout=STEP_TIMEOUT_SECONDS)
    return from_status(name, done.returncode, done.stdout)


def _pytest(name: str, folders: Sequence[str], settings: Settings, env: dict[str, str] | None = None) -> Outcome:
    present = settings.tests or [folder for folder in folders if (CHECKOUT / folder).exists()]
    if not present:
        return Outcome(name, failed=1, output=f"None of {', '.join(folders)} exists.")
    python = str(ensure_dev_venv())
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = fresh_environment(home, os.environ.get("PATH", os.defpath), env)
        environment |= {
            key: value for key, value in os.environ.items() if key.startswith("PIP_") or key == "TRELLIS_RIG"
        }
        argv = [python, "-P", "-m", "pytest", f"--junitxml={report}", DURATIONS, *present, *settings.pytest_arguments]
        try:
            done = processes.run(processes.contained(argv), environment, CHECKOUT, timeout=STEP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as expired:
            return Outcome(name, failed=1, output=f"{expired.output}\n{expired}")
        return from_junit(name, report, done.returncode, done.stdout)

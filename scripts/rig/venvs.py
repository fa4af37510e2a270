# SPDX-License-Identifier: GPL-3.0-or-later
"""Python environments: the development one, and one for each Blender module."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import chroots
from .blenders import ModuleBlender, module_blender
from .commands import CommandFailed, announced, run_logged
from .debian import BPY_LIBRARIES, ensure_packages
from .errors import RigError, Skipped
from .paths import DEV_REQUIREMENTS, VENVS
from .stamps import digest, is_made, locked, remove_tree, write_stamp

_TEST_PACKAGES = ("pytest", "pytest-timeout")
_LAYOUT = 1
"""Raise it when environments are made differently, so that old ones are made anew."""


def ensure_dev_venv() -> Path:
    """Make the development environment if need be and return its Python."""
    folder = VENVS / "dev"
    python = _host_python("3.11")
    asked = digest(_LAYOUT, folder, python, DEV_REQUIREMENTS.read_text(encoding="utf-8"))
    with locked("venv-dev"):
        if not is_made(folder / "stamp", asked):
            with announced("making the development environment"):
                remove_tree(folder)
                _make_venv(python, folder, "venv-dev")
                _pip_install(folder, "venv-dev", ["-r", str(DEV_REQUIREMENTS)])
                write_stamp(folder / "stamp", asked)
    return folder / "bin" / "python"


def ensure_bpy_venv(version: str) -> Path:
    """Make the environment of a Blender module if need be and return its Python.

    The Python of a Blender that needs a chroot runs only inside it; see ``running.run_bpy``. Raises ``Skipped`` when
    the version has left the index or its chroot is not to be had.
    """
    blender = module_blender(version)
    folder = VENVS / f"bpy-{blender.version}"
    if blender.chroot:
        chroots.ensure_chroot(blender.chroot)
    else:
        ensure_packages(BPY_LIBRARIES)
    requirements = [f"bpy=={blender.version}", *blender.extra_requirements, *_test_pins()]
    asked = digest(_LAYOUT, folder, blender, requirements)
    with locked(f"venv-bpy-{blender.version}"):
        if not is_made(folder / "stamp", asked):
            with announced(f"installing bpy {blender.version}"):
                remove_tree(folder)
                _install_bpy(blender, folder, requirements)
                write_stamp(folder / "stamp", asked)
    return folder / "bin" / "python"


def site_packages(version: str) -> Path:
    """Return the site-packages folder of a Blender module's environment."""
    blender = module_blender(version)
    return VENVS / f"bpy-{blender.version}" / "lib" / f"python{blender.python}" / "site-packages"


def _install_bpy(blender: ModuleBlender, folder: Path, requirements: Sequence[str]) -> None:
    log_name = f"venv-bpy-{blender.version}"
    try:
        if blender.chroot is None:
            _make_venv(_host_python(blender.python), folder, log_name)
            _pip_install(folder, log_name, requirements)
        else:
            # The host's pip fetches for the chroot's Python, so that the host's network settings hold.
            make = [f"/usr/bin/python{blender.python}", "-m", "venv", "--without-pip", str(folder)]
            chroots.run_in_chroot(blender.chroot, make, log_name)
            fetch_for = ["--python-version", blender.python, "--only-binary=:all:"]
            fetch_for += ["--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"]
            # pip compares what a wheel requires with the Python it runs on, whatever --python-version says.
            fetch_for += ["--ignore-requires-python", "--no-compile"]
            target = ["--target", str(site_packages(blender.version))]
            _pip_install(ensure_dev_venv().parents[1], log_name, [*fetch_for, *target, *requirements])
            # What pip compiles is for its own Python only, and tests write none: each start would compile it anew.
            code = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=2)"
            compiling = [str(folder / "bin" / "python"), "-c", code, str(site_packages(blender.version))]
            chroots.run_in_chroot(blender.chroot, compiling, log_name)
    except CommandFailed as failure:
        # An index that cannot be reached lists no versions at all: that is a failure, not a skip.
        gone = re.search(rf"requirement bpy=={re.escape(blender.version)} \(from versions: (.*)\)", failure.text)
        if gone and gone.group(1) != "none":
            raise Skipped(f"bpy {blender.version} has left the package index") from failure
        raise


def _test_pins() -> list[str]:
    pins = [line.strip() for line in DEV_REQUIREMENTS.read_text(encoding="utf-8").splitlines()]
    return [pin for pin in pins if pin.split("==")[0] in _TEST_PACKAGES]


def _make_venv(python: Path, folder: Path, log_name: str) -> None:
    run_logged(log_name, [str(python), "-m", "venv", str(folder)])


def _pip_install(venv: Path, log_name: str, arguments: Sequence[str]) -> None:
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    run_logged(log_name, [*pip, "--progress-bar", "off", *arguments])


def _host_python(version: str) -> Path:
    """Return a Python of exactly that series that can make environments with pip in them."""
    candidates = [sys.executable]
    candidates += [path for name in (f"python{version}", "python3") if (path := shutil.which(name))]
    question = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2], sys.executable)"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    for candidate in candidates:
        answer = subprocess.run(
            [candidate, "-c", question], capture_output=True, text=True, env=environment, check=False
        )
        if answer.returncode == 0 and answer.stdout.split()[0] == version:
            return Path(answer.stdout.split(maxsplit=1)[1].strip()).resolve()
    raise RigError(
        f"Python {version} with venv and ensurepip is needed. On Debian: apt-get install python{version}-venv"
    )

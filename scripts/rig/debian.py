# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages on the host: what is missing, and installing it when we may."""

import os
import subprocess
from collections.abc import Iterable

from .commands import announced, run_logged
from .errors import RigError
from .stamps import locked

BPY_LIBRARIES = (
    *("libx11-6", "libxrender1", "libxfixes3", "libxi6", "libxkbcommon0", "libxext6", "libsm6", "libice6"),
    *("libgl1", "libxxf86vm1", "libgomp1", "libegl1", "libegl-mesa0", "libgl1-mesa-dri"),
)
CHROOT_TOOLS = ("debootstrap", "util-linux")


def missing(packages: Iterable[str]) -> list[str]:
    """Return the packages that dpkg does not know as installed."""
    wanted = list(packages)
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,  # it fails when any one is unknown, and still lists the others
    )
    installed = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in installed]


def ensure_packages(packages: Iterable[str]) -> None:
    """Install what is missing; say which command to run when we are not root."""
    wanted = list(packages)
    if not missing(wanted):
        return
    with locked("apt"):
        absent = missing(wanted)
        if not absent:
            return
        if os.geteuid() != 0:
            raise RigError(f"System libraries are missing. Run: sudo apt-get install {' '.join(absent)}")
        with announced(f"installing {' '.join(absent)}"):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
            run_logged("apt", ["apt-get", *options, "update"], environment)
            install = ["apt-get", *options, "install", "-y", "--no-install-recommends", *absent]
            run_logged("apt", install, environment)

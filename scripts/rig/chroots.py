# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian systems in a folder: trixie and sid, with Blender, a Python for it, and an X server in each."""

import os
from collections.abc import Sequence
from pathlib import Path

from . import processes
from .commands import CommandFailed, announced, run_logged
from .debian import CHROOT_TOOLS, ensure_packages
from .errors import RigError, Skipped
from .paths import CHROOTS
from .stamps import digest, is_made, locked, remove_tree, write_stamp

MIRROR = os.environ.get("TRELLIS_DEBIAN_MIRROR")
"""Where Debian comes from; None leaves it to debootstrap."""
_PACKAGES = (
    *("blender", "python3", "python3-numpy", "python3-requests", "python3-zstandard"),
    *("xvfb", "xauth", "xdotool", "x11-utils", "imagemagick", "libgl1-mesa-dri", "libegl1", "libglx-mesa0"),
    *("libsm6", "libice6", "libxrender1", "libxkbcommon0", "libxxf86vm1", "libgomp1", "libegl-mesa0"),
)
_EXTRA_PACKAGES = {"trixie": (), "sid": ("python3-cattr",)}
"""What Debian's Blender needs and does not depend on; see the rig's notes."""
_MAY_BE_SKIPPED = ("sid",)
_LAYOUT = 1
"""Raise it when chroots are made differently, so that old ones are made anew."""
_APT_SETTINGS = """\
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
"""
_DPKG_SETTINGS = """\
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
"""


def chroot_path(suite: str) -> Path:
    """Return the root folder of a suite's chroot."""
    return CHROOTS / suite


def ensure_chroot(suite: str) -> Path:
    """Make the chroot if need be and return its root; raise ``Skipped`` where it cannot be had today."""
    if os.geteuid() != 0:
        raise Skipped(f"Debian {suite} needs root (a chroot)")
    if not processes.namespaces_allowed():
        raise Skipped(f"Debian {suite} needs mount namespaces, which this machine does not allow")
    root, stamp = chroot_path(suite), CHROOTS / f"{suite}.stamp"
    packages = sorted({*_PACKAGES, *_EXTRA_PACKAGES[suite]})
    asked = digest(_LAYOUT, root, packages, _APT_SETTINGS, _DPKG_SETTINGS)
    with locked(f"chroot-{suite}"):
        if not is_made(stamp, asked):
            ensure_packages(CHROOT_TOOLS)
            try:
                with announced(f"making the Debian {suite} chroot with Blender"):
                    stamp.unlink(missing_ok=True)
                    remove_tree(root)
                    _make(suite, root, packages)
                    write_stamp(stamp, asked)
            except CommandFailed as failure:
                if suite in _MAY_BE_SKIPPED:
                    raise Skipped(f"Debian {suite} cannot be installed today: {failure}") from failure
                raise
    return root


def run_in_chroot(suite: str, argv: Sequence[str], log_name: str) -> str:
    """Run one set-up command inside the chroot and return what it said."""
    environment = {"PATH": processes.CHROOT_PATH, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    return run_logged(log_name, processes.in_chroot(chroot_path(suite), argv), environment)


def _make(suite: str, root: Path, packages: Sequence[str]) -> None:
    root.mkdir(parents=True)
    log_name = f"chroot-{suite}"
    bootstrap = ["debootstrap", "--variant=minbase", suite, str(root), *([MIRROR] if MIRROR else [])]
    run_logged(log_name, processes.contained(bootstrap))
    (root / "etc/apt/apt.conf.d/90rig").write_text(_APT_SETTINGS, encoding="utf-8")
    (root / "etc/dpkg/dpkg.cfg.d/90rig").write_text(_DPKG_SETTINGS, encoding="utf-8")
    # Blender asks it which file systems there are, and warns when it is absent.
    (root / "etc/mtab").unlink(missing_ok=True)
    (root / "etc/mtab").symlink_to("/proc/self/mounts")
    # Services must not start in a chroot.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    policy.chmod(0o755)
    run_in_chroot(suite, ["apt-get", "update"], log_name)
    run_in_chroot(suite, ["apt-get", "install", "-y", *packages], log_name)
    run_in_chroot(suite, ["apt-get", "clean"], log_name)
    if not (root / "usr/bin/blender").exists():
        raise RigError(f"Debian {suite} was installed, but there is no Blender in {root}")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a Blender module: one process a call, in a fresh home, with a hard end."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from . import chroots, processes
from .blenders import module_blender
from .paths import CHECKOUT
from .profiles import fresh_environment, temporary_home
from .venvs import ensure_bpy_venv

RUN_TIMEOUT_SECONDS = 600.0


def run_bpy(
    version: str,
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    timeout: float = RUN_TIMEOUT_SECONDS,
    home: Path | None = None,
    cwd: Path = CHECKOUT,
    output: IO[str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run ``python *argv`` with the Python of that Blender, set up on demand, and return status and output.

    ``version`` is ``4.2.23`` or ``4.2``. ``env`` is added to a minimal environment: nothing else of ours is handed
    on. ``home`` is kept when given; else a temporary one is made and removed. ``timeout`` is in seconds; after it the
    process and all its children are killed and ``subprocess.TimeoutExpired`` is raised with the output so far. With
    ``output`` the text goes to that file. The checkout, the rig and /tmp have the same paths inside a chroot. Raises
    ``Skipped`` where this Blender is not to be had.
    """
    blender = module_blender(version)
    command = [str(ensure_bpy_venv(version)), *argv]
    with temporary_home(home) as fresh_home:
        if blender.chroot is None:
            environment = fresh_environment(fresh_home, os.environ.get("PATH", os.defpath), env)
            return processes.run(processes.contained(command), environment, cwd, output, timeout)
        environment = fresh_environment(fresh_home, processes.CHROOT_PATH, env)
        inside = processes.in_chroot(chroots.chroot_path(blender.chroot), command, cwd, also=(fresh_home, cwd))
        # The way in is the host's: setpriv, unshare and mount are looked up with the host's PATH, which has these too.
        return processes.run(inside, environment, None, output, timeout)

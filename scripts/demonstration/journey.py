# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo from end to end, on the host: set up, build, serve, let Blender work, verify, hand over."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bundle.building import build
from rig import processes
from rig.errors import RigError
from rig.paths import CHECKOUT, RIG
from rig.running import run_bpy
from rig.venvs import ensure_bpy_venv, ensure_dev_venv

from . import pictures, telling
from .protocol import OBJECTS_FOLDER, ORDER_FILE, Order, understand
from .serving import serve

LOG = "blender.log"
SHEET = "contact-sheet.png"
SHEET_SUBJECTS = 5
SECONDS_FOR_SET_UP, SECONDS_A_PICTURE, SECONDS_A_LIVE_PICTURE = 120, 180, 1200
_PLATFORM = "linux-x64"
"""The rig's Blenders are made for it."""


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    images: tuple[Path, ...]
    out: Path
    blender: str
    live: bool
    resolution: str
    texture_size: str = "2048"
    decimation_target: int = 100_000
    seed: int = 7
    sheet: bool = False
    """Make the demo's own sheet of subjects, and no picture."""


def travel(wish: Wish) -> bool:
    """Make everything that was wished for; give whether all of it went well. Raises :class:`RigError`."""
    check_writable(wish.out)
    ensure_dev_venv()
    ensure_bpy_venv(wish.blender)
    began = time.monotonic()
    [zip_path] = build([_PLATFORM])
    print(
        f"Extension    {_short(zip_path)}, built and about to be installed into a fresh profile of bpy {wish.blender}"
    )
    with tempfile.TemporaryDirectory(prefix="demo-", dir=RIG) as folder:
        staging = Path(folder)
        try:
            well = _work(wish, staging, zip_path)
        finally:
            hand_over(staging, wish.out)
    ending = "Done" if well else "Ended with failures"
    print(f"\n{ending}, in {time.monotonic() - began:.0f} s. Everything is in {wish.out}")
    return well


def check_writable(folder: Path) -> None:
    """Make the folder for the results, and try it before anything costs time or money."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RigError(f"The output folder {folder} cannot be written to: {error.strerror}.") from error


def hand_over(staging: Path, out: Path) -> None:
    """Put the results where they were wanted, replacing those of an earlier run, whatever went wrong before."""
    kept = [path for path in staging.iterdir() if path.is_file() and path.name != ORDER_FILE]
    objects = staging / OBJECTS_FOLDER
    kept += [path for path in objects.rglob("*") if path.is_file()] if objects.is_dir() else []
    for path in kept:
        target = out / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        arriving = target.with_name(f".{target.name}")
        shutil.copyfile(path, arriving)
        arriving.replace(target)


def _work(wish: Wish, staging: Path, zip_path: Path) -> bool:
    sys.path.append(str(CHECKOUT))
    from trellis_blender.core.catalogue import PRICE_BY_RESOLUTION_USD

    staged = pictures.stage(wish.images, staging)
    expected = [Path(name).stem for name in staged] or [""]
    price: Decimal = PRICE_BY_RESOLUTION_USD[wish.resolution]
    with serve(live=wish.live) as server:
        jobs = SHEET_SUBJECTS if wish.sheet else len(expected)
        print(server.announcement(price, jobs), flush=True)
        order = Order(
            str(zip_path), str(staging), server.url, wish.resolution, wish.texture_size, wish.decimation_target,
            wish.seed, staged, wish.sheet,
        )  # fmt: skip
        order.write(staging / ORDER_FILE)
        told = _Told(wish.out, is_live=server.is_live)
        each = SECONDS_A_LIVE_PICTURE if wish.live else SECONDS_A_PICTURE
        limit = SECONDS_FOR_SET_UP + each * jobs
        _run(wish, "make", staging, told.hear, limit, server.environment)
    missing = len(expected) - len(told.made) - len(told.failed)
    if missing and "" not in told.failed:
        print(f"demo: Blender ended before the last {missing}; its log is {wish.out / LOG}.", file=sys.stderr)
    if not told.made:
        return False
    _run(wish, "verify", staging, told.hear, SECONDS_FOR_SET_UP + 30 * len(expected), {})
    told.conclude()
    if len(told.made) > 1:
        _sheet(staging, told.made)
        print(f"\nContact sheet {wish.out / SHEET}")
    return len(told.made) == len(expected) and not told.failed


class _Told:
    """What Blender said, printed as it comes and kept for the end."""

    def __init__(self, out: Path, *, is_live: bool) -> None:
        self.made: list[str] = []
        self.failed: list[str] = []
        self._verified: set[str] = set()
        self._out, self._is_live = out, is_live

    def hear(self, said: dict[str, Any]) -> None:
        if said["kind"] == "doing":
            print(f"… {said['text']}", flush=True)
        elif said["kind"] == "made":
            self.made.append(said["name"])
            print(telling.lines(said, self._out, is_live=self._is_live), flush=True)
        elif said["kind"] == "failed":
            self.failed.append(said["name"])
            print(f"demo: {said['name'] + ': ' if said['name'] else ''}{said['sentence']}", file=sys.stderr, flush=True)
        elif said["kind"] == "verified":
            self._verified.add(said["name"])
            self.failed += [said["name"]] * bool(said["faults"])
            print(f"{said['name']} reopened\n{telling.verdict(said['found'], said['faults'])}", flush=True)

    def conclude(self) -> None:
        for name in set(self.made) - self._verified:
            self.failed.append(name)
            print(f"demo: {name}: the saved scene could not be opened again.", file=sys.stderr)


def _run(
    wish: Wish, what: str, staging: Path, hear: Callable[[dict[str, Any]], None], limit: float, env: dict[str, str]
) -> None:
    """Run one of the parts inside Blender; what it says is heard at once, all else goes to the log."""
    # -P: the checkout must not be importable, so nothing but the installed zip can be at work.
    argv = ["-P", "-m", f"demonstration.inside.{what}", str(staging / ORDER_FILE)]
    environment = {"PYTHONPATH": str(CHECKOUT / "scripts"), **env}
    reading, writing = os.pipe()

    def listen() -> None:
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines, (staging / LOG).open("a") as log:
            for line in lines:
                said = understand(line)
                if said is None:
                    log.write(line)
                else:
                    hear(said)

    listener = threading.Thread(target=listen)
    with os.fdopen(writing, "w") as output:
        listener.start()
        try:
            run_bpy(wish.blender, argv, environment, limit, output=output)
        except subprocess.TimeoutExpired:
            raise RigError(f"Blender was ended after {limit:.0f} s without an end in sight.") from None
        finally:
            output.close()
            listener.join()


def _sheet(staging: Path, names: Sequence[str]) -> None:
    command = [str(ensure_dev_venv()), str(Path(__file__).with_name("sheet.py")), str(staging / SHEET)]
    done = processes.run([*command, *(str(staging / f"{name}.png") for name in names)], timeout=120)
    if done.returncode != 0:
        raise RigError(f"The contact sheet could not be made: {done.stdout.strip().splitlines()[-1:]}")


def _short(path: Path) -> Path:
    return path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path

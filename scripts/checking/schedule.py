# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the steps: independent ones side by side, windows one after the other, set-up ahead of everything."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path

from rig import chroots, venvs
from rig.blenders import (
    ALL_WINDOW_TESTS,
    MAIN_WAY,
    MODULE_BLENDERS,
    WINDOW_BLENDERS,
    ModuleBlender,
    WindowBlender,
)
from rig.errors import RigError, Skipped
from rig.paths import CHECKOUT

from . import steps
from .outcomes import Outcome, skipped
from .steps import Settings, Share

PARTS = ("lint", "types", "core", "chaos", "build", "blender", "gui")
_SIDE_BY_SIDE = 3
"""On two cores: half of what a test of a server or of a window takes is waiting."""
_WINDOWS_SIDE_BY_SIDE = 1
_SETUPS_SIDE_BY_SIDE = 2

Step = tuple[str, Callable[[], Outcome]]


def run(parts: Sequence[str], blenders: Sequence[str], settings: Settings) -> Iterator[Outcome]:
    """Run the parts and give each step's outcome as it ends.

    ``blenders`` are versions, series or suites; empty means all.
    """
    modules = [b for b in MODULE_BLENDERS if not blenders or {b.version, b.series} & set(blenders)]
    windows = [b for b in WINDOW_BLENDERS if not blenders or {b.version, b.series, b.suite} & set(blenders)]
    modules = modules if "blender" in parts else []
    windows = windows if "gui" in parts else []
    with (
        ThreadPoolExecutor(_SETUPS_SIDE_BY_SIDE) as setups,
        ThreadPoolExecutor(1) as building,
        ThreadPoolExecutor(_SIDE_BY_SIDE) as pool,
    ):
        _set_up_ahead(setups, modules, windows)
        needed = modules or windows or "build" in parts
        built = building.submit(steps.build_zip) if needed else Future[Path]()
        seen = [step for b in windows for step in _window_steps(b, built, settings)]
        together = [*_plain_steps(parts, settings)]
        if "build" in parts:
            together.append(("build", partial(_build_step, built, settings)))
        shares = _shares(modules, settings)
        together += [_blender_step(b, shares[b], built, settings) for b in modules]
        ran: set[str] = set()
        for future in as_completed([pool.submit(_guarded, step) for step in together]):
            outcome = future.result()
            yield outcome
            ran |= set() if outcome.did_not_run else {outcome.name}
        for step in _steps_of_the_absent(shares, ran, built, settings):
            yield _guarded(step)
        # A window that shares two cores with other tests, or another window, is slow enough to miss its cues.
        with ThreadPoolExecutor(_WINDOWS_SIDE_BY_SIDE) as screens:
            for future in as_completed([screens.submit(_guarded, step) for step in seen]):
                yield future.result()


def _set_up_ahead(
    setups: ThreadPoolExecutor, modules: Sequence[ModuleBlender], windows: Sequence[WindowBlender]
) -> None:
    """Start making what later steps will wait for, the slowest first; they meet its errors when they ask for it."""
    setups.submit(venvs.ensure_dev_venv)
    first = {module.chroot for module in modules if module.chroot}
    for suite in sorted(first):
        setups.submit(chroots.ensure_chroot, suite)
    for module in sorted(modules, key=lambda module: module.chroot is not None):
        setups.submit(venvs.ensure_bpy_venv, module.version)
    for window in windows:
        if window.suite not in first:
            setups.submit(chroots.ensure_chroot, window.suite)


def _shares(modules: Sequence[ModuleBlender], settings: Settings) -> dict[ModuleBlender, Share]:
    """Divide what runs in any one Blender; when less than everything is asked for, each Blender asked for runs it."""
    if settings.pytest_arguments or len(modules) < len(MODULE_BLENDERS):
        return {blender: Share() for blender in modules}
    return {blender: Share(number, len(modules)) for number, blender in enumerate(modules, start=1)}


def _blender_step(blender: ModuleBlender, share: Share, built: "Future[Path]", settings: Settings) -> Step:
    name = f"blender {blender.version}" + (f" for {share.instead_of}" if share.instead_of else "")
    return name, lambda: steps.blender_tests(name, blender, share, built.result(), settings)


def _steps_of_the_absent(
    shares: dict[ModuleBlender, Share], ran: set[str], built: "Future[Path]", settings: Settings
) -> Iterator[Step]:
    """What only one Blender runs is not lost with that Blender: another one runs it."""
    present = [blender for blender in shares if f"blender {blender.version}" in ran]
    for blender, share in shares.items():
        if present and blender not in present and share.count > 1:
            yield _blender_step(present[0], replace(share, instead_of=blender.version), built, settings)


def _plain_steps(parts: Sequence[str], settings: Settings) -> Iterator[Step]:
    if "lint" in parts:
        yield "format", steps.lint_format
        yield "lint", steps.lint_rules
    if "types" in parts:
        yield "types core", steps.types_core
        yield "types blender", steps.types_blender
        yield "types scripts", steps.types_scripts
    if "core" in parts:
        yield "core tests", partial(steps.core_tests, settings)
    if "chaos" in parts:
        yield "chaos", steps.chaos


def _build_step(built: "Future[Path]", settings: Settings) -> Outcome:
    built.result()
    return steps.bundle_tests(settings)


def _window_steps(window: WindowBlender, built: "Future[Path]", settings: Settings) -> Iterator[Step]:
    """Everything in a window is two steps, each far from the time that one may take; what was picked by hand is one."""
    parts = {f"window {window.version}": tuple(window.tests)}
    if window.tests == ALL_WINDOW_TESTS and not settings.pytest_arguments:
        every = sorted(f"tests/gui/{path.name}" for path in (CHECKOUT / "tests" / "gui").glob("test_*.py"))
        rest = tuple(test for test in every if test not in MAIN_WAY)
        parts = {f"window {window.version} the rest": rest, f"window {window.version} main way": MAIN_WAY}
    for name, tests in parts.items():
        yield name, partial(_window_step, name, window, tests, built, settings)


def _window_step(
    name: str, window: WindowBlender, tests: Sequence[str], built: "Future[Path]", settings: Settings
) -> Outcome:
    return steps.gui_tests(name, window, tests, built.result(), settings)


def _guarded(step: Step) -> Outcome:
    """Run a step; what the rig cannot give becomes a skip or a failure of that step alone."""
    name, function = step
    began = time.monotonic()
    try:
        outcome = function()
    except Skipped as reason:
        outcome = skipped(name, str(reason))
    except RigError as error:
        outcome = Outcome(name, failed=1, output=str(error))
    except Exception:  # noqa: BLE001 (one broken step must not hide the others' outcomes)
        outcome = Outcome(name, failed=1, output=traceback.format_exc())
    return replace(outcome, seconds=time.monotonic() - began)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the steps: side by side, the windows in between the Blenders without one, set-up ahead of everything."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from itertools import zip_longest
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
from .outcomes import Outcome, after_another_look, skipped
from .steps import Settings, Share

PARTS = ("lint", "types", "core", "chaos", "build", "blender", "gui")
_SIDE_BY_SIDE = 3
"""On two cores: half of what a test of a server or of a window takes is waiting."""
_SETUPS_SIDE_BY_SIDE = 2
_WINDOWS_SIDE_BY_SIDE = 2
MOST_UNSTEADY = 3
"""Failed tests of a whole check, of thousands, that are looked at once more."""

Step = tuple[str, Callable[[Settings], Outcome]]


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
        seen = _window_steps(windows, built, settings)
        together = [*_plain_steps(parts)]
        if "build" in parts:
            together.append(("build", partial(_build_step, built)))
        shares = _shares(modules, settings)
        together += _in_turn([_blender_step(b, shares[b], built) for b in modules], seen)
        outcomes: dict[str, Outcome] = {}
        for outcome in _ended(pool, together, settings):
            yield outcome
            outcomes[outcome.name] = outcome
        ran = {name for name, outcome in outcomes.items() if not outcome.did_not_run}
        others = list(_steps_of_the_absent(shares, ran, built))
        for outcome in _ended(pool, others, settings):
            yield outcome
            outcomes[outcome.name] = outcome
        if set(parts) == set(PARTS) and not blenders and not settings.pytest_arguments:
            yield from look_again([*together, *others], outcomes, settings)


def _in_turn(modules: Sequence[Step], windows: Sequence[Step]) -> list[Step]:
    """Put the windows between the Blenders without one: a window waits for itself half of its time, which others use.

    The first Blenders come first, while the windows' systems are made.
    """
    first = len(modules) // 2
    turns = zip_longest(windows, modules[first:])
    return [*modules[:first], *(step for turn in turns for step in turn if step is not None)]


def _ended(pool: ThreadPoolExecutor, steps: Sequence[Step], settings: Settings) -> Iterator[Outcome]:
    for future in as_completed([pool.submit(_guarded, step, settings) for step in steps]):
        yield future.result()


def look_again(steps: Sequence[Step], outcomes: Mapping[str, Outcome], settings: Settings) -> Iterator[Outcome]:
    """Run a whole check's few failed tests by themselves, and give the outcomes of steps whose tests all passed now.

    Beside others on a busy computer a test of real windows and real processes may miss its cue once in many hundreds.
    Such a test is told as unsteady, to be mended. More than a few failures are no accident, and nothing is looked at
    again; nor is a step that failed by other than its tests, such as a crash.
    """
    failed = {name: outcome for name, outcome in outcomes.items() if outcome.failed}
    if sum(outcome.failed for outcome in failed.values()) > MOST_UNSTEADY:
        return
    for step in steps:
        if (first := failed.get(step[0])) and first.failures:
            second = _guarded(step, replace(settings, tests=first.failures))
            yield after_another_look(first, second)


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


def _blender_step(blender: ModuleBlender, share: Share, built: "Future[Path]") -> Step:
    name = f"blender {blender.version}" + (f" for {share.instead_of}" if share.instead_of else "")
    return name, lambda settings: steps.blender_tests(name, blender, share, built.result(), settings)


def _steps_of_the_absent(shares: dict[ModuleBlender, Share], ran: set[str], built: "Future[Path]") -> Iterator[Step]:
    """What only one Blender runs is not lost with that Blender: another one runs it."""
    present = [blender for blender in shares if f"blender {blender.version}" in ran]
    for blender, share in shares.items():
        if present and blender not in present and share.count > 1:
            yield _blender_step(present[0], replace(share, instead_of=blender.version), built)


def _plain_steps(parts: Sequence[str]) -> Iterator[Step]:
    if "lint" in parts:
        yield "format", lambda _: steps.lint_format()
        yield "lint", lambda _: steps.lint_rules()
    if "types" in parts:
        yield "types core", lambda _: steps.types_core()
        yield "types blender", lambda _: steps.types_blender()
        yield "types scripts", lambda _: steps.types_scripts()
    if "core" in parts:
        yield "core tests", steps.core_tests
    if "chaos" in parts:
        yield "chaos", lambda _: steps.chaos()


def _build_step(built: "Future[Path]", settings: Settings) -> Outcome:
    built.result()
    return steps.bundle_tests(settings)


def _window_steps(windows: Sequence[WindowBlender], built: "Future[Path]", settings: Settings) -> list[Step]:
    """Everything in a window is steps far from the time that one may take; what was picked by hand is one."""
    screens = threading.Semaphore(_WINDOWS_SIDE_BY_SIDE)
    found: list[Step] = []
    for window in windows:
        parts = {f"window {window.version}": tuple(window.tests)}
        if window.tests == ALL_WINDOW_TESTS and not settings.pytest_arguments:
            every = sorted(f"tests/gui/{path.name}" for path in (CHECKOUT / "tests" / "gui").glob("test_*.py"))
            rest = [test for test in every if test not in MAIN_WAY]
            halves = {f"window {window.version} rest {half} of 2": tuple(rest[half - 1 :: 2]) for half in (1, 2)}
            parts = {**halves, f"window {window.version} main way": MAIN_WAY}
        for name, tests in parts.items():
            found.append((name, partial(_window_step, name, window, tests, built, screens)))
    return found


def _window_step(
    name: str,
    window: WindowBlender,
    tests: Sequence[str],
    built: "Future[Path]",
    screens: threading.Semaphore,
    settings: Settings,
) -> Outcome:
    with screens:
        return steps.gui_tests(name, window, tests, built.result(), settings)


def _guarded(step: Step, settings: Settings) -> Outcome:
    """Run a step; what the rig cannot give becomes a skip or a failure of that step alone."""
    name, function = step
    began = time.monotonic()
    try:
        outcome = function(settings)
    except Skipped as reason:
        outcome = skipped(name, str(reason))
    except RigError as error:
        outcome = Outcome(name, failed=1, output=str(error))
    except Exception:  # noqa: BLE001 (one broken step must not hide the others' outcomes)
        outcome = Outcome(name, failed=1, output=traceback.format_exc())
    return replace(outcome, seconds=time.monotonic() - began)

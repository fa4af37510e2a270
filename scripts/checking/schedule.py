# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the steps: side by side, windows beside what has none, the longest first, set-up ahead of everything."""

import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rig import chroots, venvs
from rig.blenders import MODULE_BLENDERS, WINDOW_BLENDERS, ModuleBlender, WindowBlender
from rig.errors import RigError, Skipped

from . import steps, windows
from .outcomes import Outcome, after_another_look, skipped
from .steps import Settings, Share

PARTS = ("lint", "types", "core", "chaos", "build", "blender", "gui")
_SIDE_BY_SIDE = 4
"""On two cores: half of what a test of a server or of a window takes is waiting."""
_SETUPS_SIDE_BY_SIDE = 2
_WINDOWS_SIDE_BY_SIDE = 2
"""Beside other steps; where nothing else is left, one more."""
_CORE_PARTS = 2
MOST_UNSTEADY = 3
"""Failed tests of a whole check, of thousands, that are looked at once more."""


class Step(NamedTuple):
    """One of the check's steps, by its name in the summary."""

    name: str
    run: Callable[[Settings], Outcome]
    is_window: bool = False


def run(parts: Sequence[str], blenders: Sequence[str], settings: Settings) -> Iterator[Outcome]:
    """Run the parts and give each step's outcome as it ends.

    ``blenders`` are versions, series or suites; empty means all.
    """
    modules = [b for b in MODULE_BLENDERS if not blenders or {b.version, b.series} & set(blenders)]
    screens = [b for b in WINDOW_BLENDERS if not blenders or {b.version, b.series, b.suite} & set(blenders)]
    modules = modules if "blender" in parts else []
    screens = screens if "gui" in parts else []
    with ThreadPoolExecutor(_SETUPS_SIDE_BY_SIDE) as setups, ThreadPoolExecutor(1) as building:
        _set_up_ahead(setups, modules, screens)
        needed = modules or screens or "build" in parts
        built = building.submit(steps.build_zip) if needed else Future[Path]()
        shares = _shares(modules, settings)
        together = [*_plain_steps(parts, settings)]
        if "build" in parts:
            together.append(Step("build", partial(_build_step, built)))
        inside = [_blender_step(blender, shares[blender], built) for blender in modules]
        # One Blender comes first, while the windows' systems are made.
        together += [*inside[:1], *_window_steps(screens, built, settings), *inside[1:]]
        outcomes: dict[str, Outcome] = {}
        for outcome in _ended(together, settings):
            yield outcome
            outcomes[outcome.name] = outcome
        ran = {name for name, outcome in outcomes.items() if not outcome.did_not_run}
        others = list(_steps_of_the_absent(shares, ran, built))
        for outcome in _ended(others, settings):
            yield outcome
            outcomes[outcome.name] = outcome
        if set(parts) == set(PARTS) and not blenders and not settings.pytest_arguments:
            yield from look_again([*together, *others], outcomes, settings)


def _ended(steps: Sequence[Step], settings: Settings) -> Iterator[Outcome]:
    """Run steps side by side and give each one's outcome as it ends."""
    waiting = list(steps)
    running: dict[Future[Outcome], Step] = {}
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        while waiting or running:
            while len(running) < _SIDE_BY_SIDE and (step := _next(waiting, running.values())):
                waiting.remove(step)
                running[pool.submit(_guarded, step, settings)] = step
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                yield future.result()


def _next(waiting: Sequence[Step], running: Collection[Step]) -> Step | None:
    """Return the first step that may begin beside those that run, so that no place is kept for one that may not.

    A window waits for itself half of its time, which others use, and misses its cues where too many are beside it.
    """
    is_alone = all(step.is_window for step in (*waiting, *running))
    open_now = sum(step.is_window for step in running)
    has_room = open_now < _WINDOWS_SIDE_BY_SIDE + is_alone
    return next((step for step in waiting if has_room or not step.is_window), None)


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
        if (first := failed.get(step.name)) and first.failures:
            second = _guarded(step, replace(settings, tests=first.failures))
            yield after_another_look(first, second)


def _set_up_ahead(
    setups: ThreadPoolExecutor, modules: Sequence[ModuleBlender], screens: Sequence[WindowBlender]
) -> None:
    """Start making what later steps will wait for, the slowest first; they meet its errors when they ask for it."""
    setups.submit(venvs.ensure_dev_venv)
    first = {module.chroot for module in modules if module.chroot}
    for suite in sorted(first):
        setups.submit(chroots.ensure_chroot, suite)
    for module in sorted(modules, key=lambda module: module.chroot is not None):
        setups.submit(venvs.ensure_bpy_venv, module.version)
    for window in screens:
        if window.suite not in first:
            setups.submit(chroots.ensure_chroot, window.suite)


def _shares(modules: Sequence[ModuleBlender], settings: Settings) -> dict[ModuleBlender, Share]:
    """Divide what runs in any one Blender; when less than everything is asked for, each Blender asked for runs it."""
    if settings.pytest_arguments or len(modules) < len(MODULE_BLENDERS):
        return {blender: Share() for blender in modules}
    return {blender: Share(number, len(modules)) for number, blender in enumerate(modules, start=1)}


def _blender_step(blender: ModuleBlender, share: Share, built: "Future[Path]") -> Step:
    name = f"blender {blender.version}" + (f" for {share.instead_of}" if share.instead_of else "")
    return Step(name, lambda settings: steps.blender_tests(name, blender, share, built.result(), settings))


def _steps_of_the_absent(shares: dict[ModuleBlender, Share], ran: set[str], built: "Future[Path]") -> Iterator[Step]:
    """What only one Blender runs is not lost with that Blender: another one runs it."""
    present = [blender for blender in shares if f"blender {blender.version}" in ran]
    for blender, share in shares.items():
        if present and blender not in present and share.count > 1:
            yield _blender_step(present[0], replace(share, instead_of=blender.version), built)


def _plain_steps(parts: Sequence[str], settings: Settings) -> Iterator[Step]:
    if "core" in parts:
        count = 1 if settings.pytest_arguments else _CORE_PARTS
        for part in range(1, count + 1):
            name = f"core tests {part} of {count}" if count > 1 else "core tests"
            yield Step(name, partial(steps.core_tests, name, Share(part, count)))
    if "lint" in parts:
        yield Step("format", lambda _: steps.lint_format())
        yield Step("lint", lambda _: steps.lint_rules())
    if "types" in parts:
        yield Step("types core", lambda _: steps.types_core())
        yield Step("types blender", lambda _: steps.types_blender())
        yield Step("types scripts", lambda _: steps.types_scripts())
    if "chaos" in parts:
        yield Step("chaos", lambda _: steps.chaos())


def _build_step(built: "Future[Path]", settings: Settings) -> Outcome:
    built.result()
    return steps.bundle_tests(settings)


def _window_steps(screens: Sequence[WindowBlender], built: "Future[Path]", settings: Settings) -> Iterator[Step]:
    """Everything in a window is steps far from the time that one may take; what was picked by hand is one."""
    for window in screens:
        whole = {f"window {window.version}": tuple(window.tests)}
        for name, tests in (whole if settings.pytest_arguments else windows.parts(window)).items():
            yield Step(name, partial(_window_step, name, window, tests, built), is_window=True)


def _window_step(
    name: str, window: WindowBlender, tests: Sequence[str], built: "Future[Path]", settings: Settings
) -> Outcome:  # fmt: skip
    return steps.gui_tests(name, window, tests, built.result(), settings)


def _guarded(step: Step, settings: Settings) -> Outcome:
    """Run a step; what the rig cannot give becomes a skip or a failure of that step alone."""
    began = time.monotonic()
    try:
        outcome = step.run(settings)
    except Skipped as reason:
        outcome = skipped(step.name, str(reason))
    except RigError as error:
        outcome = Outcome(step.name, failed=1, output=str(error))
    except Exception:  # noqa: BLE001 (one broken step must not hide the others' outcomes)
        outcome = Outcome(step.name, failed=1, output=traceback.format_exc())
    return replace(outcome, seconds=time.monotonic() - began)

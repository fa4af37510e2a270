# SPDX-License-Identifier: GPL-3.0-or-later
"""What one Blender runs for all of them is run by one, whichever Blenders there are; picked by hand, each runs it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from checking import schedule, steps, windows
from checking.outcomes import Outcome, from_junit, total_line
from checking.steps import Settings, Share
from rig.blenders import MODULE_BLENDERS, WINDOW_BLENDERS, ModuleBlender
from rig.errors import Skipped
from tests.blender import sharing

NAMES = [f"tests/blender/test_thing.py::test_{number}" for number in range(400)]
ABSENT = MODULE_BLENDERS[-1]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Share]]:
    """What was run where, on a computer that cannot have the last of the Blenders."""
    done: list[tuple[str, Share]] = []

    def blender_tests(name: str, blender: ModuleBlender, share: Share, _zip: Path, _settings: Settings) -> Outcome:
        if blender == ABSENT:
            raise Skipped("needs root")
        done.append((name, share))
        return Outcome(name, passed=1)

    monkeypatch.setattr(steps, "blender_tests", blender_tests)
    monkeypatch.setattr(steps, "build_zip", lambda: Path("trellis.zip"))
    monkeypatch.setattr(schedule, "_set_up_ahead", lambda *_: None)
    return done


def told(share: Share) -> sharing.Share:
    """What the tests' own side makes of a share."""
    return sharing.parse(share.pytest_arguments[0].removeprefix("--share="))


def test_every_test_is_in_one_share(runs: list[tuple[str, Share]]) -> None:
    outcomes = list(schedule.run(["blender"], [], Settings()))
    assert [outcome.skipped for outcome in outcomes].count(1) == 1
    for name in NAMES:
        assert sum(told(share).has(name) for _, share in runs) == 1
    assert sorted(number for _, share in runs for number in told(share).of(range(50))) == list(range(50))
    name, share = runs[-1]
    assert name == f"blender {MODULE_BLENDERS[0].version} for {ABSENT.version}"
    assert share.pytest_arguments[1:] == ("-m", sharing.MARKER)
    assert not [share for _, share in runs[:-1] if share.instead_of]


@pytest.mark.parametrize(
    ("blenders", "arguments"), [(["4.5"], ()), (["4.2", "4.5"], ()), ([], ("-k", "fuzz"))], ids=str
)
def test_by_hand_each_runs_all(runs: list[tuple[str, Share]], blenders: list[str], arguments: tuple[str, ...]) -> None:
    list(schedule.run(["blender"], blenders, Settings(arguments)))
    assert runs
    assert all(told(share).has(name) for _, share in runs for name in NAMES)
    assert not [share for _, share in runs if share.instead_of]


def test_the_summary_says_what_runs_elsewhere(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="0"><properties>'
        '<property name="elsewhere" value="170"/></properties></testsuite></testsuites>'
    )
    assert "170 more run in one of the others each" in str(from_junit("blender 4.5.15", report, 0, ""))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What was run in which window, and of the core."""
    found: dict[str, list[str]] = {}

    def gui_tests(name: str, blender: Any, tests: tuple[str, ...], _zip: Path, _settings: Settings) -> Outcome:
        found.setdefault(blender.suite, []).extend(tests)
        return Outcome(name, passed=1)

    def core_tests(name: str, files: list[str], _settings: Settings) -> Outcome:
        found.setdefault("core", []).extend(files)
        return Outcome(name, passed=1)

    monkeypatch.setattr(steps, "gui_tests", gui_tests)
    monkeypatch.setattr(steps, "_pytest", core_tests)
    monkeypatch.setattr(steps, "build_zip", lambda: Path("trellis.zip"))
    monkeypatch.setattr(schedule, "_set_up_ahead", lambda *_: None)
    return found


def files_of(folder: str) -> list[str]:
    return sorted(f"tests/{folder}/{path.name}" for path in (Path(__file__).parents[1] / folder).glob("test_*.py"))


@pytest.mark.parametrize("arguments", [(), ("-k", "smoke")], ids=str)
def test_windows_and_the_core_run_everything_once(ran: dict[str, list[str]], arguments: tuple[str, ...]) -> None:
    names = [outcome.name for outcome in schedule.run(["core", "gui"], [], Settings(arguments))]
    assert len(names) == len(set(names))
    assert ("core tests" in names and len(names) == 3) == bool(arguments)
    assert sorted(ran["core"]) == files_of("core")
    assert ran["trixie"] == ["tests/gui"] if arguments else sorted(ran["trixie"]) == files_of("gui")
    assert sorted(ran["sid"]) == sorted(WINDOW_BLENDERS[1].tests)


def test_a_window_s_steps_are_short_and_alike() -> None:
    """One of two took a quarter of an hour, and another nearly as long as a step may."""
    for window in WINDOW_BLENDERS:
        weights = [sum(map(windows.weight, files)) for files in windows.parts(window).values()]
        assert weights == sorted(weights, reverse=True), "the longest comes first"
        assert weights[0] - weights[-1] <= 3 and weights[0] <= windows.MOST_WEIGHT + 1
    assert set(windows.LONGER) <= set(files_of("gui"))


def test_two_windows_are_beside_what_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the places is kept for a window that has to wait; with nothing else left, one more is open."""
    began: list[str] = []
    open_now: list[str] = []
    most = 0
    first_four = threading.Barrier(4)

    def run_one(name: str, *_: object) -> Outcome:
        nonlocal most
        began.append(name)
        open_now.append(name)
        if len(began) <= 4:
            first_four.wait(60)
        else:
            time.sleep(0.02)  # for one too many to come
        opened = [name for name in open_now if name.startswith("window")]
        if len(opened) < len(open_now):
            most = max(most, len(opened))
        assert len(opened) <= 3
        open_now.remove(name)
        return Outcome(name, passed=1)

    monkeypatch.setattr(steps, "gui_tests", run_one)
    monkeypatch.setattr(steps, "blender_tests", run_one)
    monkeypatch.setattr(steps, "build_zip", lambda: Path("trellis.zip"))
    monkeypatch.setattr(schedule, "_set_up_ahead", lambda *_: None)
    outcomes = list(schedule.run(["blender", "gui"], [], Settings()))
    assert not [outcome.output for outcome in outcomes if outcome.failed]
    assert sorted(name.split()[0] for name in began[:4]) == ["blender", "blender", "window", "window"]
    assert most == 2


REPORT = """<testsuites><testsuite tests="{tests}" failures="{failed}" errors="0" skipped="0">
<testcase classname="tests.core.test_schedule" name="test_fine"/>{cases}</testsuite></testsuites>"""
FAILED = '<testcase classname="{of}" name="{name}"><failure message="no"/></testcase>'


def report_of(path: Path, *failed: tuple[str, str]) -> Path:
    cases = "".join(FAILED.format(of=of, name=name) for of, name in failed)
    path.write_text(REPORT.format(tests=len(failed) + 1, failed=len(failed), cases=cases))
    return path


def test_failed_tests_are_named_as_pytest_takes_them(tmp_path: Path) -> None:
    report = report_of(
        tmp_path / "report.xml",
        ("tests.core.test_schedule", "test_one[a-1]"),
        ("tests.core.test_schedule.TestThings", "test_two"),
    )
    assert from_junit("core tests", report, 1, "").failures == (
        "tests/core/test_schedule.py::test_one[a-1]",
        "tests/core/test_schedule.py::TestThings::test_two",
    )


@pytest.mark.parametrize(("of", "name"), [("", "collection of something"), ("tests.core.test_that_is_not", "test_one")])
def test_what_has_no_name_is_not_looked_at_again(tmp_path: Path, of: str, name: str) -> None:
    report = report_of(tmp_path / "report.xml", ("tests.core.test_schedule", "test_one"), (of, name))
    outcome = from_junit("core tests", report, 1, "")
    assert (outcome.failed, outcome.failures) == (2, ())


def again(first: Outcome, second: Outcome) -> tuple[list[Outcome], list[tuple[str, ...]]]:
    asked: list[tuple[str, ...]] = []

    def step(settings: Settings) -> Outcome:
        asked.append(settings.tests)
        return second

    return list(schedule.look_again([schedule.Step(first.name, step)], {first.name: first}, Settings())), asked


def test_a_failed_test_that_passes_by_itself_is_unsteady() -> None:
    first = Outcome("core tests", passed=4, failed=2, failures=("a.py::test_1", "a.py::test_2"), output="why")
    outcomes, asked = again(first, Outcome("core tests", passed=2))
    assert asked == [("a.py::test_1", "a.py::test_2")]
    (outcome,) = outcomes
    assert (outcome.passed, outcome.failed, outcome.unsteady, outcome.output) == (6, 0, first.failures, "why")
    assert str(outcome).startswith("unsteady")
    assert total_line(outcomes) == "check: 6 passed, 0 failed, 0 skipped, 2 unsteady"


@pytest.mark.parametrize(
    "second",
    [
        Outcome("core tests", passed=1, failed=1, failures=("a.py::test_2",)),
        Outcome("core tests", passed=1),
        Outcome("core tests", failed=1),
        Outcome("core tests", passed=1, skipped=1),
    ],
    ids=["failed", "not all ran", "broke", "skipped"],
)
def test_a_test_that_fails_again_has_failed(second: Outcome) -> None:
    first = Outcome("core tests", passed=4, failed=2, failures=("a.py::test_1", "a.py::test_2"))
    assert again(first, second)[0] == [first]


@pytest.mark.parametrize(
    "first",
    [
        Outcome("core tests", failed=1),
        Outcome("core tests", failed=4, failures=tuple(f"a.py::test_{number}" for number in range(4))),
    ],
    ids=["a crash", "many"],
)
def test_a_crash_and_many_failures_are_no_accident(first: Outcome) -> None:
    assert again(first, Outcome("core tests", passed=9)) == ([], [])

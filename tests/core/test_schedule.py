# SPDX-License-Identifier: GPL-3.0-or-later
"""What one Blender runs for all of them is run by one, whichever Blenders there are; picked by hand, each runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checking import schedule, steps
from checking.outcomes import Outcome, from_junit
from checking.steps import Settings, Share
from rig.blenders import MODULE_BLENDERS, ModuleBlender
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


def test_windows_run_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: dict[str, list[str]] = {}

    def gui_tests(name: str, blender: Any, tests: tuple[str, ...], _zip: Path, _settings: Settings) -> Outcome:
        ran.setdefault(blender.suite, []).extend(tests)
        return Outcome(name, passed=1)

    monkeypatch.setattr(steps, "gui_tests", gui_tests)
    monkeypatch.setattr(steps, "build_zip", lambda: Path("trellis.zip"))
    monkeypatch.setattr(schedule, "_set_up_ahead", lambda *_: None)
    names = [outcome.name for outcome in schedule.run(["gui"], [], Settings())]
    assert len(names) == len(set(names)) == 3
    folder = Path(__file__).parents[1] / "gui"
    assert sorted(ran["trixie"]) == sorted(f"tests/gui/{path.name}" for path in folder.glob("test_*.py"))

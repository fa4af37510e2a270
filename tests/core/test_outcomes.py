# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever has no more of a check than what it printed can tell from that what failed, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from checking.outcomes import TAIL_LINES, after_another_look, from_junit


def test_each_failure_is_told_in_full_and_named_in_the_summary(
    tmp_path: Path,
) -> None:
    short = "\n".join(["def test_one():", ">   assert told == 7", f"E   AssertionError: {'x' * 1500} told"])
    long = "\n".join(["def test_two():", *(f"    line {number}" for number in range(300)), "E   ValueError: two"])
    cases = "".join(
        f'<testcase classname="tests.gui.test_thing" name="{name}"><{kind} message="m">{text}</{kind}></testcase>'
        for name, kind, text in (("test_one", "failure", escape(short)), ("test_two", "error", long))
    )
    report = tmp_path / "report.xml"
    report.write_text(f'<testsuites><testsuite tests="2" failures="1" errors="1">{cases}</testsuite></testsuites>')
    outcome = from_junit("window 5.2.2", report, 1, "noise\n" * 500)
    assert outcome.failed == 2
    told = outcome.told.splitlines()
    assert told[:3] == ["----- window 5.2.2: tests.gui.test_thing::test_one", "def test_one():", ">   assert told == 7"]
    assert told[3].endswith("x told")
    assert told[5] == "def test_two():" and told[-1] == "E   ValueError: two" and len(told) == 5 + TAIL_LINES
    listed = [line.strip() for line in outcome.summary if "FAIL  tests." in line]
    assert listed[0].startswith("FAIL  tests.gui.test_thing::test_one: AssertionError: xxx")
    assert listed[1] == "FAIL  tests.gui.test_thing::test_two: ValueError: two"
    by_themselves = replace(outcome, failed=0, passed=2, traces=())
    seen = after_another_look(replace(outcome, failures=("one", "two")), by_themselves)
    assert seen.failed == 0 and seen.summary[-1] == "      UNSTEADY  tests.gui.test_thing::test_two: ValueError: two"


def test_many_failures_are_all_named(tmp_path: Path) -> None:
    cases = "".join(
        f'<testcase classname="t" name="test_{number}"><failure>E   no {number}</failure></testcase>'
        for number in range(100)
    )
    report = tmp_path / "report.xml"
    report.write_text(f'<testsuites><testsuite tests="100" failures="100" errors="0">{cases}</testsuite></testsuites>')
    told = from_junit("core tests", report, 1, "").told
    assert all(f"::test_{number}" in told and f"no {number}" in told for number in range(100))


def test_without_a_report_the_end_of_the_output_is_told(tmp_path: Path) -> None:
    told = from_junit("core tests", tmp_path / "none.xml", 1, "\n".join(map(str, range(500)))).told
    assert told.splitlines()[-1] == "499" and len(told.splitlines()) == TAIL_LINES

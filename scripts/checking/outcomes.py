# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step came to: counts, reasons, and where its whole output is. Runs nothing."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from rig.paths import CHECKOUT

TAIL_LINES = 80
MAX_COLUMNS = 240
MAX_TRACES = 12
"""Of one step: what fails everywhere is understood by its first."""
MAX_ERROR_COLUMNS = 2000
"""Of a line that says what was wrong; a line of code is never so long."""


@dataclass(frozen=True)
class Trace:
    """All that pytest says of a test that failed."""

    test: str
    said: str

    def __str__(self) -> str:
        """It, cut in the middle: the test is at its beginning, and what went wrong at its end."""
        return "\n".join(cut(line) for line in middle_out(self.said.splitlines()))

    @property
    def reason(self) -> str:
        """What went wrong, in one line."""
        errors = [line[1:].strip() for line in self.said.splitlines() if line.startswith("E ")]
        return cut((errors or self.said.splitlines() or [""])[0])


@dataclass(frozen=True)
class Outcome:
    """One step's result."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: tuple[str, ...] = ()
    """Why something was skipped."""
    elsewhere: int = 0
    """Tests that another step runs in this one's place."""
    failures: tuple[str, ...] = ()
    """The failed tests' names, as pytest takes them; empty if the run gave none, or broke beside them."""
    unsteady: tuple[str, ...] = ()
    """Tests that failed among the others and passed by themselves."""
    output: str = ""
    traces: tuple[Trace, ...] = ()
    """Of those that failed, whatever they did by themselves."""
    seconds: float = field(default=0.0, compare=False)

    def __str__(self) -> str:
        """One line of the summary."""
        told = "unsteady" if self.unsteady else "skip" if self.skipped and not self.passed else "ok"
        verdict = "FAIL" if self.failed else told
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        elsewhere = f"; {self.elsewhere} more run in one of the others each" if self.elsewhere else ""
        return f"{verdict:4}  {self.name:24}  {counts}  ({self.seconds:.1f} s){elsewhere}"

    @property
    def did_not_run(self) -> bool:
        """Whether nothing was tried at all."""
        return bool(self.skipped) and not self.passed and not self.failed

    @property
    def told(self) -> str:
        """What to print of a step that failed: each test that did, or else the end of the output."""
        if not self.traces:
            return "\n".join(cut(line) for line in self.output.splitlines()[-TAIL_LINES:])
        first = [f"----- {self.name}: {trace.test}\n{trace}" for trace in self.traces[:MAX_TRACES]]
        more = [f"----- {self.name}: {trace.test}: {trace.reason}" for trace in self.traces[MAX_TRACES:]]
        return "\n".join([*first, *more])

    @property
    def summary(self) -> list[str]:
        """What it came to, and what failed and was skipped, a line each."""
        word = "FAIL" if self.failed else "UNSTEADY"
        skips = [f"      SKIP  {self.name}: {reason.splitlines()[0]}" for reason in self.reasons]
        return [str(self), *skips, *(f"      {word}  {trace.test}: {trace.reason}" for trace in self.traces)]


def cut(line: str) -> str:
    """Cut a long line, such as a list of all icons."""
    return line[: MAX_ERROR_COLUMNS if line.startswith("E ") else MAX_COLUMNS]


def middle_out(lines: list[str]) -> list[str]:
    """Leave the middle out where there are too many lines."""
    if len(lines) <= TAIL_LINES:
        return lines
    first = TAIL_LINES // 4
    last = TAIL_LINES - first - 1
    return [*lines[:first], f"[{len(lines) - first - last} lines are left out]", *lines[-last:]]


def skipped(name: str, reason: str) -> Outcome:
    """Return the outcome of a step that could not be run, for a reason the rig allows."""
    return Outcome(name, skipped=1, reasons=(reason,))


def from_status(name: str, status: int, output: str) -> Outcome:
    """Return the outcome of a tool that says no more than yes or no."""
    return Outcome(name, passed=int(status == 0), failed=int(status != 0), output=output)


def from_junit(name: str, report: Path, status: int, output: str) -> Outcome:
    """Return the outcome of a pytest run; a run that ended without a report, or badly despite it, has failed."""
    if not report.exists():
        return Outcome(name, failed=1, output=output)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 (pytest wrote it a moment ago)

    def count(*kinds: str) -> int:
        return sum(int(suite.get(kind, 0)) for suite in suites for kind in kinds)

    failed, skips = count("failures", "errors"), count("skipped")
    elsewhere = sum(
        int(item.get("value", 0))
        for suite in suites
        for item in suite.iter("property")
        if item.get("name") == "elsewhere"
    )
    reasons = [mark.get("message", "") for suite in suites for mark in suite.iter("skipped")]
    names = failed_tests(report)
    return Outcome(
        name,
        passed=max(count("tests") - failed - skips, 0),
        failed=failed or int(status != 0),
        failures=names if all(names) else (),
        skipped=skips,
        reasons=tuple(dict.fromkeys(reasons)),
        elsewhere=elsewhere,
        output=output,
        traces=tuple(_traces(suites)),
    )


def _traces(suites: list[ElementTree.Element], root: Path = CHECKOUT) -> Iterator[Trace]:
    for case in (case for suite in suites for case in suite.iter("testcase")):
        dotted, test = case.get("classname", ""), case.get("name", "")
        for mark in (mark for kind in ("failure", "error") for mark in case.iter(kind)):
            yield Trace(_name(dotted, test, root) or f"{dotted}::{test}", mark.text or mark.get("message") or "")


def failed_tests(report: Path, root: Path = CHECKOUT) -> tuple[str, ...]:
    """Return the names of the failed tests, as in ``tests/core/test_glb.py::test_it[png]``."""
    cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314 (pytest wrote it a moment ago)
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return tuple(dict.fromkeys(_name(case.get("classname", ""), case.get("name", ""), root) for case in failed))


def _name(dotted: str, test: str, root: Path) -> str:
    """Return a test's name from the dotted one of a report: its file, then classes if it has any, then the test."""
    words = dotted.split(".")
    for count in range(len(words), 0, -1):
        file = "/".join(words[:count]) + ".py"
        if (root / file).is_file():
            return "::".join([file, *words[count:], test])
    return ""


def after_another_look(first: Outcome, second: Outcome) -> Outcome:
    """Return a step's outcome once its failed tests ran again by themselves: those that passed are told as unsteady.

    The first run's output stays, since it is what tells why.
    """
    if second.failed or second.passed < len(first.failures):
        return first
    return replace(
        first,
        passed=first.passed + len(first.failures),
        failed=0,
        failures=(),
        unsteady=first.failures,
        seconds=first.seconds + second.seconds,
    )


def total_line(outcomes: list[Outcome]) -> str:
    """Return the last line of the summary, which machines read."""
    passed, failed, skips = (sum(getattr(o, kind) for o in outcomes) for kind in ("passed", "failed", "skipped"))
    unsteady = sum(len(outcome.unsteady) for outcome in outcomes)
    return f"check: {passed} passed, {failed} failed, {skips} skipped" + (f", {unsteady} unsteady" if unsteady else "")

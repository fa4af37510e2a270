# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for whoever helps: plain, whole, and without secrets or the artist's name."""

from __future__ import annotations

from dataclasses import replace

from trellis_blender.core import diagnostics, request
from trellis_blender.core.jobs import Job, State


def job(number: int, state: State, error: str = "") -> Job:
    return replace(Job("a thing", request.build({"seed": number}), "https://a.b", created_at=float(number)),
                   id=f"job{number}", state=state, error=error)  # fmt: skip


def test_report_is_text_with_headings_and_the_newest_of_the_log() -> None:
    log = [f"line {number}" for number in range(200)]
    text = diagnostics.report("# Title", [("System", {"Blender": "4.5", "window": True}), ("Empty", {})], log)
    assert text.startswith("# Title\n\n## System\n- Blender: 4.5\n- window: True\n\n## Empty\n\n## Log\n```\n")
    assert "line 199" in text and "line 139\n" not in text and "line 140\n" in text
    assert "## Log" not in diagnostics.report("# Title", [])


def test_secrets_and_the_home_folder_are_taken_out() -> None:
    text = "key abcdefgh and abcdefghij in /home/ada/trellis and C:\\Users\\ada\\x"
    clean = diagnostics.cleaned(text, secrets=["abcdefgh", "abcdefghij", "", "a"], home="/home/ada/")
    assert clean == "key [hidden] and [hidden] in ~/trellis and C:\\Users\\ada\\x"
    assert diagnostics.cleaned(text, secrets=[], home="C:\\Users\\ada").endswith("and ~\\x")
    assert diagnostics.cleaned("a/b", secrets=[], home="/") == "a/b"


def test_jobs_are_counted_and_the_last_errors_are_first() -> None:
    jobs = [
        job(1, State.FAILED, "First."),
        job(2, State.DOWNLOADED),
        *(job(n, State.REFUSED, "No.") for n in range(3, 15)),
    ]
    assert diagnostics.counts(jobs) == {"all": 14, "downloaded": 1, "failed": 1, "refused": 12}
    told = diagnostics.faults(jobs)
    assert len(told) == diagnostics.FAULTS
    assert next(iter(told)) == "1970-01-01 00:00:14 UTC job14 refused"
    assert diagnostics.counts([replace(jobs[0], suspended=True)]) == {"all": 1, "failed, stopped": 1}


def test_a_job_is_told_without_what_is_the_artists_own() -> None:
    made = replace(job(7, State.FAILED, "It failed."), name="my secret film", origin={"file": "/home/ada/film.blend"})
    text = diagnostics.report("# Title", [("Job", diagnostics.of_job(made))])
    assert "- error: It failed." in text and "- parameters: {'seed': 7}" in text and "clock: never" in text
    assert "film" not in text

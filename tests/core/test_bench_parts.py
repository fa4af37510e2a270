# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark has measured is told, whatever becomes of its later parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks import parts, ui

ROW = {"count": 1, "median_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0, "max_ms": 4.0}


def measured(*, fails: bool = False) -> Iterator[dict[str, Any]]:
    yield {"all callbacks": ROW}
    if fails:
        raise TimeoutError("no window")
    yield {"usable again": ROW}


def test_each_part_is_printed_as_soon_as_it_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []

    def watched() -> Iterator[dict[str, Any]]:
        for part in measured():
            yield part
            seen.append(capsys.readouterr().out)

    assert parts.told(watched(), ui.show) == {"all callbacks": ROW, "usable again": ROW}
    assert [text.split("  ")[0] for text in seen] == ["all callbacks", "usable again"]


def test_an_error_in_a_later_part_loses_no_earlier_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TimeoutError):
        parts.told(measured(fails=True), ui.show)
    assert capsys.readouterr().out.startswith("all callbacks")
    with pytest.raises(TimeoutError):
        parts.told(measured(fails=True), None)
    assert json.loads(capsys.readouterr().out) == {"all callbacks": ROW}


def test_for_machines_there_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    parts.told(measured(), None)
    assert json.loads(capsys.readouterr().out) == {"all callbacks": ROW, "usable again": ROW}

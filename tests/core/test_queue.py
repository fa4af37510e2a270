# SPDX-License-Identifier: GPL-3.0-or-later
"""Many jobs at once stay under the account's limit, and all finish; ``scripts/bench queue`` is the long form."""

from __future__ import annotations

from benchmarks import queue


def test_many_jobs_at_once_never_exceed_the_limit() -> None:
    result = queue.measure(60)
    assert queue.is_good(result), result
    assert result["requests"] >= 120

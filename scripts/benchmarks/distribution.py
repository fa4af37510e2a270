# SPDX-License-Identifier: GPL-3.0-or-later
"""A distribution of times, in milliseconds: what benchmarks say of many calls."""

from collections.abc import Sequence
from typing import Final

FRAME_MS: Final = 1000 / 60
"""One frame at 60 Hz, the measure for what an artist notices."""


def summary(times_ms: Sequence[float]) -> dict[str, float]:
    """Give count, median, 95th and 99th percentile and maximum, and the 99th percentile as a share of a frame."""
    ordered = sorted(times_ms)
    if not ordered:
        return {"count": 0}
    p99 = _percentile(ordered, 0.99)
    return {
        "count": len(ordered),
        "median_ms": round(_percentile(ordered, 0.5), 3),
        "p90_ms": round(_percentile(ordered, 0.9), 3),
        "p95_ms": round(_percentile(ordered, 0.95), 3),
        "p99_ms": round(p99, 3),
        "max_ms": round(ordered[-1], 3),
        "p99_of_a_frame": round(p99 / FRAME_MS, 3),
    }


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

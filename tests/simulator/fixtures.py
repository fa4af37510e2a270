# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest fixtures: ``simulator``, new for each test but for the objects it has already made.

A conftest imports them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .server import Simulator


@pytest.fixture(scope="session")
def standing() -> Iterator[Simulator]:
    """Give one stand-in for the whole run; what it has made stays made."""
    with Simulator(job_seconds=0.0) as server:
        yield server


@pytest.fixture
def simulator(standing: Simulator) -> Simulator:
    """Give the stand-in as new; jobs take no time unless the test says so."""
    standing.control.reset()
    return standing

# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests: ``--times 10`` runs each so often, to find one that depends on the machine's speed or on luck."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--times", type=int, default=1, help="how often to run each test")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    times = metafunc.config.getoption("times")
    if times > 1:
        metafunc.fixturenames.append("time_around")
        metafunc.parametrize("time_around", range(times))

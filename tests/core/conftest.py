# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of every test in here: the stand-in for the service."""

from tests.simulator.fixtures import simulator, standing

__all__ = ["simulator", "standing"]

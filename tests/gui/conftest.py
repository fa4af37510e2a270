# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests in a real Blender window. Run by ``scripts/check --only gui``; the environment says which Blender and zip."""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rig.paths import CHECKOUT
from tests.gui.window import Window
from tests.simulator.remote import Process

WINDOW_TEST_TIMEOUT_SECONDS = 600

_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(WINDOW_TEST_TIMEOUT_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def blender() -> str:
    """The version of the window Blender under test."""
    return os.environ["TRELLIS_WINDOW_BLENDER"]


@pytest.fixture(scope="session")
def zip_path() -> Path:
    """The zip under test."""
    return Path(os.environ["TRELLIS_ZIP"])


@pytest.fixture
def artifacts(request: pytest.FixtureRequest) -> Path:
    """This test's folder for screenshots that are kept."""
    folder = Path(os.environ["TRELLIS_ARTIFACTS"]) / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def open_window(
    request: pytest.FixtureRequest,
    blender: str,
    zip_path: Path,
    artifacts: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Window]]:
    """A function that opens a window with the zip installed; takes what ``Window`` takes, closed after the test."""
    opened: list[Window] = []
    profiles = tmp_path_factory.getbasetemp() / "profiles"
    with ExitStack() as stack:

        def open_one(**options: Any) -> Window:
            ours = {"zip_path": zip_path, "artifacts": artifacts, "profiles": profiles, "is_plain": True}
            asked = {**ours, **options}
            opened.append(stack.enter_context(Window(blender, **asked)))
            return opened[-1]

        yield open_one
        if request.node.stash.get(_failed, False):
            for number, window in enumerate(opened):
                window.keep_evidence(artifacts / f"window-{number}")


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Window:
    """One window with the zip installed and enabled."""
    return open_window()


@pytest.fixture
def simulator() -> Iterator[Process]:
    """A stand-in server in a process of its own: ``url``, ``key``, ``download_url`` and ``control``."""
    with Process(sys.executable, CHECKOUT) as server:
        yield server

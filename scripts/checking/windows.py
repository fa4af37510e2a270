# SPDX-License-Identifier: GPL-3.0-or-later
"""How the tests in a window are parted into steps of a few minutes each, the longest first. Runs nothing."""

import math
import re
from collections.abc import Sequence

from rig.blenders import ALL_WINDOW_TESTS, WindowBlender
from rig.paths import CHECKOUT

MOST_WEIGHT = 12
"""Of a step; one is a test that opens a window, and presses a few buttons: some 20 to 40 seconds beside other steps."""
LONGER = {
    "tests/gui/test_auto_save.py": 3,  # waits for a minute of Blender's
    "tests/gui/test_first_start.py": 3,
    "tests/gui/test_history.py": 2,
    "tests/gui/test_main_way.py": 2,
    "tests/gui/test_variants.py": 3,
}
"""What a file of one long test weighs."""


def parts(window: WindowBlender) -> dict[str, tuple[str, ...]]:
    """Return the steps of a window's tests, by name: each file in one, and all of about the same weight."""
    files = _files() if window.tests == ALL_WINDOW_TESTS else window.tests
    count = math.ceil(sum(map(weight, files)) / MOST_WEIGHT)
    found: list[list[str]] = [[] for _ in range(count)]
    for file in sorted(files, key=weight, reverse=True):
        min(found, key=lambda part: sum(map(weight, part))).append(file)
    found.sort(key=lambda part: sum(map(weight, part)), reverse=True)
    return {f"window {window.version} {number} of {count}": tuple(part) for number, part in enumerate(found, start=1)}


def weight(file: str) -> int:
    """Return what a file weighs: as many as it has tests, unless it is known for more."""
    tests = re.findall(r"^def test_", (CHECKOUT / file).read_text(encoding="utf-8"), re.MULTILINE)
    return max(LONGER.get(file, 0), len(tests))


def _files() -> Sequence[str]:
    return sorted(f"tests/gui/{path.name}" for path in (CHECKOUT / "tests" / "gui").glob("test_*.py"))

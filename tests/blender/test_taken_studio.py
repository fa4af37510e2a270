# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the selection under a studio's colour configuration, which names displays and views its own way."""

import json
import subprocess
import sys
from pathlib import Path

from lives import PATIENCE_SECONDS, Lives

STUDIO = Path(__file__).with_name("one_studio.py")
ACES = "ocio://cg-config-v1.0.0_aces-v1.3_ocio-v2.1"
"""Comes with OpenColorIO, and so with Blender."""


def test_the_selection_looks_as_the_scenes_own_render(someone: Lives) -> None:
    """Blender's name of the display was set, which there is none of: a traceback, and no picture."""
    told = someone.home / "told.json"
    done = subprocess.run(
        [sys.executable, "-P", str(STUDIO), str(told)], env={**someone.environment(), "OCIO": ACES}, cwd=someone.home,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    own, other = json.loads(told.read_text(encoding="utf-8"))
    assert own["own"] == "sRGB - Display" and own["view"].startswith("ACES"), "the configuration is in force"
    assert other["kept"].startswith("Rec.1886"), "the scene's own display stays"
    for picture in (own, other):
        assert picture["middle"][3] == 255 and picture["close"], picture

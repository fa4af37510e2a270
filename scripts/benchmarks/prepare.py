# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/bench prepare``: what preparing a picture gains at the model, and costs beside Blender's own save."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from rig.blenders import MODULE_BLENDERS
from rig.paths import CHECKOUT
from rig.running import run_bpy

PROBE: Final = Path(__file__).with_name("prepare_probe.py")
FRAME: Final = (1920, 1080)
SHARE: Final = 0.2
LEAST_RATIO: Final = 3.0
LEAST_CHEAPER: Final = 2.0
"""As many times as long as we hold the main thread Blender's own save has to hold it."""
"""As many times the pixels of the subject have to reach the model with our preparation as without."""
BLENDER: Final = "4.5"


def measure(zip_path: Path) -> dict[str, Any]:
    """Give the pixels that reach the model with and without us, and the times of a 4K picture in a real Blender."""
    return {"at the model": at_the_model(), "4K": in_blender(zip_path), "load": os.getloadavg()}


def at_the_model() -> dict[str, Any]:
    """Count the subject's pixels after the server's documented steps, for a subject in a Full HD render."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.core import pictures
    from trellis_blender.core.prepared import prepare

    render = pictures.disc(*FRAME, SHARE)
    picture = prepare(pictures.framed(render))
    without, ours = pictures.subject_pixels(pictures.sent(render)), pictures.subject_pixels(picture.content)
    return {
        "frame": list(FRAME), "share": SHARE, "sent": [picture.width, picture.height],
        "pixels_without": without, "pixels_with": ours, "ratio": round(ours / without, 2),
    }  # fmt: skip


def in_blender(zip_path: Path) -> dict[str, dict[str, float]]:
    """Time capture, preparation and Blender's own save of the same 4K pictures."""
    version = next(item.version for item in MODULE_BLENDERS if item.version.startswith(BLENDER))
    done = run_bpy(version, [str(PROBE), str(zip_path)])
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            told: dict[str, dict[str, float]] = json.loads(line)
            return told
    raise RuntimeError(f"Blender {version} measured nothing.\n{done.stdout[-2000:]}")


def show(told: dict[str, Any]) -> None:
    """Print both as tables."""
    gain = told["at the model"]
    print(f"A subject that fills {gain['share']:.0%} of {gain['frame'][0]} × {gain['frame'][1]}: "
          f"{gain['pixels_without']:,} of its pixels reach the model as it is, {gain['pixels_with']:,} as we send it: "
          f"{gain['ratio']} times as many")  # fmt: skip
    print(f"\n{'3840 × 2160':<22}{'main thread':>12}{'first time':>12}{'worker':>10}{'Blender saves':>15}{'ratio':>8}"
          f"{'sent':>11}{'saved':>11}{'memory':>11}")  # fmt: skip
    for name, row in told["4K"].items():
        main, first, worker, save = (row[f"{part}_ms"] / 1000 for part in ("main", "first", "worker", "save"))
        print(f"{name:<22}{main:>10.3f} s{first:>10.3f} s{worker:>8.2f} s{save:>13.3f} s{save / main:>7.1f}×"
              f"{row['sent_mb']:>8.2f} MB"
              f"{row['saved_mb']:>8.2f} MB{row['copied_mb'] + row['worker_mb']:>8.0f} MB")  # fmt: skip
    copied = max(row["copied_mb"] for row in told["4K"].values())
    print("Times are the best of three rounds. Memory is at the worst moment: what the worker takes, and the copy that "
          f"it is given, of {copied:.0f} MB for an image; a render is handed over as a file.")  # fmt: skip
    print("The first time of a view has Blender show the colours of its table; saving is Blender's own, to PNG.")
    print(f"Load average {', '.join(f'{load:.1f}' for load in told['load'])}, on {os.cpu_count()} processors")


def is_good(told: dict[str, Any]) -> bool:
    """Whether the gain is there, and copying is all that the main thread does for an image."""
    rows = told["4K"].values()
    is_cheaper = all(row["main_ms"] * LEAST_CHEAPER < row["save_ms"] for row in rows)
    return bool(told["at the model"]["ratio"] >= LEAST_RATIO and is_cheaper)

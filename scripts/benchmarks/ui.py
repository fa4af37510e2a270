# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/bench ui``: what the extension costs Blender's main thread while ten jobs run, and when it is enabled.

Beside a hundred other jobs in the list and a hundred in the history, with all panels open.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from rig.blenders import WindowBlender
from rig.paths import CHECKOUT
from rig.running import run_bpy

from .distribution import summary

JOBS = 10
LISTED = KEPT = 100
MANY_JOBS = 200
REQUESTS_PER_MINUTE = 50
JOB_SECONDS = 20
WATCH_SECONDS = 30
PROBE = Path(__file__).with_name("ui_probe.py")
REGISTER = Path(__file__).with_name("register_probe.py")
TARGET_P99_MS = 5.0
_STANDING = "any(' · ' in item.name for item in bpy.data.collections['TRELLIS'].objects)"
"""Whether placeholders are left."""
CROWD = CHECKOUT / "tests" / "blender" / "crowd.py"
PART = ", within "
"""In the name of what is a part of another callback, and is not counted twice."""
_FILL = f"""
exec(compile(open({str(CROWD)!r}).read(), {str(CROWD)!r}, 'exec'), globals())
listed({LISTED})
kept({KEPT})
panels = sys.modules[PACKAGE + '.blender.panels']
panels.unregister()
for cls in panels._CLASSES:
    cls.bl_options = set(getattr(cls, 'bl_options', ())) - {{'DEFAULT_CLOSED'}}
panels.register()
result = None
"""
_PROBED = f"exec(compile(open({str(PROBE)!r}).read(), {str(PROBE)!r}, 'exec'), globals())"


def measure(blender: WindowBlender, zip_path: Path) -> dict[str, Any]:
    """Run ten jobs in a real window, with the sidebar open, and give the distribution of every callback's time."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.gui import scene
    from tests.gui.window import Window

    with (
        scene.start_server("--job-seconds", str(JOB_SECONDS)) as server,
        Window(blender.suite, zip_path, size=(1280, 1600)) as window,
    ):
        scene.connect(window, server)
        scene.choose_picture(window)
        window.call(_FILL)
        window.open_sidebar("VIEW_3D", "TRELLIS")
        idle = _gaps(window, 5.0)
        window.call(f"{_PROBED}\nresult = install()")
        window.call("times.clear()\nresult = None")
        for seed in range(JOBS):
            window.call(f"press_generate({seed})\nresult = 0")
        window.call(f"gaps({WATCH_SECONDS})\nresult = None")
        time.sleep(WATCH_SECONDS)
        window.wait_for(f"len(bpy.data.collections['TRELLIS'].objects) == {JOBS} and not {_STANDING}", timeout=120)
        times: dict[str, list[float]] = window.call("dict(times)")
        imported = window.call("len(bpy.data.collections['TRELLIS'].objects)")
    callbacks = {
        name: values for name, values in times.items()
        if name not in ("import", "gap of a 10 ms timer") and PART not in name
    }  # fmt: skip
    parts = {name: values for name, values in times.items() if PART in name}
    together = [value for values in callbacks.values() for value in values]
    return {
        "blender": blender.version,
        "jobs": JOBS,
        "others in the list and in the history": f"{LISTED} and {KEPT}",
        "load average": os.getloadavg()[0],
        "imported": imported,
        "all callbacks": summary(together),
        **{name: summary(values) for name, values in sorted({**callbacks, **parts}.items())},
        "import": summary(times.get("import", [])),
        "gap of a 10 ms timer": summary(times.get("gap of a 10 ms timer", [])),
        "gap of a 10 ms timer, idle": summary(idle),
    }


def measure_queue(blender: WindowBlender, zip_path: Path) -> dict[str, Any]:
    """Watch the callbacks beside a few jobs and beside many, in one run of a real window, and give both."""
    sys.path.insert(0, str(CHECKOUT))
    from tests.gui import scene
    from tests.gui.window import Window

    result: dict[str, Any] = {"blender": blender.version}
    arguments = ("--job-seconds", str(JOB_SECONDS), "--set", f"rate_limit={REQUESTS_PER_MINUTE}")
    with scene.start_server(*arguments) as server, Window(blender.suite, zip_path) as window:
        scene.connect(window, server)
        scene.choose_picture(window)
        window.open_sidebar("VIEW_3D", "TRELLIS")
        window.call(f"{_PROBED}\nresult = install()")
        ordered = 0
        for count in (JOBS, MANY_JOBS):
            for seed in range(ordered, count):
                window.call(f"press_generate({seed})\nresult = 0")
            ordered = count
            window.call("times.clear()\nresult = None")
            time.sleep(WATCH_SECONDS)
            times: dict[str, list[float]] = window.call("dict(times)")
            listed, running = window.call(
                f"(len({scene.SESSION}.jobs), sum(j.running for j in {scene.SESSION}.jobs.values()))"
            )
            result[f"jobs in the list of {count}"], result[f"running of {count}"] = listed, running
            callbacks = {name: values for name, values in times.items() if name != "import" and PART not in name}
            callbacks["all callbacks"] = [value for values in callbacks.values() for value in values]
            for name, values in sorted(callbacks.items()):
                result[f"{name}, {count} jobs"] = summary(values)
        result["refused by the limit"] = server.control.counters()["rate_limited"]
    few, many = result[f"all callbacks, {JOBS} jobs"], result[f"all callbacks, {MANY_JOBS} jobs"]
    result["p99 with many over p99 with few"] = round(many["p99_ms"] / few["p99_ms"], 2)
    return result


def register_time(version: str, zip_path: Path) -> dict[str, float]:
    """Enable the installed extension in a fresh process; beside it, Blender's own glTF add-on in the same run."""
    done = run_bpy(version, [str(REGISTER), str(zip_path)])
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            told: dict[str, float] = json.loads(line)
            return told
    raise RuntimeError(f"Blender {version} measured nothing.\n{done.stdout[-2000:]}")


def show(result: dict[str, Any]) -> None:
    """Print the distributions as a table."""
    for name, row in result.items():
        if not isinstance(row, dict):
            print(f"{name:<58} {row}", flush=True)
        elif row.get("count"):
            first = f"   the first {row['first_ms']:.3f}" if "first_ms" in row else ""
            print(f"{name:<58} n={row['count']:<5} median {row['median_ms']:>8.3f}  p95 {row['p95_ms']:>8.3f}  "
                  f"p99 {row['p99_ms']:>8.3f}  max {row['max_ms']:>8.3f} ms{first}", flush=True)  # fmt: skip
        elif "count" not in row:
            print(f"{name:<58} " + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


def _gaps(window: Any, seconds: float) -> list[float]:
    window.call(f"{_PROBED}\ngaps({seconds})\nresult = 0")
    time.sleep(seconds + 0.5)
    told: list[float] = window.call("times['gap of a 10 ms timer']")
    return told

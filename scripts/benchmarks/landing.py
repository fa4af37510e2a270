# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/bench import``: time and memory of importing, beside Blender's own importer, in every Blender."""

import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rig.blenders import MODULE_BLENDERS
from rig.running import run_bpy

from . import models

PROBE = Path(__file__).with_name("import_probe.py")
FACES = (50_000, 500_000, 1_000_000)
SIDES = (1024, 2048, 4096)
KINDS = ("png", "webp")
GOAL = (500_000, 2048)
"""The cell that the goals are about."""
OTHERS = (models.ONE_TURNED, models.BY_AREA)
"""The goals hold as well for normals that are not Blender's own, and for what stray texels make transparent."""
MAIN_TIMES = {"4.2": 5.0}
MAIN_TIMES_ELSE = 7.0
"""How many times as long as ours Blender's own importer is to hold the main thread up, at least."""
MEMORY_SHARE = 0.5
WAYS = ("ours", "stock")
Cell = dict[str, Any]
Kind = tuple[int, int, str, str, str]
"""Faces, pixels, how images are encoded, what normals there are, and what alpha."""


@contextmanager
def _inputs(cells: Sequence[Kind]) -> Iterator[Path]:
    """Make the files that are read, and a small one with which what is slow but once is done."""
    with tempfile.TemporaryDirectory(prefix="trellis-models-") as made:
        folder = Path(made)
        models.write(folder / "warm.glb", faces=1000, side=64, kind="png")
        for cell in cells:
            faces, side, kind, normals, alpha = cell
            models.write(_file(folder, cell), faces=faces, side=side, kind=kind, normals=normals, alpha=alpha)
        yield folder


def measure(zip_path: Path, versions: Sequence[str], *, rounds: int, quick: bool) -> list[Cell]:
    """Measure all cells, or with ``quick`` the goal's alone; each number is the median of so many processes."""
    cells = [(faces, side, kind, models.EVEN, models.OPAQUE) for faces in FACES for side in SIDES for kind in KINDS]
    if quick:
        cells = [cell for cell in cells if cell[:2] == GOAL]
    cells += [(*GOAL, KINDS[0], normals, models.OPAQUE) for normals in OTHERS]
    cells += [(*GOAL, kind, models.EVEN, models.STRAY) for kind in KINDS]
    chosen = [item.version for item in MODULE_BLENDERS if not versions or item.series in versions]
    with _inputs(cells) as folder:
        return [_cell(zip_path, folder, version, cell, rounds) for version in chosen for cell in cells]


def is_good(results: Sequence[Cell]) -> bool:
    """Whether the goals hold where they are set."""
    return all(not cell["misses"] for cell in results)


def show(results: Sequence[Cell]) -> None:
    """Print a table: seconds of the main thread and in all, MiB at the most, and the timer's largest gap."""
    print(f"{'bpy':<8}{'faces':>9}{'px':>6} {'kind':<5}{'normals':<8}{'alpha':<7}{'main':>8}{'stock':>8}{'times':>7}"
          f"{'worker':>8}{'all':>8}{'MiB':>7}{'stock':>7}{'share':>7}{'gap ms':>8}{'idle':>6}")  # fmt: skip
    for cell in results:
        misses = "; ".join(cell["misses"])
        ours, stock = cell["ours"], cell["stock"]
        print(f"{cell['blender']:<8}{cell['faces']:>9}{cell['side']:>6} {cell['kind']:<5}"
              f"{cell['normals']:<8}{cell['alpha']:<7}{ours['main']:>8.3f}{stock['main']:>8.3f}{cell['main_times']:>7.1f}{ours['worker']:>8.3f}{cell['all']:>8.3f}"
              f"{ours['peak_mib']:>7.0f}{stock['peak_mib']:>7.0f}{cell['memory_share']:>7.2f}"
              f"{ours['stall'] * 1000:>8.1f}{ours['idle stall'] * 1000:>6.1f}  {misses}")  # fmt: skip


def _cell(zip_path: Path, folder: Path, version: str, cell: Kind, rounds: int) -> Cell:
    faces, side, kind, normals, alpha = cell
    runs: dict[str, list[Cell]] = {way: [] for way in WAYS}
    for _round in range(rounds):
        for way in WAYS:
            runs[way].append(_run(zip_path, folder, version, _file(folder, cell), way))
    ours, stock = ({name: statistics.median(run[name] for run in runs[way]) for name in runs[way][0]} for way in WAYS)
    result: Cell = {
        "blender": version,
        "faces": faces,
        "side": side,
        "kind": kind,
        "normals": normals,
        "alpha": alpha,
        "ours": ours,
        "stock": stock,
    }
    result |= {
        "main_times": stock["main"] / ours["main"],
        "all": ours["main"] + ours["worker"],
        "memory_share": ours["peak_mib"] / stock["peak_mib"],
    }
    result["misses"] = _misses(result) if (faces, side) == GOAL else []
    return result


def _misses(cell: Cell) -> list[str]:
    goal = next((times for series, times in MAIN_TIMES.items() if cell["blender"].startswith(series)), MAIN_TIMES_ELSE)
    missed = {
        f"less than {goal:g} times faster": cell["main_times"] < goal,
        "more than half the memory": cell["memory_share"] > MEMORY_SHARE,
        "not faster in all": cell["all"] >= cell["stock"]["main"],
    }
    return [what for what, is_missed in missed.items() if is_missed]


def _run(zip_path: Path, folder: Path, version: str, file: Path, way: str) -> Cell:
    # -P: beside the probe lies a module that has the name of one of Python's.
    arguments = ["-P", str(PROBE), str(zip_path), str(file), str(folder / "warm.glb"), way]
    done = run_bpy(version, arguments, home=folder / f"home-{version}")
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            told: Cell = json.loads(line)
            return told
    raise RuntimeError(f"Blender {version} measured nothing.\n{done.stdout[-2000:]}")


def _file(folder: Path, cell: Kind) -> Path:
    return folder / f"{'-'.join(map(str, cell))}.glb"

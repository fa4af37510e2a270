# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host and Blender say to each other: an order as a JSON file, and marked lines on standard output."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MARK = "@demo "
"""Begins each line meant for the host; all other output of Blender goes to the log."""
ORDER_FILE = "order.json"
OBJECTS_FOLDER = "objects"


@dataclass(frozen=True)
class Order:
    """What Blender is asked to do. Paths are absolute; the key travels in the environment, never in here."""

    zip_path: str
    folder: str
    """Where everything goes; the host hands it on from there."""
    server_url: str
    """Empty for the provider's own."""
    resolution: str
    texture_size: str
    decimation_target: int
    seed: int
    pictures: tuple[str, ...] = ()
    """Files in ``folder``; none means the demo's own subject."""
    sheet: bool = False
    """Make the demo's own sheet of subjects instead: an object for each."""

    def write(self, path: Path) -> None:
        """Write it for the process that is to carry it out."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


@dataclass(frozen=True)
class Made:
    """One picture's way through: what was asked, what it cost and what came of it."""

    name: str
    picture: str
    picture_pixels: tuple[int, int] = (0, 0)
    parameters: dict[str, Any] = field(default_factory=dict)
    price: str = ""
    job_id: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    faces: int = 0
    textures: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_order(path: Path) -> Order:
    """Read what :meth:`Order.write` wrote."""
    values = json.loads(path.read_text(encoding="utf-8"))
    return Order(**{**values, "pictures": tuple(values["pictures"])})


def tell(kind: str, **values: Any) -> None:
    """Send the host one line."""
    print(MARK + json.dumps({"kind": kind, **values}), flush=True)


def understand(line: str) -> dict[str, Any] | None:
    """Give what a line says, or None when it is not meant for the host."""
    # Blender writes progress without a line's end, so the mark need not stand at the beginning.
    _before, mark, text = line.partition(MARK)
    if not mark:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None

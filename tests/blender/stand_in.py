# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in server as seen from inside Blender: its addresses, and its controls by the standard library alone."""

import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_REMOTE = Path(__file__).resolve().parents[1] / "simulator" / "remote.py"


@dataclass(frozen=True)
class StandIn:
    """A running stand-in; ``control`` has the methods of the simulator's ``remote.Remote``."""

    url: str
    key: str
    download_url: str
    control: Any

    def accepted(self) -> int:
        """Give the number of jobs that were accepted, and so billed."""
        return int(self.control.counters()["accepted"])

    def newest(self) -> dict[str, Any]:
        """Give the job that was accepted last."""
        return self.control.jobs()[-1]


def connect() -> StandIn:
    """Find the server that ``scripts/check`` started beside this Blender."""
    said = json.loads(os.environ["TRELLIS_SIMULATOR"])
    return StandIn(said["url"], said["key"], said["download_url"], _remote_module().Remote(said["control_url"]))


def _remote_module() -> Any:
    # By its path: no folder of the checkout may be importable here.
    spec = importlib.util.spec_from_file_location("stand_in_remote", _REMOTE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

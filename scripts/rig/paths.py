# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are: the checkout and the rig's folders. Imports nothing of the rig."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
RIG = Path(os.environ.get("TRELLIS_RIG") or CHECKOUT / ".rig").resolve()

VENVS = RIG / "venvs"
CHROOTS = RIG / "chroots"
WHEELS = RIG / "wheels"
LOGS = RIG / "logs"
LOCKS = RIG / "locks"
SHADERS = RIG / "shaders"
"""What the software renderer has compiled for windows, a folder for each Debian suite."""

DEV_REQUIREMENTS = CHECKOUT / "requirements-dev.txt"

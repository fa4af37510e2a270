# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of real subjects, for who has them beside the checkout; they are not part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SAMPLES: Final = sorted(Path(__file__).resolve().parents[2].parent.glob("shared/samples/images/*.webp"))

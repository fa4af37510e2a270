# SPDX-License-Identifier: GPL-3.0-or-later
"""``python pictures.py FOLDER``: renders of the demo -> the pages' pictures, small enough to live in the repository.

Runs where Pillow is.
"""

import sys
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LIMIT_BYTES = 400_000
_MADE_FROM = {
    "mushroom-house.webp": "mushroom-house.png",
    "mushroom-house-source.webp": "mushroom-house-source.png",
    "garden-sheet.webp": "garden-sheet.png",
}


def shrink(folder: Path) -> list[Path]:
    """Write every picture of the pages from a demo's output folder."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in _MADE_FROM.items():
        with Image.open(folder / source) as picture:
            picture.thumbnail((1080, 720) if picture.mode == "RGB" else (512, 512), Image.Resampling.LANCZOS)
            picture.save(PICTURES / name, "WEBP", quality=88, method=6)
        written.append(PICTURES / name)
    return written


if __name__ == "__main__":
    for path in shrink(Path(sys.argv[1])):
        print(f"{path.stat().st_size / 1000:5.0f} kB  {path.name}")

# SPDX-License-Identifier: GPL-3.0-or-later
"""``python sheet.py SHEET.png PNG…``: all renders on one sheet, each with its name. Runs where Pillow is."""

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_CELL = (480, 320)
_LABEL = 28
_GAP = 8
_PAPER, _INK = (246, 244, 240), (40, 40, 40)


def contact_sheet(pictures: list[Path]) -> Image.Image:
    """Lay the pictures out in rows, as near to a 4:3 sheet as they allow."""
    columns = max(1, round(math.sqrt(len(pictures))))
    rows = math.ceil(len(pictures) / columns)
    width, height = _CELL[0] + _GAP, _CELL[1] + _LABEL + _GAP
    sheet = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=16)
    for number, path in enumerate(pictures):
        x, y = _GAP + number % columns * width, _GAP + number // columns * height
        with Image.open(path) as picture:
            sheet.paste(picture.convert("RGB").resize(_CELL, Image.Resampling.LANCZOS), (x, y))
        draw.text((x + 4, y + _CELL[1] + 4), path.stem, fill=_INK, font=font)
    return sheet


if __name__ == "__main__":
    contact_sheet([Path(argument) for argument in sys.argv[2:]]).save(sys.argv[1], optimize=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A screenshot of the whole screen -> a small picture of one part of it. Knows files and pixels, no Blender."""

from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

QUALITY = 90
EMPTY_EDGE_PIXELS = 12
"""Left and right of what is looked at for where the content ends: borders and scroll bars are no content."""
CORNER_PIXELS = 24
"""At the bottom, where the area's corners are rounded and nothing is drawn."""
AROUND_PIXELS = 7
"""On each side: a square of an icon's size, or of two letters'."""
SAME_DIFFERENCE = 12
"""Up to which a channel (0–255) may differ in the mean of any such square: what is kept is compressed."""
KEPT_BELOW_PIXELS = 10

Box = tuple[int, int, int, int]
"""Left, top, width and height."""


def crop(screenshot: Path, box: Box, *, tabs: int = 0, trim: bool = True) -> Image.Image:
    """Give a part of a screenshot, without the empty rows at its bottom; ``tabs`` is how wide the tabs at right are."""
    left, top, width, height = box
    with Image.open(screenshot) as whole:
        part = whole.convert("RGB").crop((left, top, left + width, top + height))
    if not trim:
        return part
    end = height - CORNER_PIXELS
    looked_at = part.crop((EMPTY_EDGE_PIXELS, 0, width - tabs - EMPTY_EDGE_PIXELS, end))
    ground = Image.new("RGB", looked_at.size, looked_at.getpixel((0, end - 1)))
    content = ImageChops.difference(looked_at, ground).getbbox()
    bottom = min((content[3] if content else 0) + KEPT_BELOW_PIXELS, height)
    return part.crop((0, 0, width, bottom))


def keep(picture: Image.Image, path: Path) -> bool:
    """Write a picture unless the one that is there shows the same; whether it was written."""
    if path.exists():
        with Image.open(path) as before:
            if _is_same(before.convert("RGB"), picture):
                return False
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "WEBP", quality=QUALITY, method=6)
    return True


def _is_same(before: Image.Image, after: Image.Image) -> bool:
    if before.size != after.size:
        return False
    means = ImageChops.difference(before, after).filter(ImageFilter.BoxBlur(AROUND_PIXELS))
    return all(most <= SAME_DIFFERENCE for _least, most in ImageStat.Stat(means).extrema)

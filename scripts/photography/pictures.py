# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that are sent while the interface is photographed: drawn here, the same each time."""

from PIL import Image, ImageDraw

CREAM, RED, DOT = (236, 222, 190, 255), (200, 40, 36, 255), (250, 246, 236, 255)


def mushroom(size: int = 768, ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Image.Image:
    """Draw a red mushroom with white dots; on a transparent ground it needs nothing more."""
    picture = Image.new("RGBA", (size, size), ground)
    draw_mushroom(picture, 0, 0, size)
    return picture


def draw_mushroom(picture: Image.Image, left: int, top: int, size: int) -> None:
    """Draw one into a square of a picture."""
    draw = ImageDraw.Draw(picture)

    def at(*values: float) -> tuple[float, ...]:
        return tuple((left, top)[index % 2] + value * size for index, value in enumerate(values))

    draw.rounded_rectangle(at(0.4, 0.48, 0.6, 0.88), size * 0.08, fill=CREAM)
    draw.pieslice(at(0.17, 0.17, 0.83, 0.82), 180, 360, fill=RED)
    for x, y, radius in ((0.37, 0.37, 0.05), (0.53, 0.27, 0.04), (0.64, 0.41, 0.055)):
        draw.ellipse(at(x - radius, y - radius, x + radius, y + radius), fill=DOT)


def photo() -> Image.Image:
    """Draw one on an even grey ground, without transparency."""
    return mushroom(768, (196, 202, 206, 255))


def empty() -> Image.Image:
    """Draw nothing at all."""
    return Image.new("RGBA", (640, 480))


def small() -> Image.Image:
    """Draw a small subject in a large frame."""
    picture = Image.new("RGBA", (1920, 1080))
    draw_mushroom(picture, 300, 300, 200)
    return picture


def sheet() -> Image.Image:
    """Draw five things in two rows."""
    picture = Image.new("RGBA", (1280, 960))
    draw = ImageDraw.Draw(picture)
    draw_mushroom(picture, 40, 30, 380)
    draw.rounded_rectangle((540, 120, 700, 400), 24, fill=(60, 150, 70, 255))
    draw.ellipse((840, 120, 1200, 360), fill=(70, 90, 200, 255))
    draw.polygon(((120, 900), (260, 480), (400, 900)), fill=(220, 180, 50, 255))
    draw.ellipse((600, 620, 1080, 900), fill=(170, 70, 180, 255))
    return picture

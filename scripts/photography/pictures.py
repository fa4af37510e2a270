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
    """Draw five things in two rows, one of them small."""
    picture = Image.new("RGBA", (1280, 960))
    draw = ImageDraw.Draw(picture)
    draw_mushroom(picture, 40, 30, 380)
    draw.rounded_rectangle((550, 200, 680, 400), 24, fill=(60, 150, 70, 255))
    draw.ellipse((840, 120, 1200, 360), fill=(70, 90, 200, 255))
    draw.polygon(((120, 900), (260, 480), (400, 900)), fill=(220, 180, 50, 255))
    draw.ellipse((600, 620, 1080, 900), fill=(170, 70, 180, 255))
    return picture


def cactus() -> Image.Image:
    """Draw a green cactus with two arms."""
    picture = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(picture)
    for box in (
        (206, 60, 306, 470),
        (96, 180, 166, 330),
        (96, 270, 260, 340),
        (346, 130, 416, 290),
        (260, 230, 416, 300),
    ):
        draw.rounded_rectangle(box, 34, fill=(74, 140, 82, 255))
    for x, y in ((236, 130), (276, 210), (238, 300), (278, 390)):
        draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill=(226, 220, 170, 255))
    return picture


def crystal() -> Image.Image:
    """Draw a violet crystal of three faces."""
    picture = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(picture)
    draw.polygon(((256, 40), (120, 200), (180, 470)), fill=(150, 96, 214, 255))
    draw.polygon(((256, 40), (180, 470), (340, 470)), fill=(186, 132, 240, 255))
    draw.polygon(((256, 40), (340, 470), (396, 190)), fill=(112, 66, 176, 255))
    return picture


def pumpkin() -> Image.Image:
    """Draw an orange pumpkin with its stalk."""
    picture = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((232, 80, 284, 200), 16, fill=(86, 130, 60, 255))
    for left, shade in ((60, 200), (282, 200), (120, 216), (222, 216), (171, 232)):
        draw.ellipse((left, 160, left + 170, 450), fill=(shade, shade // 2, 36, 255))
    return picture

# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenshots with the pointer and a caption drawn in -> one animated WebP. Knows pixels and seconds, no Blender."""

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

QUALITY = 80
CAPTION_PIXELS = 40
CAPTION_FONT_PIXELS = 19
CAPTION_GROUND, CAPTION_INK = (24, 24, 24), (235, 235, 235)
ARROW = ((0, 0), (0, 21), (5, 16), (9, 25), (13, 23), (9, 15), (16, 15))
"""The pointer's outline from its tip, as no screenshot has it."""
RING_PIXELS, RING_INK = 15, (255, 170, 40)
"""Drawn around the tip while a button is down."""
SAME_PIXELS_DIFFER_BY = 2
CONTACT_COLUMNS = 5


class Film:
    """Frames in order, each with how long it stands; what looks the same is one frame that stands longer."""

    def __init__(self, size: tuple[int, int]) -> None:
        """``size`` is that of the screenshots."""
        self.size = (size[0], size[1] + CAPTION_PIXELS)
        self.caption = ""
        self.frames: list[Image.Image] = []
        self.seconds: list[float] = []

    @property
    def length(self) -> float:
        """How long it plays, in seconds."""
        return sum(self.seconds)

    def add(self, screenshot: Path, pointer: tuple[int, int], seconds: float, *, pressed: bool = False) -> None:
        """Append a screenshot with the pointer where the mouse was."""
        frame = Image.new("RGB", self.size, CAPTION_GROUND)
        with Image.open(screenshot) as shot:
            frame.paste(shot.convert("RGB"))
        _draw_pointer(frame, pointer, pressed=pressed)
        self._draw_caption(frame)
        if self.frames and _is_same(self.frames[-1], frame):
            self.seconds[-1] += seconds
            return
        self.frames.append(frame)
        self.seconds.append(seconds)

    def write(self, path: Path) -> None:
        """Write all frames as one file that plays again and again."""
        path.parent.mkdir(parents=True, exist_ok=True)
        first, *others = self.frames
        milliseconds = [round(each * 1000) for each in self.seconds]
        first.save(path, "WEBP", save_all=True, append_images=others, duration=milliseconds, loop=0, quality=QUALITY,
                   method=4, minimize_size=True)  # fmt: skip

    def write_contact_sheet(self, path: Path) -> None:
        """Lay all frames out side by side."""
        wide, high = self.size[0] // 2, self.size[1] // 2
        rows = -(-len(self.frames) // CONTACT_COLUMNS)
        sheet = Image.new("RGB", (wide * CONTACT_COLUMNS, high * rows))
        for number, frame in enumerate(self.frames):
            place = number % CONTACT_COLUMNS * wide, number // CONTACT_COLUMNS * high
            sheet.paste(frame.resize((wide, high)), place)
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(path)

    def _draw_caption(self, frame: Image.Image) -> None:
        font = ImageFont.load_default(CAPTION_FONT_PIXELS)
        middle = (self.size[0] // 2, self.size[1] - CAPTION_PIXELS // 2)
        ImageDraw.Draw(frame).text(middle, self.caption, CAPTION_INK, font, anchor="mm")


def _draw_pointer(frame: Image.Image, tip: tuple[int, int], *, pressed: bool) -> None:
    draw = ImageDraw.Draw(frame)
    x, y = tip
    if pressed:
        draw.ellipse((x - RING_PIXELS, y - RING_PIXELS, x + RING_PIXELS, y + RING_PIXELS), outline=RING_INK, width=3)
    draw.polygon([(x + dx, y + dy) for dx, dy in ARROW], fill=(255, 255, 255), outline=(0, 0, 0))


def _is_same(before: Image.Image, after: Image.Image) -> bool:
    # In grey the extremes are of one channel: a pair.
    difference = ImageChops.difference(before, after).convert("L").histogram()
    return not any(difference[SAME_PIXELS_DIFFER_BY + 1 :])

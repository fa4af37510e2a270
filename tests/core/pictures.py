# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures with known subjects, and what the documented server makes of one."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from trellis_blender.core.components import Box
from trellis_blender.core.image import OPAQUE_ABOVE, Frame, Picture
from trellis_blender.core.png import encode

Rgba = npt.NDArray[np.uint8]
SERVER_SIDE = 1024
GOLD = (200, 180, 60)


def subject(width: int, height: int, *boxes: Box, alpha: int = 255, colour: int = 180) -> Rgba:
    """Textured boxes on a transparent ground with colour hidden in it."""
    texture = np.random.default_rng(5).integers(colour - 40, colour + 40, (height, width, 4)).clip(0, 255)
    rgba = texture.astype(np.uint8)
    rgba[..., 3] = 0
    for box in boxes:
        rgba[box.top : box.bottom, box.left : box.right, 3] = alpha
    return rgba


def disc(width: int, height: int, share: float) -> Rgba:
    """A soft-edged disc in the middle that fills a share of the frame."""
    radius = np.sqrt(share * width * height / np.pi)
    y, x = np.indices((height, width)) + 0.5
    distance = np.hypot(x - width / 2, y - height / 2)
    rgba = subject(width, height)
    rgba[..., 3] = np.clip(radius - distance + 0.5, 0, 1) * 255 + 0.5
    return rgba


def on(rgba: Rgba, colour: tuple[int, int, int]) -> Rgba:
    """Put a picture on an opaque ground."""
    ground = Image.new("RGBA", (rgba.shape[1], rgba.shape[0]), (*colour, 255))
    ground.alpha_composite(Image.fromarray(rgba))
    return np.asarray(ground)


def framed(rgba: Rgba) -> Frame:
    return Frame(rgba, is_bottom_up=False)


def sent(rgba: Rgba) -> bytes:
    """What is sent without any preparation."""
    return encode(rgba)


def decoded(picture: Picture) -> Rgba:
    return np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGBA"))


def reaches_the_model(png: bytes) -> npt.NDArray[np.uint8]:
    """Do what the server does to a picture with a mask; give the square that the model sees, on black.

    Shrunk to 1024 on the long side by Lanczos first, then cropped to the square around alpha above 0.8.
    """
    picture = Image.open(io.BytesIO(png))
    assert picture.mode == "RGBA", "without alpha the server guesses"
    assert np.asarray(picture)[..., 3].min() < 255, "without a value below 255 the server guesses"
    scale = min(1.0, SERVER_SIDE / max(picture.size))
    if scale < 1:
        picture = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.LANCZOS)
    rows, columns = np.nonzero(np.asarray(picture)[..., 3] > 0.8 * 255)
    left, top, right, bottom = columns.min(), rows.min(), columns.max(), rows.max()
    middle_x, middle_y, side = (left + right) / 2, (top + bottom) / 2, int(max(right - left, bottom - top))
    box = (middle_x - side // 2, middle_y - side // 2, middle_x + side // 2, middle_y + side // 2)
    cropped = np.asarray(picture.crop(tuple(int(edge) for edge in box))).astype(np.float32) / 255
    return np.asarray(cropped[..., :3] * cropped[..., 3:] * 255).astype(np.uint8)


def subject_pixels(png: bytes) -> int:
    """Count the pixels of the subject that reach the model."""
    return int((reaches_the_model(png).max(axis=2) > 0).sum())


def drawn(ink: npt.NDArray[np.float32], colour: tuple[int, int, int] = GOLD) -> Rgba:
    rgba = np.zeros((*ink.shape, 4), np.uint8)
    rgba[..., :3] = colour
    rgba[..., 3] = ink * 255 + 0.5
    return rgba


def opaque(rgba: Rgba) -> int:
    return int(np.count_nonzero(rgba[..., 3] > OPAQUE_ABOVE))

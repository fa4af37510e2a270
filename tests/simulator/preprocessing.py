# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documented server does to a picture before it makes anything of it; knows pictures only.

Source: Microsoft's TRELLIS.2 ``preprocess_image``. The background remover is a neural network there
and a guess from the border's colour here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

LONG_SIDE_PIXELS = 1024
"""The picture is shrunk to this *before* it is cropped."""
SOLID_ALPHA = 0.8
"""Only pixels above this decide where the subject is."""
LARGEST_PICTURE_PIXELS = 64_000_000

Bytes = npt.NDArray[np.uint8]


class UnreadablePicture(Exception):
    """The bytes are not a picture; said before the job is accepted."""


class NoSubject(Exception):
    """The picture has no solid pixel; found out only after the job was accepted, so it is billed."""


@dataclass(frozen=True)
class Subject:
    """A square picture of the subject: ``color`` (side, side, 3) and ``alpha`` (side, side), both uint8, top row
    first."""

    color: Bytes
    alpha: Bytes


def decode(data: bytes) -> Image.Image:
    """Decode ``data`` to RGB or RGBA. Raises :class:`UnreadablePicture`."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > LARGEST_PICTURE_PIXELS:
                raise UnreadablePicture(f"the picture has {picture.width} x {picture.height} pixels")
            clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            return picture.convert("RGBA" if clear else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error) or type(error).__name__) from None


def has_mask(picture: Image.Image) -> bool:
    """Whether the picture's own alpha is its mask: any value below 255."""
    return picture.mode == "RGBA" and bool(np.asarray(picture.getchannel("A")).min() < 255)


def subject(picture: Image.Image, *, preprocess: bool = True) -> Subject:
    """Mask, shrink, crop. Raises :class:`NoSubject` when nothing is solid.

    Without ``preprocess`` the picture is taken as it is, only padded to a square.
    """
    masked = has_mask(picture)
    longest = max(picture.size)
    if longest > LONG_SIDE_PIXELS:
        scale = LONG_SIDE_PIXELS / longest
        size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    pixels = np.asarray(picture.convert("RGBA"))
    color, alpha = pixels[..., :3], pixels[..., 3]
    if not masked:
        alpha = background_mask(color)
    solid = alpha > SOLID_ALPHA * 255
    if not solid.any():
        raise NoSubject("no pixel of the picture is opaque enough to belong to a subject")
    if preprocess:
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    else:
        top, bottom, left, right = 0, alpha.shape[0], 0, alpha.shape[1]
    return _square(color, alpha, int(top), int(bottom), int(left), int(right))


def background_mask(color: Bytes) -> Bytes:
    """Guess the subject of an opaque picture: what is not connected to the border in the border's own colour.

    ``color`` is (height, width, 3); gives (height, width) alpha. A picture that is all background, or all
    subject, counts as a subject from edge to edge.
    """
    values = color.astype(np.float32)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    distance = np.linalg.norm(values - np.median(border, axis=0), axis=2)
    spread = float(np.percentile(np.linalg.norm(border - np.median(border, axis=0), axis=1), 80))
    alike = distance < max(24.0, 1.5 * spread)
    regions, _count = ndimage.label(alike)
    rim = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    outside = np.isin(regions, np.unique(rim[rim > 0]))
    inside = ndimage.binary_opening(~outside, iterations=1)
    if not 0.002 < inside.mean() < 0.995:
        return np.full(color.shape[:2], 255, np.uint8)
    soft: Bytes = np.clip(ndimage.gaussian_filter(inside.astype(np.float32), 0.8) * 255, 0, 255).astype(np.uint8)
    return soft


def _square(color: Bytes, alpha: Bytes, top: int, bottom: int, left: int, right: int) -> Subject:
    side = max(bottom - top, right - left)
    first_row, first_column = (top + bottom - side) // 2, (left + right - side) // 2
    square_color = np.zeros((side, side, 3), np.uint8)
    square_alpha = np.zeros((side, side), np.uint8)
    rows = slice(max(0, first_row), min(alpha.shape[0], first_row + side))
    columns = slice(max(0, first_column), min(alpha.shape[1], first_column + side))
    into = (
        slice(rows.start - first_row, rows.stop - first_row),
        slice(columns.start - first_column, columns.stop - first_column),
    )
    square_color[into] = color[rows, columns]
    square_alpha[into] = alpha[rows, columns]
    return Subject(square_color, square_alpha)

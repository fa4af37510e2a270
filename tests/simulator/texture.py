# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture -> the two textures of a solid; the front is the left half of the atlas, the back the right half."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from scipy import ndimage

from .inflate import Floats, Solid
from .preprocessing import Subject

_MARGIN = 1 / 64
"""Left free around each half, so that neighbours do not bleed into each other."""
_STRAY_ALPHA = 240

Pixels = npt.NDArray[np.uint8]


def coordinates(solid: Solid) -> Floats:
    """Give (n, 2) texture coordinates, v up: the front as seen from the front, the back as seen from behind."""
    across, up = solid.points[:, 0] + 0.5, solid.points[:, 1] + 0.5
    across = np.where(solid.back, 1 - across, across)
    u = 0.5 * (_MARGIN + across * (1 - 2 * _MARGIN)) + 0.5 * solid.back
    v = _MARGIN + up * (1 - 2 * _MARGIN)
    return np.column_stack([u, v]).astype(np.float32)


def atlases(subject: Subject, size: int, *, stray_texels: bool) -> tuple[Pixels, Pixels]:
    """Give base colour (size, size, 4) and metallic-roughness (size, size, 3): G roughness, B metallic.

    ``stray_texels`` leaves a few texels slightly transparent, the flaw that makes the model's server choose
    ``BLEND`` for opaque objects.
    """
    front = _bled(subject)
    base = np.concatenate([_half(front, size), _half(_behind(front), size)], axis=1)
    alpha = np.full((size, size, 1), 255, np.uint8)
    if stray_texels:
        spots = np.random.default_rng(7).integers(0, size, size=(2, 24))
        alpha[spots[0], spots[1], 0] = _STRAY_ALPHA
    return np.concatenate([base, alpha], axis=2), _metallic_roughness(base)


class EncodedImage:
    """An image that is already encoded, with as much of Pillow's interface as trimesh's exporter asks for."""

    def __init__(self, pixels: Pixels, kind: str) -> None:
        """Encode ``pixels`` (height, width, 3 or 4) as ``kind``, ``"png"`` or ``"webp"``."""
        self.format = kind.upper()
        self.size = (pixels.shape[1], pixels.shape[0])
        stream = io.BytesIO()
        picture = Image.fromarray(pixels)
        if kind == "webp":
            picture.save(stream, "WEBP", quality=90, method=0)
        else:
            picture.save(stream, "PNG", compress_level=1)
        self.data = stream.getvalue()

    def save(self, stream: Any, **_wanted: str) -> None:
        """Write the encoded bytes, whatever the format asked for: it is the same one."""
        stream.write(self.data)

    def tobytes(self) -> bytes:
        """Give what identifies the image."""
        return self.data


def _bled(subject: Subject) -> Image.Image:
    """Give the picture with the subject's own colours carried outwards, so that no background shows at the rim."""
    side = min(subject.alpha.shape[0], 1024)
    color = np.asarray(Image.fromarray(subject.color).resize((side, side), Image.Resampling.LANCZOS))
    alpha = np.asarray(Image.fromarray(subject.alpha).resize((side, side), Image.Resampling.BOX))
    solid = ndimage.binary_erosion(alpha > 240)
    if not solid.any():
        solid = alpha >= int(alpha.max())
    nearest = ndimage.distance_transform_edt(~solid, return_distances=False, return_indices=True)
    return Image.fromarray(np.ascontiguousarray(color[nearest[0], nearest[1]]))


def _behind(front: Image.Image) -> Image.Image:
    """Give what nobody photographed: the picture from behind, soft and a little darker."""
    mirrored = front.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return mirrored.filter(ImageFilter.GaussianBlur(mirrored.width / 100)).point(lambda value: int(value * 0.85))


def _half(picture: Image.Image, size: int) -> Pixels:
    across, down = round(size / 2 * _MARGIN), round(size * _MARGIN)
    inner = np.asarray(picture.resize((size // 2 - 2 * across, size - 2 * down), Image.Resampling.BICUBIC))
    return np.pad(inner, ((down, down), (across, across), (0, 0)), mode="edge")


def _metallic_roughness(base: Pixels) -> Pixels:
    """Invent a material: bright is smoother, grey is a little metallic; red stays zero as the model writes it."""
    small = base[::2, ::2].astype(np.float32) / 255
    light = small.mean(axis=2)
    grey = 1 - (small.max(axis=2) - small.min(axis=2))
    made = np.stack([np.zeros_like(light), 0.85 - 0.35 * light, 0.25 * grey**4], axis=2)
    picture = Image.fromarray((made * 255).astype(np.uint8))
    return np.asarray(picture.resize((base.shape[1], base.shape[0]), Image.Resampling.BILINEAR))

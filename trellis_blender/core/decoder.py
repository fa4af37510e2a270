# SPDX-License-Identifier: GPL-3.0-or-later
"""A PNG, JPEG or WebP -> its pixels by OpenImageIO, which Blender's own Python has since 4.5. For workers; no bpy.

It lets go of the interpreter while it decodes. Where it is missing, whoever asks has another way.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .gltf_images import image_size

_LIBRARY: Final = "OpenImageIO"
_KINDS: Final = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp"}
_OPAQUE: Final = np.full((1, 1, 1), 255, np.uint8)
_log = logging.getLogger(__name__)
_broken: list[str] = []
"""Why it cannot be used though it is there."""


def is_readable(content: bytes, largest: int) -> bool:
    """Whether :func:`read` is for a file, and it is not larger: told by its beginning. Imports nothing yet."""
    size = image_size(content) if _suffix(content) else None
    return size is not None and max(size) <= largest and not _broken and _is_there()


def read(content: bytes, side: int, *, only_alpha: bool = False) -> npt.NDArray[np.uint8]:
    """Give the pixels, (height, width, channels), top row first: each n-th, so that no side is longer than ``side``.

    ``only_alpha``: a single channel, which is a single opaque pixel for a file that has none; never of half a file.
    Raises ValueError for a damaged file, on a full disk, and where there is no such library.
    """
    try:
        library: Any = importlib.import_module(_LIBRARY)
    except ImportError as error:  # of a Blender that was put together otherwise
        _broken.append(str(error))
        raise ValueError(f"{_LIBRARY} cannot be used: {error}") from error
    try:
        with tempfile.TemporaryDirectory(prefix="trellis-") as folder:
            path = Path(folder) / f"picture{_suffix(content)}"
            path.write_bytes(content)
            pixels = _decoded(library, str(path), only_alpha=only_alpha)
    except OSError as error:
        raise ValueError(f"it cannot be put down for {_LIBRARY}: {error.strerror}") from error
    step = -(-max(pixels.shape[:2]) // side)
    return np.ascontiguousarray(pixels[::step, ::step])


def _decoded(library: Any, path: str, *, only_alpha: bool) -> npt.NDArray[np.uint8]:
    wish = library.ImageSpec()
    wish.attribute("oiio:UnassociatedAlpha", 1)  # colours as they are, not darkened by their alpha
    file = library.ImageInput.open(path, wish)
    if file is None:
        raise ValueError(library.geterror())
    try:
        first, end = 0, file.spec().nchannels
        if only_alpha:
            first = file.spec().alpha_channel
            if first < 0:
                return _OPAQUE
            end = first + 1
        pixels = file.read_image(0, 0, first, end, library.UINT8)
        if pixels is None:
            raise ValueError(file.geterror())
        if file.has_error:
            if only_alpha:
                raise ValueError(file.geterror())
            _log.info("A texture is read as far as it goes: %s", file.geterror())
    finally:
        file.close()
    whole = np.asarray(pixels, np.uint8)
    return whole.reshape(*whole.shape[:2], -1)


def _suffix(content: bytes) -> str:
    return next((suffix for head, suffix in _KINDS.items() if content.startswith(head)), "")


def _is_there() -> bool:
    return sys.modules.get(_LIBRARY) is not None or importlib.util.find_spec(_LIBRARY) is not None

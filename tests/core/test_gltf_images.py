# SPDX-License-Identifier: GPL-3.0-or-later
"""The size of a texture is read from its head as Pillow wrote it, and from nothing else."""

import io

import pytest
from PIL import Image

from trellis_blender.core.gltf_images import image_size

KINDS = [
    ("RGBA", "PNG", {}),
    ("RGB", "JPEG", {}),
    ("L", "JPEG", {"progressive": True}),
    ("RGB", "JPEG", {"exif": b"Exif\0\0" + bytes(20_000)}),
    ("RGB", "WEBP", {}),
    ("RGBA", "WEBP", {"lossless": True}),
    ("RGBA", "WEBP", {"exif": b"Exif\0\0II*\0"}),
    ("P", "GIF", {}),
    ("RGB", "BMP", {}),
]


@pytest.mark.parametrize(("mode", "kind", "options"), KINDS)
@pytest.mark.parametrize("size", [(1, 1), (640, 123), (2048, 4096)])
def test_size(mode: str, kind: str, options: dict[str, object], size: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new(mode, size, 90).save(file, kind, **options)
    assert image_size(file.getvalue()) == size


@pytest.mark.parametrize(
    "head", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBP", b"GIF89a", b"BM" + bytes(30)]
)
def test_no_size(head: bytes) -> None:
    assert image_size(head) is None
    for kind in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF1234WEBPVP8X", b"RIFF1234WEBPVP8 "):
        image_size(kind + bytes(range(200)))  # whatever it says, it comes back

# SPDX-License-Identifier: GPL-3.0-or-later
"""The one kind of OpenEXR that is read: what Blender writes uncompressed; everything else is refused."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trellis_blender.core import exr, pixels, splitting
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image import ExrFile, discard
from trellis_blender.core.view import PLAIN, Formula

Floats = npt.NDArray[np.float32]


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value


def header(
    names: list[str], width: int, height: int, *, kind: int = 2, compression: int = 0, order: int = 0, shift: int = 0
) -> bytes:
    listed = b"".join(name.encode() + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    return (
        attribute("Date", "string", b"2026/01/01")
        + attribute("channels", "chlist", listed)
        + attribute("compression", "compression", bytes([compression]))
        + attribute("dataWindow", "box2i", window)
        + attribute("displayWindow", "box2i", struct.pack("<4i", shift, 0, width - 1, height - 1))
        + attribute("lineOrder", "lineOrder", bytes([order]))
        + b"\0"
    )


def written(planes: dict[str, Floats], *, version: int = 2, cut: int = 0, **settings: int) -> bytes:
    """Give a file of uncompressed lines; ``planes`` are rows from the top, and in a file by their names."""
    names = sorted(planes)
    height, width = planes[names[0]].shape
    content = struct.pack("<II", 20000630, version) + header(names, width, height, **settings)
    stride = 8 + 4 * width * len(names)
    start = len(content) + 8 * height
    content += b"".join(struct.pack("<Q", start + stride * y) for y in range(height))
    for y in range(height):
        content += struct.pack("<ii", y, stride - 8) + b"".join(
            planes[name][y].astype("<f4").tobytes() for name in names
        )
    return content[: len(content) - cut]


def planes(prefix: str = "", *, alpha: bool = True, seed: int = 1, width: int = 7) -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    return {f"{prefix}{channel}": random.random((5, width), np.float32) for channel in ("RGBA" if alpha else "RGB")}


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("layer", ["", "Second"])
def test_what_blender_writes(tmp_path: Path, layer: str, alpha: bool) -> None:
    path = tmp_path / "render.exr"
    prefix = f"{layer}.Combined." if layer else ""
    held = planes(prefix, alpha=alpha)
    others = planes("First.Combined.", seed=2) | planes("Second.Normal.", seed=3) if layer else {}
    path.write_bytes(written({**held, **others}, version=0x402 if layer else 2))
    rgba = pixels.read(ExrFile(path, PLAIN, layer))
    assert not path.exists()
    opacity = held[prefix + "A"] if alpha else np.ones((5, 7), np.float32)
    colour = np.stack([held[prefix + channel] for channel in "RGB"], axis=-1) / opacity[..., None]
    assert np.array_equal(rgba[..., :3], PLAIN.shown(colour.astype(np.float32)))
    assert np.abs(rgba[..., 3] - opacity * 255.0).max() <= 0.51


def test_alpha_that_is_no_transparency(tmp_path: Path) -> None:
    held = planes()
    (tmp_path / "a.exr").write_bytes(written(held))
    rgba = pixels.read(ExrFile(tmp_path / "a.exr", PLAIN, is_opaque=True))
    assert (rgba[..., 3] == 255).all()
    assert np.array_equal(rgba[..., 0], PLAIN.shown(held["R"]))


def test_large_files_are_read_in_strips(tmp_path: Path) -> None:
    held = planes(width=pixels.STRIP_PIXELS // 2)
    (tmp_path / "a.exr").write_bytes(written(held))
    rgba = pixels.read(ExrFile(tmp_path / "a.exr", PLAIN, is_opaque=True))
    assert np.array_equal(rgba[..., 2], PLAIN.shown(held["B"]))


@pytest.mark.parametrize("content", [
    b"", b"not an image at all", written(planes())[:100], written(planes(), cut=1), written(planes(), compression=3),
    written(planes(), order=1), written(planes(), kind=1), written(planes(), version=0x202), written(planes(), shift=1),
    written(planes(), version=0x1002), written(planes("First.Combined.")), written({"Y": planes()["R"]}),
    struct.pack("<II", 20000630, 2) + b"x" * 300,
])  # fmt: skip
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "render.exr"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="temporary folder may be full"):
        pixels.read(ExrFile(path, PLAIN))
    assert not path.exists()


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        pixels.read(ExrFile(tmp_path / "render.exr", PLAIN))


def test_numbers_that_are_none_are_replaced(tmp_path: Path) -> None:
    held = {
        name: np.array([[value]], np.float32)
        for name, value in zip("RGBA", (np.nan, np.inf, -np.inf, 1.0), strict=True)
    }
    (tmp_path / "a.exr").write_bytes(written(held))
    assert pixels.read(ExrFile(tmp_path / "a.exr", PLAIN)).tolist() == [[[0, 255, 0, 255]]]


def test_layers_in_the_order_of_one_part() -> None:
    names = ["Alpha.Combined.R", "Alpha.Depth.Z", "Beach.2.Combined.R", "Zulu.Noisy Image.R"]
    content = struct.pack("<II", 20000630, 0x402) + header(names, 4, 4, compression=3)
    assert exr.layer_order(io.BytesIO(content)) == ["Alpha", "Beach.2", "Zulu"]


def test_layers_in_the_order_of_several_parts() -> None:
    parts = [["Zulu.Combined.R"], ["Zulu.Depth.Z"], ["Alpha.Combined.R"]]
    content = struct.pack("<II", 20000630, 0x1402) + b"".join(header(names, 4, 4) for names in parts) + b"\0"
    assert exr.layer_order(io.BytesIO(content)) == ["Zulu", "Alpha"]


@pytest.mark.parametrize("content", [
    b"", b"\x89PNG0000", struct.pack("<II", 20000630, 2) + header(["R", "G"], 4, 4),
    struct.pack("<II", 20000630, 2) + header(["Layer.Combined.R"], 4, 4)[:60],
])  # fmt: skip
def test_layers_that_blender_alone_knows(content: bytes) -> None:
    with pytest.raises(SourceError):
        exr.layer_order(io.BytesIO(content))


def test_a_file_is_told_from_another(tmp_path: Path) -> None:
    """By its numbers, its layer and its view; not by its header, in which Blender notes the time."""
    first, later, other = (tmp_path / f"{name}.exr" for name in ("first", "later", "other"))
    first.write_bytes(written(planes()))
    later.write_bytes(written(planes()).replace(b"2026/01/01", b"2026/01/02"))
    other.write_bytes(written(planes(seed=2)))
    told = splitting.fingerprint(ExrFile(first, PLAIN))
    assert splitting.fingerprint(ExrFile(later, PLAIN)) == told
    assert splitting.fingerprint(ExrFile(other, PLAIN)) != told
    assert splitting.fingerprint(ExrFile(first, Formula(1.0))) != told
    assert splitting.fingerprint(ExrFile(first, PLAIN, "Second")) != told
    discard(ExrFile(first, PLAIN))
    assert not first.exists()

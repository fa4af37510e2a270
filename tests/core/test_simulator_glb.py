# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in's GLBs have the shape that the model's own server writes, and are closed solids."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from tests.simulator import glb
from tests.simulator import inflate as inflating
from tests.simulator.glb import Recipe, build
from tests.simulator.inflate import inflate
from tests.simulator.preprocessing import LONG_SIDE_PIXELS, NoSubject, UnreadablePicture, decode, subject


def arrow(size: int = 400, background: tuple[int, ...] = (0, 0, 0, 0)) -> Image.Image:
    """Give a shape that is different left and right, up and down: red at the top, a green lobe on the right."""
    picture = Image.new("RGBA", (size, size), background)
    draw = ImageDraw.Draw(picture)
    unit = size / 100
    draw.rectangle((30 * unit, 10 * unit, 60 * unit, 90 * unit), fill=(40, 60, 200, 255))
    draw.rectangle((30 * unit, 10 * unit, 60 * unit, 35 * unit), fill=(220, 30, 20, 255))
    draw.ellipse((50 * unit, 50 * unit, 90 * unit, 80 * unit), fill=(20, 200, 40, 255))
    return picture


def chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    magic, version, length = struct.unpack("<4sII", data[:12])
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack("<I4s", data[12:20])
    assert kind == b"JSON"
    rest = 20 + size
    binary, kind = struct.unpack("<I4s", data[rest : rest + 8])
    assert kind == b"BIN\0"
    assert rest + 8 + binary == len(data)
    return json.loads(data[20:rest]), data[rest + 8 :]


def values(tree: dict[str, Any], binary: bytes, accessor: int) -> Any:
    entry = tree["accessors"][accessor]
    view = tree["bufferViews"][entry["bufferView"]]
    kind = {5125: np.uint32, 5126: np.float32}[entry["componentType"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[entry["type"]]
    start = view["byteOffset"] + entry.get("byteOffset", 0)
    return np.frombuffer(binary, kind, entry["count"] * width, start).reshape(-1, width)


def image(tree: dict[str, Any], binary: bytes, number: int) -> Image.Image:
    view = tree["bufferViews"][tree["images"][number]["bufferView"]]
    return Image.open(io.BytesIO(binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]))


@pytest.mark.parametrize("alpha_mode", ["OPAQUE", "BLEND"])
@pytest.mark.parametrize("image_format", ["png", "webp"])
def test_the_file_is_as_documented(image_format: str, alpha_mode: str) -> None:
    recipe = Recipe(10000, 1024, alpha_mode=alpha_mode, image_format=image_format)
    tree, binary = chunks(build(arrow(), recipe))
    assert tree["scenes"] == [{"nodes": [0]}]
    assert tree["scene"] == 0
    assert tree["nodes"] == [{"name": "world", "children": [1]}, {"name": "geometry_0", "mesh": 0}]
    (mesh,) = tree["meshes"]
    (primitive,) = mesh["primitives"]
    assert primitive["mode"] == 4
    assert set(primitive["attributes"]) == {"POSITION", "NORMAL", "TEXCOORD_0"}
    indices = tree["accessors"][primitive["indices"]]
    assert (indices["componentType"], indices["type"]) == (5125, "SCALAR")
    (material,) = tree["materials"]
    surface = material["pbrMetallicRoughness"]
    assert material["name"]
    assert material["doubleSided"] is True
    assert material["alphaMode"] == alpha_mode
    assert surface["baseColorFactor"] == [1, 1, 1, 1]
    assert surface["metallicFactor"] == surface["roughnessFactor"] == 1
    assert tree.get("extensionsUsed", []) == (["EXT_texture_webp"] if image_format == "webp" else [])
    assert {entry["mimeType"] for entry in tree["images"]} == {f"image/{image_format}"}
    base, rough = (
        image(tree, binary, _source(tree, surface[name]["index"]))
        for name in ("baseColorTexture", "metallicRoughnessTexture")
    )
    assert base.size == rough.size == (1024, 1024)
    if image_format == "png" or alpha_mode == "BLEND":
        assert base.mode == "RGBA"
    assert base.convert("RGBA").getchannel("A").getextrema() == ((240, 255) if alpha_mode == "BLEND" else (255, 255))
    assert np.asarray(rough.convert("RGB"))[..., 1].max() > 100


def _source(tree: dict[str, Any], texture: int) -> int:
    entry = tree["textures"][texture]
    return int(entry["source"] if "source" in entry else entry["extensions"]["EXT_texture_webp"]["source"])


def test_the_solid_lies_as_it_should() -> None:
    tree, binary = chunks(build(arrow(), Recipe(20000, 1024)))
    attributes = tree["meshes"][0]["primitives"][0]["attributes"]
    points, normals, coordinates = (
        values(tree, binary, attributes[name]) for name in ("POSITION", "NORMAL", "TEXCOORD_0")
    )
    assert np.abs(points).max() <= 0.5
    assert np.ptp(points[:, 1]) == pytest.approx(1, abs=0.02)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
    assert coordinates.min() >= 0
    assert coordinates.max() <= 1
    texture = np.asarray(image(tree, binary, 0).convert("RGB"))
    front = coordinates[:, 0] < 0.5
    assert normals[front, 2].mean() > 0.3
    assert normals[~front, 2].mean() < -0.3

    def color(where: Any) -> Any:
        texels = (coordinates[where] * 1024).astype(int).clip(0, 1023)
        return texture[texels[:, 1], texels[:, 0]].mean(axis=0)

    red = color(front & (points[:, 1] > 0.3))
    green = color(front & (points[:, 0] > 0.15) & (points[:, 1] < 0))
    assert red[0] > 180 > red[1], "the top of the picture is the top of the object"
    assert green[1] > 150 > green[0], "the right of the picture is on the right, seen from the front"
    assert color(~front & (points[:, 1] > 0.3))[0] > 150
    lobe = color(~front & (points[:, 0] > 0.15) & (points[:, 1] < 0))
    assert lobe[1] > 120 > lobe[0], "the back carries the same colours through"


@pytest.mark.parametrize("faces", [10_000, 50_000, 500_000, 1_000_000])
def test_faces_and_closedness(faces: int) -> None:
    solid = inflate(subject(arrow()).alpha, faces, 42)
    assert abs(len(solid.faces) - faces) <= 0.1 * faces
    mesh = trimesh.Trimesh(solid.points, solid.faces, process=False)
    assert not mesh.is_watertight, "the rim is split for the texture"
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    assert len(mesh.faces) == len(solid.faces)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert mesh.area_faces.min() > 0


def test_split_points_share_their_normal() -> None:
    solid = inflate(subject(arrow()).alpha, 10_000, 42)
    _, group = np.unique(solid.points, axis=0, return_inverse=True)
    group = group.reshape(-1)
    first = np.zeros((group.max() + 1, 3), np.float32)
    first[group] = solid.normals
    assert len(first) < len(solid.points)
    assert np.array_equal(first[group], solid.normals)


def test_another_seed_is_another_object_and_the_same_is_the_same() -> None:
    picture = arrow()
    one, other, again = (build(picture, Recipe(10_000, 1024, seed=seed)) for seed in (1, 2, 1))
    assert one == again
    a, b = (values(*chunks(data), accessor=1) for data in (one, other))
    assert np.abs(a[:, 2] - b[:, 2]).max() > 0.02


def test_only_geometry() -> None:
    tree, _binary = chunks(build(arrow(), Recipe(10_000, 1024, geometry_only=True)))
    assert set(tree["meshes"][0]["primitives"][0]["attributes"]) == {"POSITION"}
    assert not tree.get("images")
    assert not tree.get("textures")


@pytest.mark.parametrize("size", [2048, 4096])
def test_texture_sizes(size: int) -> None:
    tree, binary = chunks(build(arrow(), Recipe(10_000, size)))
    assert image(tree, binary, 0).size == image(tree, binary, 1).size == (size, size)


class TestPreprocessing:
    def test_crops_to_what_is_solid(self) -> None:
        cut = subject(arrow(400))
        assert cut.alpha.shape == (321, 321)
        assert cut.color.shape == (321, 321, 3)
        assert (cut.alpha[0] > 200).any()
        assert (cut.alpha[-1] > 200).any()

    def test_shrinks_before_it_crops(self) -> None:
        large = Image.new("RGBA", (4096, 2048))
        large.paste(arrow(400), (3000, 100))
        assert subject(large).alpha.shape[0] == pytest.approx(320 * LONG_SIDE_PIXELS / 4096, abs=2)

    def test_finds_the_background_of_an_opaque_picture(self) -> None:
        with_mask, without = subject(arrow()), subject(arrow(background=(240, 240, 235, 255)))
        assert without.alpha.shape[0] == pytest.approx(with_mask.alpha.shape[0], abs=4)
        assert (without.alpha > 128).mean() == pytest.approx((with_mask.alpha > 128).mean(), abs=0.02)

    def test_takes_the_picture_as_it_is(self) -> None:
        assert subject(arrow(400), preprocess=False).alpha.shape == (400, 400)

    def test_a_plain_picture_is_a_subject_from_edge_to_edge(self) -> None:
        assert (subject(Image.new("RGB", (64, 64), (9, 9, 9))).alpha == 255).all()

    def test_nothing_solid(self) -> None:
        picture = arrow()
        picture.putalpha(picture.getchannel("A").point(lambda value: min(value, 204)))
        with pytest.raises(NoSubject):
            build(picture, Recipe(10_000, 1024))

    @pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40)])
    def test_unreadable(self, data: bytes) -> None:
        with pytest.raises(UnreadablePicture):
            decode(data)

    def test_specks_and_hairs_still_close(self) -> None:
        picture = Image.new("RGBA", (300, 300))
        draw = ImageDraw.Draw(picture)
        for number in range(12):
            draw.line((10, 10 + 22 * number, 290, 290 - 20 * number), fill=(90, 90, 90, 255), width=1 + number % 3)
        random = np.random.default_rng(3)
        for x, y in random.integers(5, 295, (40, 2)):
            draw.point((int(x), int(y)), fill=(200, 10, 10, 255))
        solid = inflate(subject(picture).alpha, 30_000, 1)
        mesh = trimesh.Trimesh(solid.points, solid.faces, process=False)
        mesh.merge_vertices(merge_tex=True, merge_norm=True)
        assert mesh.is_watertight


def test_what_is_kept_of_a_picture_changes_no_byte() -> None:
    """Outline and textures are made once for all seeds; another picture, size or format has its own."""
    orders = [
        (arrow(), Recipe(2000, 256, seed=1)),
        (arrow(), Recipe(2000, 256, seed=2)),
        (arrow(200), Recipe(2000, 256, seed=1)),
        (arrow(), Recipe(1000, 256, seed=1)),
        (arrow(), Recipe(2000, 128, seed=1)),
        (arrow(), Recipe(2000, 256, seed=1, alpha_mode="BLEND")),
        (arrow(), Recipe(2000, 256, seed=1, image_format="webp")),
        (arrow(), Recipe(2000, 256, seed=1, preprocess=False)),
    ]
    one_after_another = [build(*order) for order in orders]
    assert len(set(one_after_another)) == len(orders)
    for order, made in zip(orders, one_after_another, strict=True):
        inflating._outlined.cache_clear()
        glb._textures.cache_clear()
        assert build(*order) == made

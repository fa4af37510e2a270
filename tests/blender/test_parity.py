# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through our own arrays gives the object that Blender's own importer gives, for all that is plain."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import forge
import numpy as np
import parity
import pictures
import pytest
from artist import Artist, module
from forge import Look, Shape

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
TURN = {"rotation": [0.18257419, 0.36514837, 0.54772256, 0.73029674]}
NORMALS_WITHIN_DEGREES = 1.0


def noise(size: int, depth: int, seed: int = 1) -> bytes:
    return forge.png(np.random.default_rng(seed).integers(0, 256, (size, size, depth), np.uint8))


def in_blenders_words(kind: str, folder: Path) -> bytes:
    """Encode a picture as Blender does."""
    image = pictures.put("picture", pictures.mushroom(32, 24))
    path = folder / f"picture.{kind.lower()}"
    image.file_format = kind
    image.save(filepath=str(path))
    bpy.data.images.remove(image)
    return path.read_bytes()


def look(**named: Any) -> Look:
    return Look(noise(16, 4), noise(16, 3, 2), **named)


def welded_only(shape: Shape) -> Shape:
    return Shape(shape.points, shape.faces)


def soup() -> Shape:
    """Every face with vertices of its own."""
    globe = forge.globe()
    return Shape(*(values[globe.faces.ravel()] if values is not None else None for values in (globe.points, None)),
                 globe.normals[globe.faces.ravel()], globe.uvs[globe.faces.ravel()])  # fmt: skip


def negative_zeros() -> Shape:
    globe = forge.globe()
    points = np.where(np.abs(globe.points) < 1e-6, np.float32(-0.0), globe.points)
    points[::2] = np.where(points[::2] == 0.0, np.float32(0.0), points[::2])
    return Shape(points, globe.faces, globe.normals, globe.uvs)


def odd_faces() -> Shape:
    """A vertex used twice in a face, a face that is there twice, one that is a line."""
    globe = forge.globe()
    more = np.array([[0, 5, 5], [40, 41, 57], [40, 41, 57]])
    return Shape(globe.points, np.concatenate([globe.faces, globe.faces[30:34], more]), globe.normals, globe.uvs)


def sheet() -> Shape:
    """Two sides of nothing between, each with its own normals."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]] * 2, np.float32)
    normals = np.repeat(np.array([[0, 0, 1], [0, 0, -1]], np.float32), 4, axis=0)
    uvs = points[:, :2] * np.float32(0.5)
    return Shape(points, np.array([[0, 1, 2], [0, 2, 3], [4, 6, 5], [4, 7, 6]]), normals, uvs)


def specks() -> Shape:
    """A body and thin triangles that hang on nothing."""
    globe = forge.globe()
    rng = np.random.default_rng(3)
    points = rng.normal(size=(60, 3)).astype(np.float32)
    points[2::3] = points[1::3] + np.float32(1e-5)
    normals = rng.normal(size=(60, 3)).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    faces = np.arange(60).reshape(-1, 3) + len(globe.points)
    return Shape(*(np.concatenate(pair) for pair in (
        (globe.points, points), (globe.faces, faces), (globe.normals, normals), (globe.uvs, rng.random((60, 2))),
    )))  # fmt: skip


def hard_edges() -> Shape:
    """A cube whose sides have normals of their own: Blender's own shading would be round."""
    faces, points, normals = [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            side = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
            at = np.insert(side if sign > 0 else side[::-1], axis, sign, axis=1)
            at = at if axis != 1 else at[::-1]
            faces += [[len(points) + n for n in each] for each in ((0, 1, 2), (0, 2, 3))]
            points += at.tolist()
            normals += [np.eye(3)[axis] * sign] * 4
    points = np.array(points, np.float32)
    return Shape(points, np.array(faces), np.array(normals, np.float32), points[:, :2] / 4 + np.float32(0.5))


def bent(share: float, shape: Shape) -> Shape:
    """Turn the normals of some vertices, wherever the file repeats them, by far more than a degree."""
    _points, number = np.unique(shape.points, axis=0, return_inverse=True)
    dice = np.random.default_rng(3)
    turned = np.where(dice.random(number.max() + 1) < share, 0.6, 0.0)[:, None] * dice.normal(
        size=(number.max() + 1, 3)
    )
    normals = shape.normals + turned[number.ravel()].astype(np.float32)
    return replace(shape, normals=normals / np.linalg.norm(normals, axis=1, keepdims=True))


def open_globe() -> Shape:
    """A globe with holes in it, and fins that stand on its edges: corners without faces all around."""
    whole = forge.globe(24, 32)
    faces = np.delete(whole.faces, slice(200, 900, 7), axis=0)
    tip = len(whole.points)
    fins = [[a, b, tip] for a, b, _c in faces[300:360:5]]
    far = np.concatenate([whole.points, np.float32([[0.9, 0.9, 0.9]])])
    normals = np.concatenate([whole.normals, np.float32([[0, 0, 1]])])
    uvs = np.concatenate([whole.uvs, np.float32([[0.5, 0.5]])])
    return Shape(far, np.concatenate([faces, fins]), normals, uvs)


def called(kind: str) -> Callable[[dict[str, Any]], None]:
    """Have a file call its images what they are not called."""

    def change(document: dict[str, Any]) -> None:
        for image in document["images"]:
            image["mimeType"] = kind

    return change


def with_another_kind(document: dict[str, Any]) -> None:
    """Have an extension that need not be read show another image, of a kind that Blender does not read."""
    document["extensionsUsed"] = ["KHR_texture_basisu"]
    for texture in document["textures"]:
        texture["extensions"] = {"KHR_texture_basisu": {"source": len(document["images"])}}
    document["images"].append({"bufferView": 0, "mimeType": "image/ktx2"})


CASES: dict[str, Callable[[Path], bytes]] = {
    "textured": lambda _: forge.glb(forge.globe(), look()),
    "blend": lambda _: forge.glb(forge.globe(), look(alpha_mode="BLEND")),
    "one-sided": lambda _: forge.glb(forge.globe(), look(double_sided=False)),
    "jpeg": lambda folder: forge.glb(forge.globe(), Look(*[in_blenders_words("JPEG", folder)] * 2)),
    "webp": lambda folder: forge.glb(forge.globe(), Look(*[in_blenders_words("WEBP", folder)] * 2)),
    "jpeg by another name": lambda folder: forge.glb(
        forge.globe(), Look(*[in_blenders_words("JPEG", folder)] * 2), change=called("image/jpg")),
    "bmp": lambda folder: forge.glb(forge.globe(), Look(*[in_blenders_words("BMP", folder)] * 2)),
    "a better kind beside it": lambda _: forge.glb(forge.globe(), look(), change=with_another_kind),
    "colour only": lambda _: forge.glb(forge.globe(), Look(noise(8, 4))),
    "factors": lambda _: forge.glb(forge.globe(), Look(pbr={
        "baseColorFactor": [0.2, 0.4, 0.6, 1.0], "metallicFactor": 0.3, "roughnessFactor": 0.8})),
    "faint": lambda _: forge.glb(forge.globe(), Look(alpha_mode="BLEND", pbr={"baseColorFactor": [1, 0, 0, 0.5]})),
    "no material": lambda _: forge.glb(forge.globe()),
    "geometry only": lambda _: forge.glb(welded_only(forge.globe())),
    "no uv": lambda _: forge.glb(replace(forge.globe(), uvs=None)),
    "no normals": lambda _: forge.glb(replace(forge.globe(), normals=None), look()),
    "chain": lambda _: forge.glb(forge.globe(), look(), chain=[
        {"translation": [1, 2, 3]}, {**TURN, "scale": [2, 0.5, 1]},
        {"matrix": [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1]}]),
    "far": lambda _: forge.glb(forge.globe(), look(), chain=[{"translation": [1e5, 3e5, -2e5]}, {"scale": [2, 1, 1]}]),
    "mirrored": lambda _: forge.glb(forge.globe(), look(), chain=[{**TURN, "scale": [-1.5, 1, 1]}]),
    "short indices": lambda _: forge.glb(forge.globe(), look(), index_kind="<u2"),
    "byte indices": lambda _: forge.glb(forge.globe(4, 8), look(), index_kind="<u1"),
    "no indices": lambda _: forge.glb(soup(), look()),
    "negative zeros": lambda _: forge.glb(negative_zeros(), look()),
    "odd faces": lambda _: forge.glb(odd_faces(), look()),
    "sheet": lambda _: forge.glb(sheet(), look()),
    "specks": lambda _: forge.glb(specks(), look()),
    "one normal": lambda _: forge.glb(bent(0.002, forge.globe(24, 32)), look()),
    "some normals": lambda _: forge.glb(bent(0.1, forge.globe(24, 32)), look()),
    "most normals": lambda _: forge.glb(bent(0.8, forge.globe(24, 32)), look()),
    "some normals of an open mesh": lambda _: forge.glb(bent(0.1, open_globe()), look()),
    "hard edges": lambda _: forge.glb(hard_edges(), look()),
}  # fmt: skip


def both(path: Path) -> tuple[bpy.types.Object, bpy.types.Object]:
    """Import a file our way, then Blender's, both as they stand in the file."""
    model, direct = module("core.model"), module("blender.direct")
    read = model.read(path, encodes=direct.ENCODES)
    assert isinstance(read, model.Model), read
    ours = direct.build(read, "thing")
    bpy.context.scene.collection.objects.link(ours)
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path), import_pack_images=True, import_shading="NORMALS")
    (stock,) = [item for item in set(bpy.data.objects) - before if item.type == "MESH"]
    bpy.context.view_layer.update()
    return ours, stock


def in_order_of(path: Path, found: dict[str, Any]) -> dict[str, Any]:
    """Put faces into the file's order: those with normals of their own may have been taken first."""
    model, direct = module("core.model"), module("blender.direct")
    orders = []
    for encodes in (direct.ENCODES, False):
        mesh = model.read(path, encodes=encodes).mesh
        rows = mesh.positions[mesh.corners].reshape(mesh.faces, -1)
        if mesh.uvs is not None:
            rows = np.concatenate([rows, mesh.uvs.reshape(mesh.faces, -1)], axis=1)
        orders.append(np.lexsort(rows.T))
    order = np.empty_like(orders[0])
    order[orders[1]] = orders[0]
    return {name: values if values is None else values[order] for name, values in found.items()}


def compare(path: Path, *, in_order: bool = True) -> bpy.types.Object:
    """Import both ways and compare all that an artist could tell apart; give our object."""
    ours, stock = both(path)
    found = in_order_of(path, parity.corners(ours)), parity.corners(stock)
    mine, theirs = (parity.without_twins(parity.bulky(each), in_order=in_order) for each in found)
    assert mine["positions"].shape == theirs["positions"].shape
    size = np.ptp(theirs["positions"].reshape(-1, 3), axis=0).max()
    assert np.abs(mine["positions"] - theirs["positions"]).max() <= 1e-5 * size
    assert (mine["uvs"] is None) == (theirs["uvs"] is None)
    if mine["uvs"] is not None:
        assert np.abs(mine["uvs"] - theirs["uvs"]).max() <= 1e-5
    cosines = np.einsum("fci,fci->fc", mine["normals"], theirs["normals"])
    assert np.degrees(np.arccos(np.clip(cosines.min(), -1.0, 1.0))) <= NORMALS_WITHIN_DEGREES
    assert parity.material(ours) == parity.material(stock)
    assert parity.images(ours) == parity.images(stock)
    assert not ours.data.validate(), "Blender finds something wrong with our mesh"
    return ours


@pytest.mark.parametrize("case", CASES)
def test_the_same_object_either_way(tmp_path: Path, case: str) -> None:
    path = tmp_path / "made.glb"
    path.write_bytes(CASES[case](tmp_path))
    ours = compare(path, in_order=case != "odd faces")  # of two faces that are the same, Blender keeps the last
    assert "sharp_edge" not in ours.data.attributes or case == "most normals"


@pytest.mark.parametrize(
    "settings",
    [{}, {"image_format": "webp"}, {"alpha_mode": "BLEND"}, {"geometry_only": True}],
    ids=lambda settings: "-".join(map(str, settings.values())) or "as usual",
)
def test_what_the_server_sends(artist: Artist, settings: dict[str, Any]) -> None:
    artist.simulator.control.settings(**settings)
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    job = artist.wait_for_state(artist.order(), "downloaded")
    compare(job.path)


def test_samples_that_lie_beside_the_checkout() -> None:
    """Third parties' files, where there are any: plain ones look the same either way, others are said to be so."""
    model = module("core.model")
    for path in sorted(SAMPLES.rglob("*.glb")):
        if isinstance(model.read(path), model.Model):
            compare(path)


def test_seams_are_joined_and_blenders_own_shading_does(tmp_path: Path) -> None:
    """A closed surface is closed again; and no normals are kept where Blender's own are the same."""
    path = tmp_path / "made.glb"
    path.write_bytes(forge.glb(forge.globe(24, 48), look()))
    ours, stock = both(path)
    assert len(ours.data.vertices) == 23 * 48 + 2 < len(stock.data.vertices)
    assert not ours.data.has_custom_normals


def test_a_thin_sheet_keeps_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "made.glb"
    path.write_bytes(forge.glb(sheet(), look()))
    ours = compare(path)
    assert len(ours.data.polygons) == 4 and len(ours.data.vertices) == 8

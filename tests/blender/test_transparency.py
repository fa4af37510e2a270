# SPDX-License-Identifier: GPL-3.0-or-later
"""A few stray texels make nothing transparent; what is transparent stays so, and looks as by Blender's importer."""

from pathlib import Path
from typing import Any

import bpy
import forge
import numpy as np
import pictures
import pytest
from artist import Artist, module

SIDE = 48
EEVEE = "BLENDER_EEVEE_NEXT" if bpy.app.version < (5, 0, 0) else "BLENDER_EEVEE"


def picture(clear: float, low: int = 0) -> Any:
    """Give colours (64, 64, 4) of which the left part, as large as ``clear`` says, has a low alpha."""
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., 0] = np.arange(64) * 4
    pixels[..., 1] = 60
    pixels[:, : round(clear * 64), 3] = low
    return pixels


def stray() -> Any:
    pixels = picture(0.0)
    pixels[5, 9, 3], pixels[40, 31, 3] = 240, 0
    return pixels


def encoded(pixels: Any, kind: str, folder: Path) -> bytes:
    if kind == "PNG":
        return forge.png(pixels)
    image = pictures.put("picture", pixels)
    path = folder / "picture.webp"
    image.file_format = "WEBP"
    image.save(filepath=str(path), quality=100 if kind == "WEBP" else 80)
    bpy.data.images.remove(image)
    return path.read_bytes()


def built(path: Path) -> bpy.types.Object:
    """Import a file as a job's is."""
    place = module("blender.placement").here(bpy.context)
    read = module("core.model").read(path)
    return module("blender.importer").import_file(path, read, name="thing", place=place, select=True)


def shader(item: bpy.types.Object) -> Any:
    return next(node for node in item.data.materials[0].node_tree.nodes if node.type == "BSDF_PRINCIPLED")


def is_see_through(item: bpy.types.Object) -> bool:
    return shader(item).inputs["Alpha"].is_linked


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "LOSSY"])
@pytest.mark.parametrize(
    ("pixels", "expected"), [(stray(), False), (picture(0.25), True), (picture(0.25, 200), True), (picture(0.0), False)]
)
def test_false_transparency_is_repaired(artist: Artist, tmp_path: Path, kind: str, pixels: Any, expected: bool) -> None:
    path = tmp_path / "made.glb"
    content = encoded(pixels, kind, tmp_path)
    path.write_bytes(forge.glb(forge.globe(), forge.Look(content, alpha_mode="BLEND")))
    item = built(path)
    assert is_see_through(item) is expected
    assert expected or shader(item).inputs["Alpha"].default_value == 1.0
    image = shader(item).inputs["Base Color"].links[0].from_node.image
    assert bytes(image.packed_file.data) == content, "the image stays as it was delivered"


UNUSUAL = {
    "occlusion": {"more": {"occlusionTexture": {"index": 0}}},
    "factor": {"pbr": {"baseColorFactor": [1.0, 1.0, 1.0, 0.999]}},
    "glow": {"more": {"emissiveFactor": [0.1, 0.0, 0.0]}},
}


@pytest.mark.parametrize("kind", UNUSUAL)
@pytest.mark.parametrize(("pixels", "expected"), [(stray(), False), (picture(0.25), True)])
def test_what_blenders_importer_made_is_the_same_object(
    artist: Artist, tmp_path: Path, kind: str, pixels: Any, expected: bool
) -> None:
    """Repaired, sorted and welded, whichever importer made it."""
    path = tmp_path / "made.glb"
    look = forge.Look(forge.png(pixels), alpha_mode="BLEND", **UNUSUAL[kind])
    path.write_bytes(forge.glb(forge.globe(), look))
    assert isinstance(module("core.model").read(path), module("core.gltf_plain").Unusual)
    item = built(path)
    material = item.data.materials[0]
    assert is_see_through(item) is expected and material.surface_render_method == "DITHERED"
    path.write_bytes(forge.glb(forge.globe(), forge.Look(forge.png(pixels), alpha_mode="BLEND")))
    assert len(item.data.vertices) == len(built(path).data.vertices)
    artist.preferences.transparency = "AS_DELIVERED"
    path.write_bytes(forge.glb(forge.globe(), look))
    assert is_see_through(built(path))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "LOSSY"])
def test_what_is_soft_is_told_by_the_worker(artist: Artist, tmp_path: Path, kind: str) -> None:
    """Blender decoded it on the main thread, and stood still for seconds."""
    large = 2100 if kind == "PNG" else 256
    pixels = np.full((large, large, 4), 90, np.uint8)
    pixels[..., 3] = np.random.default_rng(3).integers(246, 256, (large, large))
    texture, path = encoded(pixels, kind, tmp_path), tmp_path / "made.glb"
    path.write_bytes(forge.glb(forge.globe(), forge.Look(texture, alpha_mode="BLEND")))
    model, transparency = module("core.model"), module("core.transparency")
    told = model.read(path).see_through
    if kind != "PNG" and not module("core.decoder").is_readable(texture, large):  # Blender 4.2, and some others
        assert isinstance(told, float | transparency.Probes)
        return
    image = bpy.data.images.new("same", large, large, alpha=True)
    (tmp_path / "same.png").write_bytes(forge.png(pixels, lambda _row: 0))
    image.filepath, image.source = str(tmp_path / "same.png"), "FILE"
    image.reload()
    places = transparency.probes(model.read(path).mesh.uvs)
    assert told == module("blender.transparency").share_of(image, places) == pytest.approx(0.4, abs=0.1)


def test_as_delivered(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "made.glb"
    path.write_bytes(forge.glb(forge.globe(), forge.Look(forge.png(stray()), alpha_mode="BLEND")))
    artist.preferences.transparency = "AS_DELIVERED"
    assert is_see_through(built(path))
    artist.preferences.transparency = "REPAIR"
    artist.preferences.transparency_threshold = 0.0
    assert is_see_through(built(path))
    artist.preferences.transparency_threshold = 1.0
    assert not is_see_through(built(path))


def test_the_threshold_is_a_share_of_what_is_used(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "made.glb"
    path.write_bytes(forge.glb(forge.globe(), forge.Look(forge.png(picture(0.25)), alpha_mode="BLEND")))
    artist.preferences.transparency_threshold = 20.0
    assert is_see_through(built(path))
    artist.preferences.transparency_threshold = 30.0
    assert not is_see_through(built(path))


def test_an_image_that_cannot_be_decoded_stays_as_delivered(artist: Artist, tmp_path: Path) -> None:
    path = tmp_path / "made.glb"
    broken = forge.png(picture(0.0))[:200]
    path.write_bytes(forge.glb(forge.globe(), forge.Look(broken, alpha_mode="BLEND")))
    assert is_see_through(built(path))


def rendered(item: bpy.types.Object, engine: str, folder: Path) -> Any:
    """Render one object alone, (SIDE, SIDE, 4), from above and aside, on nothing."""
    scene = bpy.context.scene
    for other in scene.objects:
        other.hide_render = other.type == "MESH" and other != item
    scene.render.engine = engine
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.filepath = str(folder / f"{engine}-{item.name}.png")
    if engine == "CYCLES":
        scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.device = 32, False, "CPU"
    scene.eevee.taa_render_samples = 4
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(SIDE * SIDE * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(SIDE, SIDE, 4)


def stage() -> None:
    scene = bpy.context.scene
    for kind, data, location, turn in (
        ("camera", bpy.data.cameras.new("camera"), (0.0, -2.2, 1.6), (0.95, 0.0, 0.0)),
        ("sun", bpy.data.lights.new("sun", "SUN"), (0.0, 0.0, 3.0), (0.5, 0.3, 0.0)),
    ):
        item = bpy.data.objects.new(kind, data)
        item.location, item.rotation_euler = location, turn
        scene.collection.objects.link(item)
    scene.camera = bpy.data.objects["camera"]
    scene.display.shading.color_type = "TEXTURE"


@pytest.mark.timeout(400)  # EEVEE compiles its shaders without a GPU
@pytest.mark.parametrize(
    ("engine", "clear"),
    [
        ("CYCLES", 0.0),
        ("CYCLES", 0.5),
        ("BLENDER_WORKBENCH", 0.0),
        ("BLENDER_WORKBENCH", 0.5),
        pytest.param(EEVEE, 0.5, id="EEVEE", marks=pytest.mark.any_blender),
    ],
)
def test_it_looks_as_by_blenders_own_importer(artist: Artist, tmp_path: Path, engine: str, clear: float) -> None:
    stage()
    pixels = picture(clear)
    path = tmp_path / "made.glb"
    orm = forge.png(np.broadcast_to(np.uint8([0, 200, 30]), (16, 16, 3)))
    look = forge.Look(forge.png(pixels), orm, alpha_mode="BLEND" if pixels[..., 3].min() < 255 else "OPAQUE")
    path.write_bytes(forge.glb(forge.globe(24, 32), look))
    ours = built(path)
    place = module("blender.placement").here(bpy.context)
    stock = module("blender.importer").import_file(
        path, module("core.gltf_plain").Unusual("to compare"), name="stock", place=place, select=True
    )
    for material in stock.data.materials:  # ours on purpose: EEVEE shades and sorts the two ways differently
        material.surface_render_method = ours.data.materials[0].surface_render_method
        material.use_transparency_overlap = ours.data.materials[0].use_transparency_overlap
    mine, theirs = rendered(ours, engine, tmp_path), rendered(stock, engine, tmp_path)
    assert mine[..., 3].max() > 0.9, "something is seen"
    assert np.abs(mine[..., 3] - theirs[..., 3]).mean() < 0.02
    solid = (mine[..., 3] > 0.5) & (theirs[..., 3] > 0.5)
    assert np.abs(mine[solid][:, :3].mean(0) - theirs[solid][:, :3].mean(0)).max() < 0.02

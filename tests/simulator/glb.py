# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture and a job's parameters -> the bytes of a GLB in the shape the model's own server writes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import trimesh
from PIL import Image
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from .inflate import inflate
from .preprocessing import Subject, subject
from .texture import EncodedImage, atlases, coordinates

MATERIAL_NAME = "stand_in_material"
KEPT_TEXTURES = 8
"""Of the pictures seen last: they are the same whatever the seed."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a GLB's bytes beside the picture; hashable, so that it is a cache's key."""

    faces: int
    texture_pixels: int
    seed: int = 42
    preprocess: bool = True
    alpha_mode: str = "OPAQUE"
    """``OPAQUE`` or ``BLEND``."""
    image_format: str = "png"
    """``png`` or ``webp`` (through EXT_texture_webp)."""
    geometry_only: bool = False


def build(picture: Image.Image, recipe: Recipe) -> bytes:
    """Make the GLB. Raises :class:`.preprocessing.NoSubject` for a picture with no solid pixel."""
    cut = subject(picture, preprocess=recipe.preprocess)
    solid = inflate(cut.alpha, recipe.faces, recipe.seed)
    if recipe.geometry_only:
        mesh = trimesh.Trimesh(solid.points, solid.faces, process=False)
        return _exported(mesh, normals=False, webp=False)
    is_blended = recipe.alpha_mode == "BLEND"
    side = cut.alpha.shape[0]
    asked = (recipe.texture_pixels, is_blended, recipe.image_format)
    base, rough = _textures(cut.color.tobytes(), cut.alpha.tobytes(), side, *asked)
    material = PBRMaterial(
        name=MATERIAL_NAME,
        baseColorTexture=base,
        baseColorFactor=[255, 255, 255, 255],
        metallicRoughnessTexture=rough,
        metallicFactor=1.0,
        roughnessFactor=1.0,
        alphaMode=recipe.alpha_mode,
        doubleSided=True,
    )
    mesh = trimesh.Trimesh(
        solid.points,
        solid.faces,
        vertex_normals=solid.normals,
        visual=TextureVisuals(uv=coordinates(solid), material=material),
        process=False,
    )
    return _exported(mesh, normals=True, webp=recipe.image_format == "webp")


@lru_cache(maxsize=KEPT_TEXTURES)
def _textures(
    color: bytes, alpha: bytes, side: int, size: int, is_blended: bool, image_format: str
) -> tuple[EncodedImage, EncodedImage]:
    """Give base colour and metallic-roughness of a subject (side, side), ``size`` texels wide."""
    pixels = np.frombuffer(color, np.uint8).reshape(side, side, 3), np.frombuffer(alpha, np.uint8).reshape(side, side)
    base, rough = atlases(Subject(*pixels), size, stray_texels=is_blended)
    return EncodedImage(base, image_format), EncodedImage(rough, image_format)


def _exported(mesh: trimesh.Trimesh, *, normals: bool, webp: bool) -> bytes:
    scene = trimesh.Scene()
    scene.add_geometry(mesh, node_name="geometry_0", geom_name="geometry_0")
    data: bytes = trimesh.exchange.gltf.export_glb(
        scene, include_normals=normals, extension_webp=webp, tree_postprocessor=_chain
    )
    return data


def _chain(tree: dict[str, Any]) -> None:
    """Hang the mesh below a root, as the model's server has it; newer versions of trimesh leave the root out."""
    tree["nodes"] = [{"name": "world", "children": [1]}, {"name": "geometry_0", "mesh": 0}]
    tree["scenes"] = [{"nodes": [0]}]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Cycles on the processor: the one renderer that every machine has, tests and servers included."""

import bpy


def use_cycles(scene: bpy.types.Scene, samples: int) -> None:
    """Render by so many samples, cleaned up by the denoiser where this Blender has one."""
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.seed = 0
    # Plain ground is clean after a few samples; the denoiser sees to the rest.
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold, scene.cycles.adaptive_min_samples = 0.1, 4
    # Toys and statues on a plain ground: light that bounced once is all one sees.
    scene.cycles.max_bounces = scene.cycles.diffuse_bounces = scene.cycles.glossy_bounces = 1
    scene.cycles.transparent_max_bounces = 4
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    try:
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
        scene.cycles.use_denoising = True
    except TypeError:  # a build without it
        scene.cycles.use_denoising = False
    # AgX, the default, greys the picture's own colours; this one keeps them.
    scene.view_settings.view_transform = "Khronos PBR Neutral"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings: sub-panels open, values changed."""

from photography.studio import State, Studio

STAGES = ("picture", "generation", "structure", "shape", "material", "export", "remesh", "uv")


def changed(studio: Studio) -> None:
    studio.connect()
    studio.settings(ss_sampling_steps=20, tex_slat_guidance_strength=2.5, remesh_band=2.0, crop=False, margin=0.1,
                    texture_size="4096")  # fmt: skip


STATES = (
    State("settings-changed", "Closed sub-panels say which of them differ from the defaults", changed),
    State("settings-open", "The advanced settings, stage by stage", changed, panels=STAGES),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings: sub-panels open, values changed."""

import time

from photography import pictures
from photography.studio import State, Studio
from tests.gui import scene
from tests.gui.window import SIDEBAR_DRAW_SECONDS

ROW_PIXELS = 20
EARLY_STAGES = ("picture", "advanced", "generation", "structure", "shape")
LATE_STAGES = ("advanced", "material", "export", "remesh", "uv")
TALL = (1120, 1800)
TITLE = "Settings"
SAYS = (
    "What matters stands above the button; all else is in closed sub-panels, which say what differs from the defaults."
)


def changed(studio: Studio) -> None:
    studio.connect()
    studio.settings(ss_sampling_steps=20, tex_slat_guidance_strength=2.5, remesh_band=2.0, crop=False, margin=0.1,
                    texture_size="4096")  # fmt: skip


def offered(studio: Studio) -> None:
    """The server has other ranges, defaults and prices than the catalogue, and parameters of its own."""
    studio.connect()
    studio.server.control.settings(
        schema_overrides={"ss_sampling_steps": {"maximum": 100}, "seed": {"default": 7}},
        schema_added={
            "edge_sharpness": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5,
                               "description": "How sharp edges are kept"},
            "mood": {"type": "enum", "enum": ["calm", "wild"]},
            "watertight": {"type": "boolean", "description": "Close all holes"},
        },
        schema_removed=["remesh_band"],
        prices={"1024": 0.3},
    )  # fmt: skip
    studio.run("bpy.ops.trellis.test_connection('INVOKE_DEFAULT')")
    studio.window.wait_for(f"not {scene.SESSION}.checking", 20.0)
    for name in ("edge_sharpness", "mood"):
        studio.run(f"bpy.ops.trellis.use_addition(parameter={name!r})")


def presets(studio: Studio) -> None:
    studio.connect()
    studio.settings(resolution="512", texture_size="1024", decimation_target=12_000)
    studio.run("bpy.ops.trellis.save_preset(name='Game Prop')")
    x, y = studio.window.find_button("trellis.resolution")
    studio.window.click(x, y - ROW_PIXELS)  # no operator and no property: its row has no name to be found by
    time.sleep(SIDEBAR_DRAW_SECONDS)


def menu(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.run(
        "area('VIEW_3D').type = 'IMAGE_EDITOR'\n"
        "editor = area('IMAGE_EDITOR')\n"
        "editor.spaces.active.image = picture\n"
        "with bpy.context.temp_override(area=editor, region=region('IMAGE_EDITOR', 'WINDOW')):\n"
        "    bpy.ops.wm.call_menu(name='IMAGE_MT_image')"
    )


STATES = (
    State("settings-changed", "Closed sub-panels say which of them differ from the defaults", changed),
    State("settings-early-stages", "The advanced settings: picture, generation, volume and shape", changed,
          panels=EARLY_STAGES, size=TALL),
    State("settings-late-stages", "The advanced settings: material, export, mesh and UVs", changed,
          panels=LATE_STAGES, size=TALL),
    State(
        "settings-offered",
        "What the server has otherwise than the catalogue: a default, a range, new parameters, one that is gone",
        offered,
        panels=("advanced", "structure", "remesh", "additions"),
        size=TALL,
    ),
    State("presets", "The quality presets: built in, and the artist's own", presets, stays=True),
    State(
        "image-menu",
        "The Image Editor's menu",
        menu,
        area="IMAGE_EDITOR",
        look="area",
        cut=(0.33, 0.44, 0.3, 0.38),
        stays=True,
    ),
)  # fmt: skip

# SPDX-License-Identifier: GPL-3.0-or-later
"""The same panel in other looks: the light theme, a narrow and a wide sidebar, twice the scale."""

from photography import pictures
from photography.studio import NARROW_WIDTH, USUAL_WIDTH, WIDE_WIDTH, State, Studio

LIGHT = """
import os
folder = next(path for path in bpy.utils.preset_paths('interface_theme')
              if os.path.exists(os.path.join(path, 'Blender_Light.xml')))
bpy.ops.script.execute_preset(filepath=os.path.join(folder, 'Blender_Light.xml'),
                              menu_idname='USERPREF_MT_interface_theme_presets')
"""


def light(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.photo(), "photo.png")
    studio.settings(ss_sampling_steps=20, texture_size="4096")
    studio.run(LIGHT)
    studio.await_preview()


def narrow(studio: Studio) -> None:
    studio.widen(NARROW_WIDTH)


def wide(studio: Studio) -> None:
    studio.widen(WIDE_WIDTH)


def large(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.photo(), "photo.png")
    studio.settings(ss_sampling_steps=20, texture_size="4096")
    studio.run("bpy.context.preferences.view.ui_scale = 2.0")
    studio.await_preview()
    studio.widen(2 * USUAL_WIDTH)


STATES = (
    State("light-theme", "The light theme", light, panels=("structure",)),
    State("narrow", "A narrow sidebar", narrow, goes_on=True),
    State("wide", "A wide sidebar", wide, goes_on=True),
    State("double-scale", "Twice the interface scale", large),
)

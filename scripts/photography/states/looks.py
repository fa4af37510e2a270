# SPDX-License-Identifier: GPL-3.0-or-later
"""The same panel in other looks: the light theme, a narrow and a wide sidebar, twice the scale."""

from photography import pictures
from photography.studio import NARROW_WIDTH, USUAL_WIDTH, WIDE_WIDTH, State, Studio

TITLE = "In other looks"
SAYS = "The panel follows Blender's theme and interface scale, and takes the width that its sidebar has."

THEME = """
import os
folder = next(path for path in bpy.utils.preset_paths('interface_theme')
              if os.path.exists(os.path.join(path, 'Blender_{name}.xml')))
bpy.ops.script.execute_preset(filepath=os.path.join(folder, 'Blender_{name}.xml'),
                              menu_idname='USERPREF_MT_interface_theme_presets')
"""
LIGHT = THEME.format(name="Light")
DARK = "bpy.ops.preferences.reset_default_theme()"
TALL = (1300, 2800)


def light(studio: Studio) -> None:
    _with_a_picture(studio)
    studio.run(LIGHT)
    studio.await_preview()


def _with_a_picture(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.photo(), "photo.png")
    studio.settings(ss_sampling_steps=20, texture_size="4096")


def narrow(studio: Studio) -> None:
    studio.widen(NARROW_WIDTH)


def wide(studio: Studio) -> None:
    studio.widen(WIDE_WIDTH)


def large(studio: Studio) -> None:
    _with_a_picture(studio)
    studio.run("bpy.context.preferences.view.ui_scale = 2.0")
    studio.await_preview()
    studio.widen(2 * USUAL_WIDTH)


def large_in_japanese(studio: Studio) -> None:
    studio.run("bpy.context.preferences.view.language = 'ja_JP'")
    studio.settle()
    studio.open_sidebar()


STATES = (
    State("light-theme", "The light theme", light, panels=("advanced", "structure"), size=(1120, 1700)),
    State("narrow", "A narrow sidebar: names stand above their fields", narrow, goes_on=True),
    State("wide", "A wide sidebar", wide, goes_on=True),
    State("double-scale", "Twice the interface scale", large, size=TALL),
    State("double-scale-ja_jp", "Twice the interface scale in Japanese", large_in_japanese, goes_on=True),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The first minutes: nothing is allowed, nothing is entered, nothing is chosen."""

from photography.studio import State, Studio


def offline(studio: Studio) -> None:
    studio.run("bpy.context.preferences.system.use_online_access = False")


def without_key(studio: Studio) -> None:
    studio.run("bpy.context.preferences.system.use_online_access = True")


def without_picture(studio: Studio) -> None:
    studio.connect()


def preferences(studio: Studio) -> None:
    studio.run(
        "bpy.context.preferences.active_section = 'ADDONS'\n"
        "bpy.context.window_manager.addon_search = 'TRELLIS'\n"
        "import addon_utils\n"
        "for module in addon_utils.modules():\n"
        "    if module.__name__.endswith('.trellis_blender'):\n"
        "        addon_utils.module_bl_info(module)['show_expanded'] = True\n"
        "area('VIEW_3D').type = 'PREFERENCES'"
    )


STATES = (
    State("online-access-off", "The first start, while Blender's online access is off", offline),
    State("no-key", "The first start without an API key", without_key, goes_on=True),
    State("no-picture", "Connected, and nothing to send yet", without_picture, goes_on=True),
    State("preferences", "The extension's page in the preferences", preferences, goes_on=True,
          area="PREFERENCES", look="area", cut=(0.0, 0.175, 1.0, 0.82), is_trimmed=True),
)  # fmt: skip

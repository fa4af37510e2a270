# SPDX-License-Identifier: GPL-3.0-or-later
"""The first minutes: nothing is allowed, nothing is entered, nothing is chosen."""

from photography.studio import State, Studio

TITLE = "The first start"
SAYS = "Nothing is allowed, nothing is entered, nothing is chosen: each time the panel says what is missing."


def offline(studio: Studio) -> None:
    studio.run("bpy.context.preferences.system.use_online_access = False")


def without_key(studio: Studio) -> None:
    studio.run("bpy.context.preferences.system.use_online_access = True")


def without_picture(studio: Studio) -> None:
    studio.connect()


STATES = (
    State("online-access-off", "The first start, while Blender's online access is off", offline),
    State("no-key", "The first start without an API key", without_key, goes_on=True),
    State("no-picture", "Connected, and nothing to send yet", without_picture, goes_on=True),
)

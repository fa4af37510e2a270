# SPDX-License-Identifier: GPL-3.0-or-later
"""The history: jobs of several pictures and ends, searched, chosen, with room, in other looks."""

from photography import pictures
from photography.states import looks
from photography.studio import USUAL_WIDTH, State, Studio
from tests.gui import scene

TITLE = "History"
SAYS = "Every job that was sent, with its picture, seed and price: to search, to import again, to copy the settings of."

FEW_FACES = 10_000
SUBJECTS = {"cactus": pictures.cactus, "crystal": pictures.crystal, "pumpkin": pictures.pumpkin}
LIST = "bpy.context.window_manager.trellis_history"
MINIATURES = f"__import__('sys').modules['{scene.PACKAGE}.blender.miniatures']"
SHOW = "bpy.ops.trellis.show_history()"
WIDE_CUT = (0.0, 0.1, 1.0, 0.326)


def empty(studio: Studio) -> None:
    studio.connect()
    _show_wide(studio)


def several(studio: Studio) -> None:
    """Three objects have come, and the fourth picture's job failed."""
    studio.connect()
    studio.server.control.settings(job_seconds=0.3)
    studio.settings(decimation_target=FEW_FACES, texture_size="1024", resolution="512")
    for name, draw in SUBJECTS.items():
        studio.show_image(draw(), f"{name}.png")
        studio.run("bpy.ops.trellis.generate()")
    studio.server.control.misbehave("run", "fail")
    studio.settings(resolution="1024", seed=7)
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.await_preview()
    studio.press("trellis.generate")
    studio.await_states("imported", "imported", "imported", "failed")
    studio.run("bpy.context.view_layer.objects.active = None")
    studio.window.wait_for(f"len({MINIATURES}._slots) >= {len(SUBJECTS) + 1}", timeout=30)
    studio.run(f"{LIST}.active = 1")


def search(studio: Studio) -> None:
    studio.run(f"{LIST}.text = 'cact'\n{LIST}.active = 0")


def nothing(studio: Studio) -> None:
    studio.run(f"{LIST}.text = 'spaceship'")


def light(studio: Studio) -> None:
    studio.run(f"{LIST}.text = ''\n{LIST}.active = 2")
    studio.run(looks.LIGHT)


def double(studio: Studio) -> None:
    studio.run(looks.DARK)
    studio.run("bpy.context.preferences.view.ui_scale = 2.0")
    studio.settle()
    studio.widen(2 * USUAL_WIDTH)


def wide(studio: Studio) -> None:
    studio.run("bpy.context.preferences.view.ui_scale = 1.0")
    studio.settle()
    _show_wide(studio)


def _show_wide(studio: Studio) -> None:
    left, top, width, _height = studio.window.rectangle("VIEW_3D")
    studio.window.display.move(left + width // 2, top + 160)
    studio.run(f"with bpy.context.temp_override(area=area('VIEW_3D')):\n    {SHOW}")


def wide_double(studio: Studio) -> None:
    """The window is as wide as the picture is, so that the usual popover would not fit."""
    studio.run("bpy.context.preferences.view.ui_scale = 2.0")
    studio.settle()
    _show_wide(studio)


STATES = (
    State("history-empty", "The history before the first job", empty, look="area", cut=WIDE_CUT, stays=True),
    State("history", "Every job with its picture; below the list what is known of the chosen one", several,
          panels=("history",), shut=("jobs", "active"), size=(1300, 3100)),
    State("history-search", "Searched by a name", search, goes_on=True),
    State("history-nothing", "A search that finds nothing, and the way back to all", nothing, goes_on=True),
    State("history-light", "In the light theme", light, goes_on=True),
    State("history-double", "At twice the interface scale", double, goes_on=True),
    State("history-wide", "With room for everything: opened from the status bar, the history's corner or F3", wide,
          goes_on=True, look="area", cut=(0.0, 0.0, 0.86, 0.26), stays=True),
    State("history-wide-double", "As wide as the window has room, at twice the interface scale", wide_double,
          goes_on=True, look="screen", cut=(0.0, 0.0, 1.0, 0.5), stays=True),
)  # fmt: skip

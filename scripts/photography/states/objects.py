# SPDX-License-Identifier: GPL-3.0-or-later
"""The object that came, and its variants."""

from photography.states import jobs
from photography.studio import State, Studio

MORE = 3
LOOK_AT_IT = """
bpy.data.objects['Cube'].hide_set(True)
view = area('VIEW_3D').spaces.active
view.shading.type = 'SOLID'
view.shading.color_type = 'TEXTURE'
view.region_3d.view_distance = 2.4
"""


def active(studio: Studio) -> None:
    jobs.finished(studio)
    studio.run("item = bpy.data.objects['mushroom']\nitem.select_set(True)\n"
               "bpy.context.view_layer.objects.active = item")  # fmt: skip
    studio.run(LOOK_AT_IT)


def variants(studio: Studio) -> None:
    studio.open_panel("variants")
    studio.run(f"bpy.ops.trellis.more_seeds('EXEC_DEFAULT', count={MORE})")
    studio.await_states(*["imported"] * (MORE + 1), timeout=120)
    studio.run("bpy.ops.trellis.step_variant(by=1)")
    studio.await_preview()


STATES = (
    State("object", "The object that came, and what can be done with it", active),
    State("variants", "Other seeds of one object, to choose among", variants, goes_on=True),
    State("viewport", "The object in the scene", lambda studio: None, goes_on=True, look="area"),
)

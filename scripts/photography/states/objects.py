# SPDX-License-Identifier: GPL-3.0-or-later
"""The object that came, and its variants."""

from photography.states import jobs
from photography.studio import State, Studio

TITLE = "The object and its variants"
SAYS = "What can be done with an object that came: other seeds, which cost, and everything else, which does not."
MORE = 3
TALL = (1120, 2000)
LOOK_AT_IT = """
bpy.data.objects['Cube'].hide_set(True)
view = area('VIEW_3D').spaces.active
view.shading.type = 'SOLID'
view.shading.color_type = 'TEXTURE'
view.region_3d.view_distance = 2.4
view.region_3d.view_location = (0.0, 0.0, 0.45)
"""


def active(studio: Studio) -> None:
    jobs.finished(studio)
    studio.run("item = bpy.data.objects['mushroom']\nitem.select_set(True)\n"
               "bpy.context.view_layer.objects.active = item")  # fmt: skip
    studio.run(LOOK_AT_IT)


def variants(studio: Studio) -> None:
    studio.run(f"bpy.ops.trellis.more_seeds('EXEC_DEFAULT', count={MORE})")
    studio.await_states(*["imported"] * (MORE + 1), timeout=120)
    studio.run("bpy.ops.trellis.step_variant(by=1)")
    studio.await_preview()


def compared(studio: Studio) -> None:
    studio.run("bpy.ops.trellis.compare_variants()")
    studio.run("bpy.ops.object.select_all(action='DESELECT')")
    studio.run("import mathutils\nview.region_3d.view_rotation = mathutils.Euler((1.35, 0.0, 0.3)).to_quaternion()")
    studio.run("view.region_3d.view_distance = 8.2\nview.region_3d.view_location = (1.8, 0.0, 0.45)")


STATES = (
    State("object", "The object that came, and what can be done with it", active, panels=("variants",), size=TALL),
    State("variants", "Other seeds of one object, to choose among", variants, goes_on=True),
    State("viewport", "The object in the scene", lambda studio: None, goes_on=True, look="area",
          cut=(0.1, 0.3, 0.8, 0.38)),
    State("variants-compared", "Compare Side by Side puts the variants in a row until it is pressed again", compared,
          goes_on=True, look="area", cut=(0.0, 0.4, 1.0, 0.2)),
)  # fmt: skip

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Send This Parameter*: switch a parameter that only the server knows on or off, for this scene. Free."""

import bpy

from .. import additions, language, offers, properties
from ..identity import USE_ADDITION


class TRELLIS_OT_use_addition(bpy.types.Operator):
    """Send this parameter with the jobs of this scene, or leave it to the server again"""

    bl_idname = USE_ADDITION
    bl_label = "Send This Parameter"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    parameter: bpy.props.StringProperty(name="Parameter", description="Its name at the server", options={"SKIP_SAVE"})
    use: bpy.props.BoolProperty(name="Send", description="Whether it is sent", default=True, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say what the server says of it."""
        found = offers.parameter(asked.parameter)
        return found.description if found is not None else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Switch it."""
        found = next((new for new in offers.current().new if new.name == self.parameter), None)
        if found is None:
            language.report(self, {"ERROR"}, f"The server has no new parameter {self.parameter}.")
            return {"CANCELLED"}
        additions.switch(properties.of(context.scene), found, on=self.use)
        return {"FINISHED"}

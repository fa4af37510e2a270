# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender's own interface shows of running jobs, on the page."""

from typing import Any

import bpy


class InterfaceFields:
    """Where running jobs are shown besides our tab."""

    viewport_progress: bpy.props.BoolProperty(
        name="Progress in the Viewport",
        description="Name, stage and percent of a running job are drawn over its placeholder, while overlays are on",
        default=True,
    )
    status_bar: bpy.props.BoolProperty(
        name="Progress in the Status Bar",
        description="The status bar says how many jobs run and how far they are, and opens the history",
        default=True,
    )


def draw(layout: bpy.types.UILayout, own: Any) -> None:
    """Draw the switches."""
    layout.prop(own, "viewport_progress")
    layout.prop(own, "status_bar")

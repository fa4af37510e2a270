# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture is sent, how it looks when it is, and what is wrong with it. Draws what is known; reads no pixels."""

from collections.abc import Mapping
from typing import Any, Final

import bpy

from ...core.preflight import Code, Remedy, Severity, Verdict
from .. import lookout, properties, session, sheets, sight, sources
from ..identity import (
    CAPTURE_VIEW,
    DROP_CAPTURE,
    OPEN_PICTURE,
    PASTE_PICTURE,
    RENDER_SELECTION,
    SHOW_PREVIEW,
    SPLIT_SHEET,
)
from ..language import said
from ..previews import Shown
from ..sources import Choice
from ..taking import stopped
from ..text import draw_wrapped
from .quality import draw_choice
from .spaces import is_narrow

_UNIT_PIXELS: Final = 20.0
_LARGEST_UNITS, _SMALLEST_UNITS = 7.5, 4.0
"""Side of the thumbnail, in rows of the interface."""
ICONS: Final[Mapping[Severity, Any]] = {Severity.REFUSAL: "CANCEL", Severity.WARNING: "ERROR", Severity.INFO: "INFO"}
_OF_A_RENDER: Final = frozenset({Code.NOTHING_OPAQUE, Code.CUT_OFF, Code.SMALL, Code.LOW_CONTRAST})
"""What another render may mend."""


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, settings: properties.TrellisSettings) -> None:
    """Draw the source, and what would be sent of it."""
    choice = sources.choose(context)
    in_image_editor = context.space_data.type == "IMAGE_EDITOR"
    if not in_image_editor and choice.capture is None:
        if is_narrow(context):
            draw_choice(layout, settings, "source")
        else:
            layout.prop(settings, "source")
        if settings.source == "IMAGE":
            layout.template_ID(settings, "source_image", open="image.open")
        elif settings.source == "URL":
            layout.prop(settings, "source_url")
    _draw_takers(layout, is_first=not choice.is_there, is_narrow=is_narrow(context), in_image_editor=in_image_editor)
    if not in_image_editor and (told := stopped.told(context.scene, choice.identity)):
        draw_wrapped(layout, told, icon="ERROR")
    _draw_overlooked(layout, settings, sources.overlooked(context, choice))
    if not choice.is_there:
        lookout.drawn(context.area, "")
        draw_wrapped(layout, choice.missing, icon="INFO")
        return
    picked = "" if in_image_editor or choice.capture is not None else settings.source
    _draw_name(layout, choice, is_automatic=picked == "AUTO", is_named=picked == "IMAGE")
    _draw_preview(layout, context, settings, choice)


def _draw_takers(layout: bpy.types.UILayout, *, is_first: bool, is_narrow: bool, in_image_editor: bool) -> None:
    """Draw the clicks that take a picture; while there is none, the one that most begin with is the largest."""
    column = layout.column(align=True)
    column.operator_context = "INVOKE_DEFAULT"
    row = column.row(align=True)
    row.scale_y = 1.5 if is_first else 1.0
    row.operator(OPEN_PICTURE, text="Open", icon="FILE_FOLDER")
    row.operator(PASTE_PICTURE, text="Paste", icon="PASTEDOWN")
    if in_image_editor:  # whose own picture is meant there
        return
    row = column.row(align=True)
    row.operator(
        RENDER_SELECTION, text="Render Selection", icon="NONE" if is_narrow else "RESTRICT_RENDER_OFF"
    ).view = "VIEW"
    row.operator(RENDER_SELECTION, text="", icon="CAMERA_DATA").view = "CAMERA"
    row = column.row(align=True)
    row.operator(CAPTURE_VIEW, text="Capture View", icon="NONE" if is_narrow else "RESTRICT_VIEW_OFF").overlays = False
    row.operator(CAPTURE_VIEW, text="", icon="OVERLAY").overlays = True


def _draw_overlooked(
    layout: bpy.types.UILayout, settings: properties.TrellisSettings, canvas: bpy.types.Object | None
) -> None:  # fmt: skip
    """Say that the selected picture is not the one that is sent, and offer it: it may have been dropped just now."""
    if canvas is not None:
        draw_wrapped(layout, f"The picture on {canvas.name} is selected, but another one is sent.", icon="ERROR")
        column = layout.column()
        column.use_property_split = False  # else the words stand beside the button
        if settings.source == "AUTO":  # and a picture was taken
            column.operator(DROP_CAPTURE, text="Use Selected Picture")
        else:
            column.prop_enum(settings, "source", "AUTO", text="Use Selected Picture")


def _draw_name(layout: bpy.types.UILayout, choice: Choice, *, is_automatic: bool, is_named: bool) -> None:
    """Draw which picture it is, unless it is named already, and why this one, when nobody picked it."""
    column = layout.column(align=True)
    row = column.row(align=True)
    if not is_named:
        row.label(text=choice.name, icon=choice.icon, translate=False)  # type: ignore[arg-type]
    if choice.capture is not None:
        row.operator(DROP_CAPTURE, text="", icon="X")
    for line in (_reason(choice) if is_automatic else "", choice.note):
        if line:
            row = column.row()
            row.active = False
            row.label(text=said(line), icon="BLANK1")


def _reason(choice: Choice) -> str:
    """Say why this picture was taken of all; a canvas says it by its note."""
    if choice.capture is not None or choice.canvas is not None:
        return ""
    return "The last render" if choice.is_render else "Open in an Image Editor"


def _draw_preview(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: properties.TrellisSettings, choice: Choice
) -> None:
    token = sight.token(choice, context.scene)
    previews = session.current().previews
    alike = previews.before(sight.lasting(token)) if token else None
    before = alike or previews.of(lookout.shown_in(context.area))
    lookout.drawn(context.area, token)
    if choice.url:
        draw_wrapped(layout, "Sent as an address: the service fetches the picture, and nothing is prepared here.")
        return
    shown = previews.of(token)
    if shown is None and token != previews.pending and lookout.is_costly(choice):
        draw_wrapped(
            layout, "Reading this picture holds Blender up for a moment, so only Show Preview and Generate do it.",
            icon="INFO",
        )  # fmt: skip
        layout.operator(SHOW_PREVIEW, icon="HIDE_OFF")
        return
    _draw_thumbnail(layout, context, shown or before, is_current=shown is not None, is_alike=alike is not None)
    known = shown or alike
    if known is not None:  # which keeps its place while the same picture is looked at again
        column = layout.column()
        column.active = shown is not None
        _draw_verdicts(column, settings, known, choice)


def _draw_thumbnail(
    layout: bpy.types.UILayout, context: bpy.types.Context, shown: Shown | None, *, is_current: bool, is_alike: bool
) -> None:
    """Draw what is sent, or room for it, so that nothing below jumps when it comes.

    It is alike if it is of the very picture, made ready alike, before its pixels may have changed.
    """
    scale = context.preferences.system.ui_scale or 1.0
    units = min(max(context.region.width / scale / _UNIT_PIXELS - 4.0, _SMALLEST_UNITS), _LARGEST_UNITS)
    if (is_current or is_alike) and (shown is None or not shown.icon):
        return
    box = layout.box().column(align=True)
    box.active = is_current
    box.template_icon(icon_value=shown.icon if shown is not None else 0, scale=units)
    row = box.row()
    row.alignment = "CENTER"
    row.label(text=said(size(shown, is_short=is_narrow(context)) if shown is not None and is_current else "Preparing…"))


def size(shown: Shown, *, is_short: bool = False) -> str:
    """Give what is sent in pixels and bytes, and how long it took to prepare where there is room to say so."""
    ready = shown.ready
    if not ready.size_bytes:
        return "Not sent"
    kilobytes = ready.size_bytes / 1000
    weight = f"{kilobytes / 1000:.1f} MB" if kilobytes >= 100 else f"{max(kilobytes, 1):.0f} kB"
    extent = f"{ready.width} × {ready.height} · {weight}"
    return extent if is_short else f"{extent} · ready in {max(ready.seconds, 0.1):.1f} s"


def _draw_verdicts(
    layout: bpy.types.UILayout, settings: properties.TrellisSettings, shown: Shown, choice: Choice
) -> None:
    for verdict in shown.ready.verdicts:
        if verdict.remedy is Remedy.SPLIT and sheets.is_split(bpy.context.scene, choice):
            continue
        column = layout.column()
        column.use_property_split = False
        draw_wrapped(column, str(verdict), icon=ICONS[verdict.severity])
        _draw_click(column, settings, verdict)
    if choice.is_render and can_render_again(shown, bpy.context.scene):
        column = layout.column()
        column.operator_context = "INVOKE_DEFAULT"
        column.operator("render.render", text="Render Again", icon="RENDER_STILL")


def can_render_again(shown: Shown, scene: bpy.types.Scene) -> bool:
    """Whether another render may mend something, once the scene was changed as the verdict says."""
    return scene.camera is not None and any(verdict.code in _OF_A_RENDER for verdict in shown.ready.verdicts)


def _draw_click(layout: bpy.types.UILayout, settings: properties.TrellisSettings, verdict: Verdict) -> None:
    match verdict.remedy:
        case Remedy.CUT:
            layout.prop_enum(settings, "background", "CUT", text="Cut Background")
        case Remedy.KEEP:
            layout.prop_enum(settings, "background", "KEEP", text="Keep Background")
        case Remedy.SPLIT:
            layout.operator(SPLIT_SHEET, text="Split Sheet")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries in Blender's own menus, so that the work is where artists look for it, and F3 finds all of it. Draws only."""

from decimal import Decimal

import bpy

from ..core import request
from ..core.errors import TrellisError
from ..core.money import priced
from ..core.request import GenerationRequest
from . import presets, properties, session
from .identity import (
    APPLY_PRESET,
    BUTTON,
    CAPTURE_VIEW,
    CLEAN_UP,
    COMPARE,
    COPY_DIAGNOSTICS,
    COPY_SETTINGS,
    DASHBOARD,
    DISCARD_REST,
    DROP_CAPTURE,
    DROP_SHEET,
    EXPORT_LEDGER,
    GENERATE,
    GENERATE_RENDER,
    GENERATE_SHEET,
    KEEP_VARIANT,
    MAKE_LODS,
    MARK_ASSET,
    MERGE_SUBJECTS,
    OPEN_FOLDER,
    OPEN_PICTURE,
    PASTE_KEY,
    PASTE_PICTURE,
    RANDOM_SEED,
    REDUCE,
    RENDER_SELECTION,
    REPEAT,
    REROLL,
    RESET,
    RESTORE_PROXY,
    REVEAL,
    SAVE_ASSET,
    SEEDS,
    SHOW_HISTORY,
    SHOW_LOG,
    SHOW_PREVIEW,
    SHOW_WAITING,
    SPLIT_SHEET,
    SPLIT_SUBJECTS,
    STEP_VARIANT,
    TEST_CONNECTION,
    VARY,
)
from .language import said

SOURCE_OPERATORS = (
    (OPEN_PICTURE, PASTE_PICTURE, RENDER_SELECTION, CAPTURE_VIEW, DROP_CAPTURE, SHOW_PREVIEW),
    (SPLIT_SHEET, MERGE_SUBJECTS, SPLIT_SUBJECTS, GENERATE_SHEET, DROP_SHEET),
    (RANDOM_SEED, RESET),
)
SERVICE_OPERATORS = (
    (SHOW_HISTORY, SHOW_WAITING),
    (PASTE_KEY, TEST_CONNECTION, DASHBOARD),
    (OPEN_FOLDER, CLEAN_UP, EXPORT_LEDGER),
    (COPY_DIAGNOSTICS, SHOW_LOG),
)
OBJECT_OPERATORS = (
    (SEEDS, REROLL, VARY, REPEAT),
    (STEP_VARIANT, KEEP_VARIANT, DISCARD_REST, COMPARE),
    (REDUCE, MAKE_LODS),
    (COPY_SETTINGS, REVEAL),
    (MARK_ASSET, SAVE_ASSET),
    (RESTORE_PROXY,),
)


class TRELLIS_MT_panel(bpy.types.Menu):
    """What the panel offers, as a menu."""

    bl_idname = "TRELLIS_MT_panel"
    bl_label = "TRELLIS"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the clicks of the panel, in its order."""
        self.layout.operator_context = "INVOKE_REGION_WIN"
        _draw_generate(self.layout, context)
        self.layout.separator()
        _draw_groups(self.layout, SOURCE_OPERATORS)
        self.layout.menu(TRELLIS_MT_presets.bl_idname)
        self.layout.separator()
        _draw_groups(self.layout, SERVICE_OPERATORS)
        self.layout.separator()
        self.layout.menu(TRELLIS_MT_object.bl_idname, text="Active Object")


class TRELLIS_MT_presets(bpy.types.Menu):
    """The quality presets, as a menu."""

    bl_idname = "TRELLIS_MT_presets"
    bl_label = "Quality Presets"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw an entry for each."""
        for preset in presets.every():
            self.layout.operator(APPLY_PRESET, text=preset.name, translate=not preset.is_own).preset = preset.name


class TRELLIS_MT_object(bpy.types.Menu):
    """What can be done with an object that came from the service."""

    bl_idname = "TRELLIS_MT_object"
    bl_label = "TRELLIS"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the clicks of the panel *Active Object*."""
        self.layout.operator_context = "INVOKE_REGION_WIN"
        _draw_groups(self.layout, OBJECT_OPERATORS)


def _draw_groups(layout: bpy.types.UILayout, groups: tuple[tuple[str, ...], ...]) -> None:
    for number, group in enumerate(groups):
        if number:
            layout.separator()
        for operator in group:
            layout.operator(operator)


def asked(context: bpy.types.Context, *, image_url: str = "") -> GenerationRequest | None:
    """Give what the scene asks for; None where it asks wrongly."""
    try:
        return properties.build_request(properties.of(context.scene), image_url=image_url)
    except TrellisError:
        return None


def price(wanted: GenerationRequest | None) -> str:
    """Give what an object costs, for a button."""
    if wanted is None:
        return "–"
    if not wanted.is_priced:
        return "Price Unknown"
    return priced(wanted.price_usd)


def tag(wanted: GenerationRequest | None) -> str:
    """Give the price that a button is drawn with and orders at, in US dollars; empty where none is known."""
    if wanted is None or not wanted.is_priced:
        return ""
    return session.current().orders.tag(str(wanted.value("resolution")), str(wanted.price_usd))


def at_tag(wanted: GenerationRequest, price: str, *, is_button: bool) -> GenerationRequest:
    """Give a request at the price that the press carries: it is not sent for more.

    A button in its place is held to that whatever is asked for by now; a favourite is only while it is news.
    """
    if price and is_button:
        return request.at_price(wanted, Decimal(price))
    shown = session.current().orders.shown(str(wanted.value("resolution")), price, wanted.price_usd)
    return request.at_price(wanted, shown)


def of_the_panel(layout: bpy.types.UILayout, context: bpy.types.Context) -> bpy.types.UILayout:
    """Give a place for a button that orders what the panel says, and so is off where that cannot be ordered."""
    place = layout.column()
    place.context_pointer_set(BUTTON, context.scene)
    return place


def _draw_generate(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    wanted = asked(context)
    layout = of_the_panel(layout, context)
    layout.operator(GENERATE, text=said(f"Generate 3D · {price(wanted)}")).price = tag(wanted)


def _draw_in_image(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
    """Draw into the Image Editor's *Image*, which is the Render Result's menu, too."""
    menu.layout.separator()
    menu.layout.operator_context = "INVOKE_REGION_WIN"
    _draw_generate(menu.layout, context)
    menu.layout.menu(TRELLIS_MT_panel.bl_idname)


def _draw_in_render(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
    menu.layout.separator()
    menu.layout.operator_context = "INVOKE_REGION_WIN"
    wanted = asked(context)
    button = of_the_panel(menu.layout, context).operator(
        GENERATE_RENDER, text=said(f"Generate 3D from Render · {price(wanted)}")
    )
    button.price = tag(wanted)
    menu.layout.menu(
        TRELLIS_MT_panel.bl_idname
    )  # the search looks into the top bar in every mode and over every editor


def _draw_in_add(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    menu.layout.separator()
    menu.layout.menu(TRELLIS_MT_panel.bl_idname)


def _draw_in_object(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    menu.layout.separator()
    menu.layout.menu(TRELLIS_MT_object.bl_idname)


_CLASSES = (TRELLIS_MT_presets, TRELLIS_MT_panel, TRELLIS_MT_object)
_PLACES = (
    ("IMAGE_MT_image", _draw_in_image),
    ("TOPBAR_MT_render", _draw_in_render),
    ("VIEW3D_MT_add", _draw_in_add),
    ("VIEW3D_MT_object", _draw_in_object),
)


def register() -> None:
    """Add the menus and the entries."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    for name, draw in _PLACES:
        getattr(bpy.types, name).append(draw)


def unregister() -> None:
    """Take the entries and the menus out."""
    for name, draw in _PLACES:
        getattr(bpy.types, name).remove(draw)
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The active object: how it was made, its variants to leaf through, and the clicks that order more of it."""

import bpy

from ...core import recipe
from ...core.catalogue import BY_NAME
from ...core.errors import TrellisError
from ...core.money import priced
from ...core.recipe import Recipe
from .. import comparing, menus, offers, portraits, provenance, variants, withdrawn
from ..identity import (
    COMPARE,
    COPY_SETTINGS,
    DISCARD_REST,
    KEEP_VARIANT,
    MAKE_LODS,
    MARK_ASSET,
    PICK_VARIANT,
    REDUCE,
    REPEAT,
    REROLL,
    RESTORE_PROXY,
    REVEAL,
    SAVE_ASSET,
    SEEDS,
    STEP_VARIANT,
    VARY,
)
from ..language import said
from ..text import Icon
from .spaces import Drawn, is_narrow, panels

_PICTURE_SCALE = 4.0
_CLICKS: tuple[tuple[tuple[str, Icon], ...], ...] = (
    ((REDUCE, "NONE"), (MAKE_LODS, "NONE")),
    ((COPY_SETTINGS, "PASTEDOWN"), (REVEAL, "FILE_FOLDER")),
    ((MARK_ASSET, "ASSET_MANAGER"), (SAVE_ASSET, "FILE_TICK")),
)
"""What costs nothing, with the icons that they have elsewhere; what is paid for shows its price instead."""
_ALWAYS_SAID = ("seed",)


class Active(Drawn):
    """How the active object was made, and more of the same."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Show it for what came from the service, and for a block whose place that took."""
        item = context.active_object
        return provenance.recipe_of(item) is not None or withdrawn.is_one(item)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the variants first, since they are leafed through."""
        item = context.active_object
        made = provenance.recipe_of(item)
        if withdrawn.is_one(item):
            self.layout.operator(RESTORE_PROXY, icon="HIDE_OFF")
        if item is None or made is None:
            return
        column = self.layout.column(align=True)
        column.operator_context = "INVOKE_DEFAULT"
        _draw_variants(column, item)
        _draw_recipe(self.layout, item, made)
        _draw_orders(_grid(self.layout), context, made)
        narrow = is_narrow(context)
        for group in _CLICKS:
            grid = _grid(self.layout)
            for operator, icon in group:
                grid.operator(operator, icon="NONE" if narrow else icon)


class Grid(Drawn):
    """The variants as pictures, to pick from."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Show it where there are several."""
        item = context.active_object
        return item is not None and item.type == "MESH" and len(variants.meshes(item)) > 1

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a picture and a button for each; what is not drawn yet is asked for."""
        item = context.active_object
        if item is None:
            return
        now = variants.shown(item)
        grid = self.layout.grid_flow(row_major=True, columns=0, even_columns=True, even_rows=True, align=True)
        for index, mesh in enumerate(variants.meshes(item)):
            cell = grid.column(align=True)
            cell.template_icon(portraits.icon(mesh), scale=_PICTURE_SCALE)
            made = provenance.recipe_of(mesh)
            text = str(made.seed) if made is not None else mesh.name
            cell.operator(PICK_VARIANT, text=text, translate=False, depress=index == now).index = index


def _grid(layout: bpy.types.UILayout) -> bpy.types.UILayout:
    """Give a place for buttons: as many in a row as there is room for their words, which are longer elsewhere."""
    grid = layout.grid_flow(row_major=True, columns=0, even_columns=True, align=True)
    grid.operator_context = "INVOKE_DEFAULT"
    return grid


def _draw_orders(grid: bpy.types.UILayout, context: bpy.types.Context, made: Recipe) -> None:
    """Draw what orders more of this, each with what it costs; *More Seeds* asks how many, and tells it then."""
    grid.operator(SEEDS, text="More Seeds…")
    again = _price_again(made)
    for operator, name, price in (
        (REROLL, "Re-roll Seed", again),
        (VARY, "Vary by Panel", menus.price(menus.asked(context))),
        (REPEAT, "Repeat Exactly", again),
    ):
        grid.operator(operator, text=said(f"{name} · {price}" if price else name), translate=False)


def _price_again(made: Recipe) -> str:
    """Give what the same costs today; nothing where it cannot be ordered, or the server does not tell."""
    try:
        wanted = made.request(offers.current())
    except TrellisError:  # the button says why when it is pressed
        return ""
    return priced(wanted.price_usd) if wanted.is_priced else ""


def _draw_variants(column: bpy.types.UILayout, item: bpy.types.Object) -> None:
    has_several, is_comparing = len(variants.meshes(item)) > 1, comparing.is_comparing(item)
    if has_several:
        _draw_steps(column, item)
    if has_several or is_comparing or comparing.original(item) is not None:
        column.operator(COMPARE, depress=is_comparing)


def _draw_steps(column: bpy.types.UILayout, item: bpy.types.Object) -> None:
    row = column.row(align=True)
    row.operator(STEP_VARIANT, text="", icon="TRIA_LEFT").by = -1
    middle = row.row()
    middle.alignment = "CENTER"
    middle.label(text=position(item), translate=False, icon="CHECKMARK" if variants.is_kept(item) else "NONE")
    row.operator(STEP_VARIANT, text="", icon="TRIA_RIGHT").by = 1
    row = column.row(align=True)
    row.operator(KEEP_VARIANT, depress=variants.is_kept(item))
    row.operator(DISCARD_REST)


def position(item: bpy.types.Object) -> str:
    """Say which variant of how many is shown."""
    index = variants.shown(item)
    return f"{index + 1 if index >= 0 else '–'} / {len(variants.meshes(item))}"


def _draw_recipe(layout: bpy.types.UILayout, item: bpy.types.Object, made: Recipe) -> None:
    column = layout.column(align=True)
    for label, value in facts(item, made):
        row = column.row()
        row.label(text=said(label))
        right = row.row()
        right.alignment = "RIGHT"
        right.label(text=value, translate=False)


def facts(item: bpy.types.Object, made: Recipe) -> list[tuple[str, str]]:
    """Give what is said of an object: its seed and whatever else differs among its variants, price and day."""
    every = [found for mesh in variants.meshes(item) if (found := provenance.recipe_of(mesh)) is not None]
    names = [*_ALWAYS_SAID, *(name for name in recipe.differing([made, *every]) if name not in _ALWAYS_SAID)]
    lines = [(_label(name), str(made.value(name))) for name in names]
    if made.price_usd is not None:
        lines.append(("Price", said(priced(made.price_usd))))
    if made.day:
        lines.append(("Date", made.day))
    return lines


def _label(name: str) -> str:
    """Give a parameter's label, with its stage where several stages have one of that label."""
    parameter = BY_NAME.get(name)
    if parameter is None:
        return name
    is_alone = sum(other.label == parameter.label for other in BY_NAME.values()) == 1
    return parameter.label if is_alone else f"{parameter.stage.value} · {parameter.label}"


CLASSES = (
    *panels("active", Active, parent="main", bl_label="Active Object", bl_order=-1),
    *panels("variants", Grid, parent="active", bl_label="Variants", bl_options={"DEFAULT_CLOSED"}),
)

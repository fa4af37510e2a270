# SPDX-License-Identifier: GPL-3.0-or-later
"""The only code that imports bpy: the ordered list of modules, registered down, unregistered up."""

from . import (
    appending,
    asset_collections,
    asset_pictures,
    assets,
    captures,
    comparing,
    costs,
    departed,
    dice,
    dropped,
    earlier,
    exports,
    handles,
    hands,
    history,
    journal,
    keymap,
    language,
    levels_coming,
    lineage,
    lookout,
    menus,
    miniatures,
    operators,
    overlay,
    panels,
    portraits,
    preferences,
    presets,
    properties,
    renders,
    session,
    sheets,
    statusbar,
    stirrings,
    subjects,
    thumbnails,
    variants,
    watch,
)
from .taking import selection as taken_selection

_MODULES = (
    journal, lineage, preferences, captures, properties, presets, variants, earlier, appending, exports, renders,
    subjects, sheets, stirrings, dice, thumbnails, miniatures, session, portraits, asset_pictures,
    asset_collections, assets, history, overlay, statusbar, hands, watch, handles, comparing, costs, departed, lookout,
    dropped, taken_selection, levels_coming, operators, panels, menus, keymap, language,
)  # fmt: skip


def register() -> None:
    """Register every module in order; when one fails, what was registered is taken back."""
    registered = []
    try:
        for module in _MODULES:
            module.register()
            registered.append(module)
    except Exception:
        for module in reversed(registered):
            module.unregister()
        raise


def unregister() -> None:
    """Unregister every module in reverse."""
    for module in reversed(_MODULES):
        module.unregister()

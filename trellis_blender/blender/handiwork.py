# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an artist has made something of an object since it was put there: told by a short text of how it is.

Where it stands does not count, nor how it is shown: what is laid out to be looked at is turned and pushed about.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import bpy

from . import levels

_OURS: Final = "trellis"
"""What our own properties begin with."""
_PLAIN: Final = frozenset({"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"})
_HOLDERS: Final = (
    bpy.types.Collection,
    bpy.types.Scene,
    bpy.types.WindowManager,
    bpy.types.Screen,
    bpy.types.WorkSpace,
)
_OF_THE_PANEL: Final = frozenset({"show_expanded", "is_active", "active"})


def told(item: bpy.types.Object) -> str:
    """Give the text; it is the same after saving and undo. Each Blender has its own settings, so it says which."""
    steps = (*item.modifiers, *item.constraints)
    lines = [
        _name(item.data),
        *sorted(holder.name_full for holder in item.users_collection),
        *(f"{slot.link} {_name(slot.material)}" for slot in item.material_slots),
        *(f"{step.type} {step.name}" for step in steps),
        _name(item.parent),
        str([item.asset_data is not None, item.rigid_body is not None, _is_moved(item)]),
    ]
    fine = [line for step in steps for line in _settings(step)]
    own = (key for key in item.keys() if key not in item.bl_rna.properties)  # noqa: SIM118  # not a mapping
    fine += sorted(key for key in own if not key.startswith(_OURS))
    return f"{_digest(lines)} {_digest([bpy.app.version_string])} {_digest(fine)}"


def is_made_of(item: bpy.types.Object, before: str) -> bool:
    """Whether something was made of an object since it was told of so."""
    if not before:  # put there by an earlier version, which did not say
        return _is_needed(item)
    (whole, version, fine), (now_whole, now_version, now_fine) = before.split(), told(item).split()
    return whole != now_whole or (version == now_version and fine != now_fine) or _is_needed(item)


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _settings(step: Any) -> Iterator[str]:
    """Give what is set of a modifier or a constraint."""
    for field in step.bl_rna.properties:
        if field.identifier in _OF_THE_PANEL or field.is_readonly:
            continue
        value = getattr(step, field.identifier)
        if field.type in _PLAIN:
            yield f"{field.identifier} {_plain(field, value)}"
        elif field.type == "POINTER" and isinstance(value, bpy.types.ID):
            yield f"{field.identifier} {_name(value)}"


def _plain(field: bpy.types.Property, value: Any) -> Any:
    """Give a value of which the text is always the same."""
    if getattr(field, "is_enum_flag", False):
        return sorted(value)
    return list(value) if getattr(field, "is_array", False) else value


def _name(item: bpy.types.ID | None) -> str:
    return item.name_full if item is not None else ""


def _is_moved(item: bpy.types.Object) -> bool:
    """Whether keys, drivers or strips move an object."""
    moving = item.animation_data
    return moving is not None and (moving.action is not None or bool(moving.drivers) or bool(moving.nla_tracks))


def _is_needed(item: bpy.types.Object) -> bool:
    """Whether something else of the file goes by an object: a child, a modifier, or levels of detail."""
    users = bpy.data.user_map(subset={item})[item]
    return any(not isinstance(user, _HOLDERS) for user in users) or bool(levels.made_before(item))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an artist has made something of an object since it was put there: told by a short text of how it is.

Where it stands does not count, nor how it is shown: what is laid out to be looked at is turned and pushed about.
What it is made of is told by names, and by numbers too: those stay when something is renamed, until the file is closed.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import bpy

from . import levels, placement

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
_OPEN: Final = "open_"
"""What the fields begin with that say which parts of a modifier's panel are open."""

Called = Callable[[bpy.types.ID | None], str]


def told(item: bpy.types.Object) -> str:
    """Give the text; it is the same after undo, and after saving if nothing is called otherwise then.

    Each Blender has its own settings, so it says which.
    """
    version = _digest([bpy.app.version_string])
    return " ".join((*_digests(item, _name), version, *_digests(item, _number), placement.sitting()))


def is_made_of(item: bpy.types.Object, before: str) -> bool:
    """Whether something was made of an object since it was told of so."""
    # One put there by an earlier version does not say.
    return (bool(before) and _is_changed(item, before)) or _is_needed(item)


def renewed(item: bpy.types.Object, before: str) -> str:
    """Give the text as it is now, if it tells of the same: names are as they are by now, and so are numbers."""
    return before if not before or _is_changed(item, before) else told(item)


def _is_changed(item: bpy.types.Object, before: str) -> bool:
    whole, fine, version, *numbered, sitting = before.split()
    now_whole, now_fine, now_version, *now_numbered, now_sitting = told(item).split()
    if sitting == now_sitting:
        return numbered != now_numbered
    return whole != now_whole or (version == now_version and fine != now_fine)


def _digests(item: bpy.types.Object, called: Called) -> tuple[str, str]:
    """Give what an object is made of, and how that is set."""
    steps = (*item.modifiers, *item.constraints)
    lines = [
        called(item.data),
        *sorted(called(holder) for holder in item.users_collection),
        *(f"{slot.link} {called(slot.material)}" for slot in item.material_slots),
        *(f"{step.type} {step.name}" for step in steps),
        called(item.parent),
        str([item.asset_data is not None, item.rigid_body is not None, _is_moved(item)]),
    ]
    fine = [line for step in steps for line in (*_settings(step, called), *_inlets(step, called))]
    own = (key for key in item.keys() if key not in item.bl_rna.properties)  # noqa: SIM118  # not a mapping
    fine += sorted(key for key in own if not key.startswith(_OURS))
    return _digest(lines), _digest(fine)


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _settings(step: Any, called: Called) -> Iterator[str]:
    """Give what is set of a modifier, of a constraint, or of a socket."""
    for field in step.bl_rna.properties:
        if field.identifier in _OF_THE_PANEL or field.identifier.startswith(_OPEN) or field.is_readonly:
            continue
        value = getattr(step, field.identifier)
        if field.type in _PLAIN:
            yield f"{field.identifier} {_plain(field, value)}"
        elif field.type == "POINTER" and isinstance(value, bpy.types.ID):
            yield f"{field.identifier} {called(value)}"


def _inlets(step: Any, called: Called) -> Iterator[str]:
    """Give what is set of the sockets of a modifier's node tree; older Blenders keep that as custom properties."""
    if not isinstance(step, bpy.types.NodesModifier):
        return
    kept: Any = getattr(step, "properties", None)
    if kept is None:
        for key in sorted(step.keys()):
            yield f"{key} {_kept(step[key], called)}"
        return
    for sockets in (kept.inputs, kept.outputs):
        for field in sockets.bl_rna.properties if sockets is not None else ():
            if field.type == "POINTER" and field.identifier != "rna_type":
                for line in _settings(getattr(sockets, field.identifier), called):
                    yield f"{field.identifier} {line}"


def _plain(field: bpy.types.Property, value: Any) -> Any:
    """Give a value of which the text is always the same."""
    if getattr(field, "is_enum_flag", False):
        return sorted(value)
    return list(value) if getattr(field, "is_array", False) else value


def _kept(value: Any, called: Called) -> Any:
    """Give a custom property's value of which the text is always the same."""
    if isinstance(value, bool):
        return int(value)  # as which some Blenders read it again
    if isinstance(value, bpy.types.ID):
        return called(value)
    return value.to_list() if hasattr(value, "to_list") else value


def _name(item: bpy.types.ID | None) -> str:
    return item.name_full if item is not None else ""


def _number(item: bpy.types.ID | None) -> str:
    return str(item.session_uid) if item is not None else ""


def _is_moved(item: bpy.types.Object) -> bool:
    """Whether keys, drivers or strips move an object."""
    moving = item.animation_data
    return moving is not None and (moving.action is not None or bool(moving.drivers) or bool(moving.nla_tracks))


def _is_needed(item: bpy.types.Object) -> bool:
    """Whether something else of the file goes by an object: a child, a modifier, or levels of detail."""
    users = bpy.data.user_map(subset={item})[item]
    return any(not isinstance(user, _HOLDERS) for user in users) or bool(levels.made_before(item))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The levels that another Blender makes of an object meanwhile: one set at a time. Knows no operator, no window."""

import logging
from collections.abc import Mapping
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.errors import TrellisError
from . import aside, datablocks, decimating, fingerprint, levels, lighter, listeners
from .aside import Aside

LIGHT: Final = 30_000
"""So many faces are made lighter at once: it takes a fifth of a second."""
_log = logging.getLogger(__name__)


class Coming:
    """What was asked for, by numbers: nothing of the file is held, since all of it may be undone meanwhile."""

    def __init__(self, item: bpy.types.Object, count: int, ratio: float, *, replace: bool) -> None:
        """Have it begun. Raises :class:`OSError` where no other Blender can be started."""
        plan = levels.plan(item, count, ratio)
        self.name, self.count, self.ratio, self.replace = item.name, count, ratio, replace
        self._item = item.session_uid
        self._meshes = {mesh.session_uid: fingerprint.of(mesh) for mesh in plan.meshes}
        self._shares = plan.shares
        self.aside = Aside(plan.meshes, plan.shares)

    def arrive(self) -> tuple[list[bpy.types.Object], int]:
        """Put what was made into the scene; give it, and how many from before it replaced.

        Raises :class:`TrellisError` when the object is another by now, :class:`OSError` when the file is gone.
        """
        item = next((item for item in bpy.data.objects if item.session_uid == self._item), None)
        now = {piece.data for piece in lighter.pieces(item)} if item is not None else set()
        known = {mesh.session_uid: mesh for mesh in now if isinstance(mesh, bpy.types.Mesh)}
        if item is None or levels.fault(item) or not self._are_the_same(known):
            raise TrellisError(f"{self.name} was changed while its LODs were made. Press Make LODs again.")
        plan = levels.Plan(item, [known[number] for number in self._meshes], self._shares)
        made = self._made(plan)
        try:
            count = levels.remove(item, levels.made_before(item) if self.replace else [])
            return levels.put(plan, made), count
        finally:
            datablocks.remove_unused(mesh for _index, _level, mesh in made)

    def _are_the_same(self, known: Mapping[int, bpy.types.Mesh]) -> bool:
        """Whether the meshes are those that were given to the other Blender, and as they were then."""
        return known.keys() == self._meshes.keys() and all(
            fingerprint.of(mesh) == self._meshes[number] for number, mesh in known.items()
        )

    def _made(self, plan: levels.Plan) -> list[decimating.Step]:
        if self.aside.is_well:
            return self.aside.take()
        _log.warning("The other Blender made nothing, so this one does, and waits")
        return list(decimating.steps(plan.meshes, plan.shares))


_now: Coming | None = None


def begin(item: bpy.types.Object, count: int, ratio: float, *, replace: bool) -> bool:
    """Have levels made by another Blender; whether that could be started."""
    global _now
    try:
        _now = Coming(item, count, ratio, replace=replace)
    except OSError as error:
        _log.warning("Another Blender cannot be started: %s", error)
    return _now is not None


def takes_long(item: bpy.types.Object) -> bool:
    """Whether levels of an object should be made by another Blender, and can be."""
    return lighter.faces_of(item) > LIGHT and aside.is_possible()


def now() -> Coming | None:
    """Give the levels that are being made."""
    return _now


def end() -> None:
    """Let go of what is being made, or was."""
    global _now
    if _now is not None:
        _now.aside.close()
        _now = None


@persistent  # type: ignore[untyped-decorator]
def _opened_file(*_arguments: Any) -> None:
    end()


_HEARD: Final = (("load_post", _opened_file),)


def register() -> None:
    """Listen for another file."""
    listeners.listen(*_HEARD)


def unregister() -> None:
    """End what is being made."""
    listeners.ignore(*_HEARD)
    end()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Has a job render what the artist has moved and not keyed yet, as it is seen. Knows no object's kind.

A job evaluates copies of its own, keys and all. So the curves of what is unkeyed are muted, from before it starts until
it has made those copies: a moment. Nothing is told of that, so that what the artist sees is not evaluated anew. What
they were is kept in the scene that is rendered, too, for an undo step may be made in that moment.
"""

from typing import Final

import bpy

from .. import listeners
from . import animation, unkeyed

_PROPERTY: Final = "trellis_held"
_BETWEEN: Final = "/"
_held: dict[str, str] = {}
"""Which curves were muted, of each list in an action, by the action's number in this session."""
_scene_name = ""
_is_evaluated = False


def begin(artists: bpy.types.Scene, layer: bpy.types.ViewLayer, scene: bpy.types.Scene) -> None:
    """Hold what is unkeyed in a layer of the artist's scene, for a job that renders one of ours.

    :func:`look` and :func:`end` let go.
    """
    global _scene_name, _is_evaluated
    frame = artists.frame_current_final
    layer.update()  # which also makes what it is evaluated by
    moved = [item for item in animation.owners(layer.depsgraph) if animation.is_unkeyed(item, frame)]
    actions = list(dict.fromkeys(action for item in moved for action in animation.actions(item)))
    if not actions:
        return
    _held.update({str(action.session_uid): _text(action) for action in actions})
    _scene_name, _is_evaluated = scene.name, False
    scene[_PROPERTY] = dict(_held)
    listeners.listen(_HEARD)
    for curves in (curves for action in actions for curves in animation.channels(action)):
        curves.foreach_set("mute", [True] * len(curves))


def look() -> None:
    """Let go when the job has its copies."""
    if _is_evaluated:
        end()


def end() -> None:
    """Let go of all that is held, also by an undo step that has come back. Harmless when nothing is."""
    global _is_evaluated
    _is_evaluated = False
    listeners.ignore(_HEARD)
    wanted = dict(_held)
    _held.clear()
    for scene in bpy.data.scenes:
        kept = scene.get(_PROPERTY)
        if kept is not None:
            wanted.update(kept.to_dict())
            del scene[_PROPERTY]
    actions = [action for action in bpy.data.actions if str(action.session_uid) in wanted] if wanted else []
    for action in actions:
        for curves, text in zip(
            animation.channels(action), wanted[str(action.session_uid)].split(_BETWEEN), strict=False
        ):
            if len(curves) == len(text):
                curves.foreach_set("mute", [letter == "1" for letter in text])
    if any(_is_seen_muted(action) for action in actions):
        with unkeyed.kept(bpy.context):
            pass  # which evaluates anew, and keeps what is unkeyed


def forget() -> None:
    """Hold nothing any more, as the file goes."""
    _held.clear()


def _text(action: bpy.types.Action) -> str:
    muted = (animation.mutes(curves) for curves in animation.channels(action))
    return _BETWEEN.join("".join("01"[is_muted] for is_muted in mutes) for mutes in muted)


def _is_seen_muted(action: bpy.types.Action) -> bool:
    """Whether the artist's scene was evaluated while the action was held: after undo, or when it was edited."""
    seen = action.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return _text(seen) != _text(action)


def _evaluated(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph | None = None) -> None:
    """Hear, in the job's own thread, that a frame was evaluated; once more without objects, for the compositor."""
    global _is_evaluated
    if depsgraph is not None and scene.name == _scene_name and len(depsgraph.objects):
        _is_evaluated = True


_HEARD: Final = ("frame_change_post", _evaluated)

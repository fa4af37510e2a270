# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a scene's settings differs from the defaults, and the way back: for one, for a group of them, for all."""

from math import isclose
from typing import Any, Final

from ..core.catalogue import BY_NAME, SETTINGS, Stage
from . import additions, dimensions, offers, open_fields, preferences
from .following import OWN_SUFFIX
from .properties import PREPARATION, TrellisSettings, follow_preference, is_own, value

_SEEN_SHARE: Final = 1e-5
PICTURE, PANEL, ADVANCED, NEW, ALL = "PICTURE", "PANEL", "ADVANCED", Stage.NEW.name, "ALL"
ON_PANEL = ("resolution", "texture_size", "decimation_target", "seed")
"""Parameters that stand on the panel itself, not in the sub-panel of their stage."""
GROUPS: dict[str, tuple[str, ...]] = {
    PANEL: (*ON_PANEL, preferences.OBJECT_SIZE, "fit_to_selection", "fit"),
    PICTURE: PREPARATION,
    **{
        stage.name: tuple(p.name for p in SETTINGS if p.stage is stage and p.name not in ON_PANEL)
        for stage in Stage
        if stage not in (Stage.SOURCE, Stage.NEW)
    },
}
"""The settings by the panels they stand in."""
GROUPS[ALL] = tuple(name for group in list(GROUPS.values()) for name in group)
GROUPS[ADVANCED] = tuple(name for name in GROUPS[ALL] if name not in (*GROUPS[PANEL], *GROUPS[PICTURE]))
GROUPS[NEW] = ()  # these are no properties: which there are, the server says


def differs(settings: TrellisSettings, name: str) -> bool:
    """Whether a setting has another value than in a new scene; one that was typed as it is there has not."""
    if name in preferences.FOLLOWED:
        return is_own(settings, name) and not _is_same(getattr(settings, name + OWN_SUFFIX), _preferred(settings, name))
    if name in BY_NAME and offers.default(name) != BY_NAME[name].default:
        return value(settings, BY_NAME[name]) != offers.default(name)
    default = settings.bl_rna.properties[name].default  # type: ignore[attr-defined]
    return not _is_same(getattr(settings, name), default)


def _preferred(settings: TrellisSettings, name: str) -> Any:
    """Give the value that a setting has while it follows the preferences."""
    if name == preferences.OBJECT_SIZE:
        return dimensions.preferred(settings.id_data)  # type: ignore[arg-type]  # a scene
    return open_fields.preferred(BY_NAME[name]) if name in BY_NAME else getattr(preferences.get(), name)


def _is_same(value: Any, other: Any) -> bool:
    """Whether two values are one to the artist: fields show fewer digits than Blender's floats have."""
    if isinstance(value, float) and isinstance(other, float):
        return isclose(value, other, rel_tol=_SEEN_SHARE, abs_tol=_SEEN_SHARE)
    return bool(value == other)


def differing(settings: TrellisSettings, group: str) -> int:
    """Give how many settings of a group differ; of those that only the server knows, how many are sent."""
    if group == NEW:
        return len(additions.switched_on(settings, offers.current()))
    return sum(differs(settings, name) for name in GROUPS[group])


def reset_group(settings: TrellisSettings, group: str) -> None:
    """Set all settings of a group back to their defaults; of those that only the server knows none is sent then."""
    for name in GROUPS[group]:
        reset(settings, name)
    if group in (NEW, ALL):
        settings.additions.clear()


def reset(settings: TrellisSettings, name: str) -> None:
    """Set a setting back to its default; one that follows the preferences follows them again."""
    if name in preferences.FOLLOWED:
        follow_preference(settings, name)
    else:
        settings.property_unset(name)

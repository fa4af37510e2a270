# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogue -> the scene's settings, and the scene's settings -> plain values by the API's names."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import bpy

from ..core import request
from ..core.catalogue import SETTINGS, Parameter, Scalar
from ..core.offer import Offer
from ..core.preparation import Background, Preparation
from ..core.request import GenerationRequest
from . import additions, captures, dimensions, following, offers, preferences, preparing, stirrings
from .fields import AUTOMATIC, field, items, open_field, plain
from .following import OWN_SUFFIX, SET_SUFFIX
from .identity import TEXT_CONTEXT
from .open_fields import LIVE_SUFFIX, keeping, live_field, preferred_fields

_AS_IT_IS: Mapping[str, Scalar] = MappingProxyType({})
_SAME = frozenset({"resolution", "pipeline_type"})
"""They name one choice twice."""
PREPARATION = tuple(preparing.FIELDS)
"""Settings that say how the picture is made ready."""


def _picked(settings: Any, _context: bpy.types.Context) -> None:
    """Picking a source in the panel puts a picture that was taken of the scene aside."""
    captures.drop(settings.id_data)
    stirrings.note()


class TrellisSettings(bpy.types.PropertyGroup):
    """What a scene asks the service for. The parameters' properties come from the catalogue."""

    if TYPE_CHECKING:  # these come from preparing
        crop: bool
        margin: float
        background: str
        tolerance: float
        holes: bool

    source: bpy.props.EnumProperty(
        name="Source",
        description="The picture that becomes an object",
        items=(
            (
                "AUTO",
                "Auto",
                "The image on the selected empty or plane, else that open in an Image Editor, else the Render Result",
            ),
            ("IMAGE", "Image", "An image of this file, whether saved, packed or only in memory"),
            ("RENDER", "Render", "The Render Result, as its display shows it"),
            ("URL", "URL", "A picture on the web, which the service fetches by itself"),
        ),
        translation_context=TEXT_CONTEXT,
        update=_picked,
    )
    source_image: bpy.props.PointerProperty(
        name="Image", description="The image that becomes an object", type=bpy.types.Image, update=_picked
    )
    source_url: bpy.props.StringProperty(
        name="URL",
        description="Public address of a picture; this Blender sends the address and fetches nothing",
        update=_picked,
    )
    additions: bpy.props.CollectionProperty(
        name="New at the Server", description="Parameters that only the server knows", type=additions.TrellisAddition
    )
    fit_to_selection: bpy.props.BoolProperty(
        name="Fit to Selection",
        description="The object takes the place of the active object of the blockout, which is hidden and kept",
        default=False,
    )
    fit: bpy.props.EnumProperty(
        name="Fit",
        description="How the object fills the box of the blockout's object",
        items=(
            ("INSIDE", "Inside", "As large as fits into the box, standing on its bottom"),
            ("STRETCH", "Stretch", "Stretched to all sides of the box"),
        ),
        translation_context=TEXT_CONTEXT,
    )


def of(scene: bpy.types.Scene) -> TrellisSettings:
    """Give a scene's settings."""
    return scene.trellis  # type: ignore[attr-defined]  # made by register


def is_own(settings: TrellisSettings, name: str) -> bool:
    """Whether the scene has its own value of a parameter that else follows the preferences."""
    return bool(getattr(settings, name + SET_SUFFIX))


def follow_preference(settings: TrellisSettings, name: str) -> None:
    """Drop the scene's own value of a parameter."""
    setattr(settings, name + SET_SUFFIX, False)


def value(settings: TrellisSettings, parameter: Parameter, offer: Offer | None = None) -> Scalar | None:
    """Give a parameter's value in force: the scene's own, else the preferences', else the server's default."""
    name = parameter.name
    if name not in preferences.DEFAULTS and name != "pipeline_type" and not settings.is_property_set(name):
        return (offer or offers.current()).default(name)
    return plain(parameter, getattr(settings, name))


def build_request(
    settings: TrellisSettings, *, image_url: str = "", instead: Mapping[str, Scalar] = _AS_IT_IS
) -> GenerationRequest:  # fmt: skip
    """Give the request that a scene asks for, by what the server offers. Raises :class:`InvalidRequest`.

    ``instead`` are parameters that are for once not as in the scene.
    """
    offer = offers.current()
    values = {p.name: value(settings, p, offer) for p in SETTINGS if p.name not in offer.gone}
    set_here = {name: chosen for name, chosen in values.items() if chosen is not None}
    if _SAME & set(instead):  # whichever of the two is left out follows the other one
        set_here = {name: chosen for name, chosen in set_here.items() if name not in _SAME}
    wanted = {**set_here, **additions.values(settings, offer), **instead}
    return request.build(wanted, image_url=image_url, offer=offer)


def apply(settings: TrellisSettings, wanted: GenerationRequest) -> None:
    """Set a scene to what a request asks for."""
    for parameter in SETTINGS:
        now = wanted.value(parameter.name)
        if parameter.name == "pipeline_type":  # it follows the resolution, and can say nothing else
            now = AUTOMATIC
        setattr(settings, parameter.name, now)
    additions.apply(settings, wanted, offers.current())


def preparation(settings: TrellisSettings) -> Preparation:
    """Give how the picture is to be made ready; rounded, since Blender's floats have 32 bits."""
    margin, tolerance = round(settings.margin, 6), round(settings.tolerance, 6)
    return Preparation(settings.crop, margin, Background[settings.background], tolerance, settings.holes)


def apply_preparation(settings: TrellisSettings, told: Mapping[str, Any]) -> None:
    """Make pictures ready as told by the names of :class:`Preparation`; what is not told stays as it is."""
    for name, chosen in told.items():
        setattr(settings, name, chosen.name if isinstance(chosen, Background) else chosen)


def reset_preparation(settings: TrellisSettings) -> None:
    """Make pictures ready as usual again."""
    for name in PREPARATION:
        follow_preference(settings, name)


def _following_preparation() -> dict[str, Any]:
    """Give the properties that say how the picture is made ready, which follow the preferences likewise."""
    fields: dict[str, Any] = {}
    for name in PREPARATION:
        choices = [item[0] for item in preparing.BACKGROUNDS] if name == "background" else []
        flag = partial(bpy.props.BoolProperty, name="Is the Scene's Own")
        fields |= following.annotations(name, preparing.FIELDS[name], flag, preferences.get, choices=choices)
    return fields


def _annotations() -> dict[str, Any]:
    fields: dict[str, Any] = {
        **_following_preparation(),
        **dimensions.annotations(OWN_SUFFIX, SET_SUFFIX),
    }
    for parameter in SETTINGS:
        if parameter.name in preferences.DEFAULTS:
            fields |= preferred_fields(parameter, OWN_SUFFIX, SET_SUFFIX)
        elif parameter.name == "pipeline_type":
            automatic = (AUTOMATIC, "Automatic", "Follow Resolution, which names the same choice")
            fields[parameter.name] = field(parameter, items=[automatic, *items(parameter)], default=AUTOMATIC)
        else:
            fields[parameter.name] = open_field(parameter, **keeping(parameter))
            fields[parameter.name + LIVE_SUFFIX] = live_field(parameter)
    return fields


TrellisSettings.__annotations__.update(_annotations())


def register() -> None:
    """Add the settings to every scene."""
    bpy.utils.register_class(additions.TrellisAddition)
    bpy.utils.register_class(TrellisSettings)
    bpy.types.Scene.trellis = bpy.props.PointerProperty(type=TrellisSettings, name="TRELLIS")  # type: ignore[attr-defined]


def unregister() -> None:
    """Take the settings out; a saved file keeps their values."""
    del bpy.types.Scene.trellis  # type: ignore[attr-defined]
    bpy.utils.unregister_class(TrellisSettings)
    bpy.utils.unregister_class(additions.TrellisAddition)

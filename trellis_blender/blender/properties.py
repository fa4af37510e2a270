# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogue -> the scene's settings, and the scene's settings -> plain values by the API's names."""

from collections.abc import Callable
from typing import Any

import bpy

from ..core import request
from ..core.catalogue import SETTINGS, Kind, Parameter
from ..core.preparation import MARGIN, MAXIMUM_MARGIN, MAXIMUM_TOLERANCE, TOLERANCE, Background, Preparation
from ..core.request import GenerationRequest
from . import captures, dimensions, preferences, stirrings
from .fields import AUTOMATIC, field, items, plain

OWN_SUFFIX = "_own"
"""Ends the hidden property that holds a scene's own value of what else follows the preferences."""
SET_SUFFIX = "_is_own"
PREPARATION = ("crop", "margin", "background", "tolerance", "holes")
"""Settings that say how the picture is made ready."""


def _picked(_settings: Any, _context: bpy.types.Context) -> None:
    """Picking a source in the panel puts a picture that was taken of the scene aside."""
    captures.drop()
    stirrings.note()


class TrellisSettings(bpy.types.PropertyGroup):
    """What a scene asks the service for. The parameters' properties come from the catalogue."""

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
        update=_picked,
    )
    source_image: bpy.props.PointerProperty(
        name="Image", description="The image that becomes an object", type=bpy.types.Image
    )
    source_url: bpy.props.StringProperty(
        name="URL", description="Public address of a picture; this Blender sends the address and fetches nothing"
    )
    crop: bpy.props.BoolProperty(
        name="Crop to Subject",
        description="Send the square around what is opaque, so that a small subject keeps its detail",
        default=True,
        update=stirrings.note,
    )
    margin: bpy.props.FloatProperty(
        name="Margin",
        description="Room left around the subject, as a share of its longer side",
        default=MARGIN, min=0.0, max=MAXIMUM_MARGIN, subtype="FACTOR", update=stirrings.note,
    )  # fmt: skip
    background: bpy.props.EnumProperty(
        name="Background",
        description="What is done with the background of a picture without transparency",
        items=(
            (Background.KEEP.name, "Keep", "Leave it to the service, which guesses what the subject is"),
            (Background.CUT.name, "Cut", "Make an even background transparent, from the edges of the picture inwards"),
        ),
        update=stirrings.note,
    )
    tolerance: bpy.props.FloatProperty(
        name="Tolerance",
        description="How far a colour may be from the background's and still be cut",
        default=TOLERANCE, min=0.0, max=MAXIMUM_TOLERANCE, subtype="FACTOR", update=stirrings.note,
    )  # fmt: skip
    holes: bpy.props.BoolProperty(
        name="Cut Holes",
        description="Cut what has the background's colour inside the subject, too",
        update=stirrings.note,
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


def build_request(settings: TrellisSettings, *, image_url: str = "") -> GenerationRequest:
    """Give the request that a scene asks for. Raises :class:`InvalidRequest`."""
    values = {parameter.name: plain(parameter, getattr(settings, parameter.name)) for parameter in SETTINGS}
    return request.build({name: value for name, value in values.items() if value is not None}, image_url=image_url)


def apply(settings: TrellisSettings, wanted: GenerationRequest) -> None:
    """Set a scene to what a request asks for."""
    for parameter in SETTINGS:
        value = wanted.value(parameter.name)
        if parameter.name == "pipeline_type":  # it follows the resolution, and can say nothing else
            value = AUTOMATIC
        setattr(settings, parameter.name, value)


def preparation(settings: TrellisSettings) -> Preparation:
    """Give how the picture is to be made ready; rounded, since Blender's floats have 32 bits."""
    margin, tolerance = round(settings.margin, 6), round(settings.tolerance, 6)
    return Preparation(settings.crop, margin, Background[settings.background], tolerance, settings.holes)


def reset_preparation(settings: TrellisSettings) -> None:
    """Make pictures ready as usual again."""
    for name in PREPARATION:
        settings.property_unset(name)


def _following(parameter: Parameter) -> dict[str, Any]:
    """Give the properties of a parameter that follows the preferences until the scene sets its own value."""
    name = parameter.name
    own, flag = name + OWN_SUFFIX, name + SET_SUFFIX
    read, write = _accessors(parameter, own, flag)
    hidden = {"options": {"HIDDEN"}}
    return {
        own: field(parameter, **hidden),
        flag: bpy.props.BoolProperty(name=f"Own {parameter.label}", default=False, options={"HIDDEN"}),
        name: field(parameter, get=read, set=write),
    }


def _accessors(parameter: Parameter, own: str, flag: str) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    name, values = parameter.name, parameter.values

    def effective(settings: Any) -> Any:
        return getattr(
            settings if getattr(settings, flag) else preferences.get(), own if getattr(settings, flag) else name
        )

    def read(settings: Any) -> Any:
        value = effective(settings)
        return values.index(value) if parameter.kind is Kind.ENUM else value

    def write(settings: Any, value: Any) -> None:
        setattr(settings, own, values[value] if parameter.kind is Kind.ENUM else value)
        setattr(settings, flag, True)

    return read, write


def _annotations() -> dict[str, Any]:
    fields: dict[str, Any] = dimensions.annotations(OWN_SUFFIX, SET_SUFFIX)
    for parameter in SETTINGS:
        if parameter.name in preferences.DEFAULTS:
            fields |= _following(parameter)
        elif parameter.name == "pipeline_type":
            automatic = (AUTOMATIC, "Automatic", "Follow Resolution, which names the same choice")
            fields[parameter.name] = field(parameter, items=[automatic, *items(parameter)], default=AUTOMATIC)
        else:
            fields[parameter.name] = field(parameter)
    return fields


TrellisSettings.__annotations__.update(_annotations())


def register() -> None:
    """Add the settings to every scene."""
    bpy.utils.register_class(TrellisSettings)
    bpy.types.Scene.trellis = bpy.props.PointerProperty(type=TrellisSettings, name="TRELLIS")  # type: ignore[attr-defined]


def unregister() -> None:
    """Take the settings out; a saved file keeps their values."""
    del bpy.types.Scene.trellis  # type: ignore[attr-defined]
    bpy.utils.unregister_class(TrellisSettings)

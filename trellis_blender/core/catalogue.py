# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's 35 parameters and its price list, declared once. A table: imports nothing of ours.

From here come the request schema, the Blender properties, the sub-panels, the command line's flags,
docs/parameters.md and the local server's validation. To add a parameter, add one entry.

Sources, as in the ``source`` column: ``doc`` the provider's public documentation, ``model``
Microsoft's TRELLIS.2 source, ``fal`` another host of the same model, ``analogy`` the range of the
same setting in another stage. Only what ``doc`` names is confirmed at this provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Final

MODEL_ID: Final = "trellis-2-4b"
"""The model's id at the service [doc]."""

LONGEST_TEXT: Final = 1000
"""Characters of a parameter that is free text."""

Scalar = str | int | float | bool
"""What a parameter's value can be; enumerations travel as strings [doc]."""


TOLD: Final = "live"
"""The source of what a server tells of itself."""


class Kind(Enum):
    """What a parameter's value is."""

    IMAGE = "image"
    URL = "url"
    ENUM = "enum"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"
    """Only of parameters that a server adds; the catalogue has none."""


class Stage(Enum):
    """The step of the pipeline that a parameter steers; the value is its title in the interface."""

    SOURCE = "Source"
    GENERATION = "Generation"
    STRUCTURE = "Sparse Structure"
    SHAPE = "Shape"
    MATERIAL = "Material"
    EXPORT = "Export"
    REMESH = "Remesh"
    UV = "UV Unwrap"
    NEW = "New at the Server"
    """What a server has that the catalogue does not know."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the API.

    ``name`` is the API's own name. ``minimum`` and ``maximum`` are inclusive and in ``unit``
    (empty: a plain number). ``choices`` are the strings of an enumeration, each with a label.
    """

    name: str
    kind: Kind
    stage: Stage
    label: str
    description: str
    default: Scalar | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    source: tuple[str, ...] = ("doc",)

    @property
    def confirmed(self) -> bool:
        """Whether the provider names it: in its documentation, or in its server's own description of the model."""
        return "doc" in self.source or TOLD in self.source

    @property
    def values(self) -> tuple[str, ...]:
        """The strings an enumeration may take; empty for other kinds."""
        return tuple(value for value, _label in self.choices)

    @property
    def allowed(self) -> str:
        """The allowed values in words, for tooltips and errors."""
        if self.kind is Kind.ENUM:
            return "one of " + ", ".join(self.values)
        if self.kind is Kind.BOOL:
            return "true or false"
        if self.kind is Kind.URL:
            return "a public http(s) URL"
        if self.kind is Kind.TEXT:
            return f"a text of at most {LONGEST_TEXT} characters"
        if self.kind is Kind.IMAGE:
            return "a public http(s) URL, a data:image/…;base64 URI or a stored file's path"
        whole = "a whole number" if self.kind is Kind.INT else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{whole} from {self.minimum} to {self.maximum}{unit}"


_MODEL_ONLY: Final = ("fal", "model")


def _sampler(prefix: str, stage: Stage, what: str, **rows: tuple[float, tuple[str, ...]]) -> tuple[Parameter, ...]:
    """Give the six settings that every sampling stage has; ``rows`` holds default and source of each."""

    def row(name: str, kind: Kind, label: str, description: str, low: float, high: float) -> Parameter:
        default, source = rows[name]
        if kind is Kind.INT:
            default, low, high = int(default), int(low), int(high)
        return Parameter(f"{prefix}_{name}", kind, stage, label, description, default, low, high, source=source)

    return (
        row("sampling_steps", Kind.INT, "Sampling Steps",
            f"Denoising steps for {what}; more steps are slower and rarely better past the default", 1, 64),
        row("guidance_strength", Kind.FLOAT, "Guidance Strength",
            f"How strictly {what} follows the image; too high hardens and distorts it", 0.0, 20.0),
        row("guidance_rescale", Kind.FLOAT, "Guidance Rescale",
            f"Tames over-saturated guidance while sampling {what}", 0.0, 2.0),
        row("guidance_interval_start", Kind.FLOAT, "Guidance Interval Start",
            f"Point of the sampling of {what} at which guidance sets in", 0.0, 1.0),
        row("guidance_interval_end", Kind.FLOAT, "Guidance Interval End",
            f"Point of the sampling of {what} at which guidance ends", 0.0, 1.0),
        row("rescale_t", Kind.FLOAT, "Timestep Rescale",
            f"Shifts the steps for {what} towards the noisy end, where the large forms are decided", 0.0, 20.0),
    )  # fmt: skip


PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter("image", Kind.IMAGE, Stage.SOURCE, "Image",
              "The picture that becomes an object"),
    Parameter("image_url", Kind.URL, Stage.SOURCE, "Image URL",
              "Public address of the picture; the service fetches it"),
    Parameter("resolution", Kind.ENUM, Stage.GENERATION, "Resolution",
              "Resolution of the voxel grid that the object is made on; decides the price", "1024",
              choices=(("512", "512"), ("1024", "1024"), ("1536", "1536"))),
    Parameter("pipeline_type", Kind.ENUM, Stage.GENERATION, "Pipeline Type",
              "Names the resolution once more for the server; follows Resolution unless set here", "1024_cascade",
              choices=(("512", "512"), ("1024_cascade", "1024 Cascade"), ("1536_cascade", "1536 Cascade"))),
    Parameter("seed", Kind.INT, Stage.GENERATION, "Seed",
              "Start of the random numbers: the same seed and settings give the same object", 42, 0, 2147483647),
    Parameter("preprocess_image", Kind.BOOL, Stage.GENERATION, "Preprocess Image",
              "Let the server remove the background of an opaque picture and crop to the subject", True),
    Parameter("max_num_tokens", Kind.INT, Stage.GENERATION, "Maximum Tokens",
              "Upper limit of the detail kept for one object; lower it only if a job runs out of memory",
              49152, 1024, 131072),
    *_sampler("ss", Stage.STRUCTURE, "the rough volume",
              sampling_steps=(12, ("doc",)), guidance_strength=(7.5, ("doc",)), guidance_rescale=(0.7, ("doc",)),
              guidance_interval_start=(0.6, ("doc",)), guidance_interval_end=(1.0, ("doc",)),
              rescale_t=(5.0, ("doc",))),
    *_sampler("shape_slat", Stage.SHAPE, "the surface",
              sampling_steps=(12, ("doc",)), guidance_strength=(7.5, ("doc",)),
              guidance_rescale=(0.5, ("fal", "model", "analogy")), guidance_interval_start=(0.6, _MODEL_ONLY),
              guidance_interval_end=(1.0, _MODEL_ONLY), rescale_t=(3.0, _MODEL_ONLY)),
    *_sampler("tex_slat", Stage.MATERIAL, "the material",
              sampling_steps=(12, _MODEL_ONLY), guidance_strength=(1.0, _MODEL_ONLY),
              guidance_rescale=(0.0, _MODEL_ONLY), guidance_interval_start=(0.6, _MODEL_ONLY),
              guidance_interval_end=(0.9, _MODEL_ONLY), rescale_t=(3.0, _MODEL_ONLY)),
    Parameter("texture_size", Kind.ENUM, Stage.EXPORT, "Texture Size",
              "Width and height of the delivered textures in pixels", "2048",
              choices=(("1024", "1024 px"), ("2048", "2048 px"), ("4096", "4096 px"))),
    Parameter("decimation_target", Kind.INT, Stage.EXPORT, "Faces",
              "Faces that the delivered mesh is reduced to; decimation_target at the service",
              500000, 10000, 1000000, unit="faces"),
    Parameter("response_format", Kind.ENUM, Stage.EXPORT, "Response Format",
              "How the file is delivered: as a link, or inside the answer itself (slower)", "url",
              choices=(("url", "URL"), ("b64_json", "Base64"))),
    Parameter("remesh", Kind.BOOL, Stage.REMESH, "Remesh",
              "Rebuild the surface with even triangles before it is reduced", True),
    Parameter("remesh_band", Kind.FLOAT, Stage.REMESH, "Remesh Band",
              "Width of the shell around the surface that is rebuilt, in voxels", 1.0, 0.0, 4.0,
              source=_MODEL_ONLY),
    Parameter("remesh_project", Kind.FLOAT, Stage.REMESH, "Remesh Projection",
              "How far the rebuilt surface is pulled back onto the original", 0.0, 0.0, 1.0, source=_MODEL_ONLY),
    Parameter("uv_unwrap_angle_threshold_deg", Kind.FLOAT, Stage.UV, "Angle Threshold (°)",
              "Widest bend inside one UV island, in degrees", 90.0, 0.0, 180.0, unit="degrees", source=("fal",)),
    Parameter("uv_unwrap_refine_iterations", Kind.INT, Stage.UV, "Refine Iterations",
              "Passes that tidy the borders of the UV islands", 0, 0, 10, source=("fal",)),
    Parameter("uv_unwrap_global_iterations", Kind.INT, Stage.UV, "Global Iterations",
              "Passes over the whole UV layout", 1, 0, 10, source=("fal",)),
    Parameter("uv_unwrap_smooth_strength", Kind.FLOAT, Stage.UV, "Smooth Strength",
              "How strongly the borders of the UV islands are smoothed", 1.0, 0.0, 10.0, source=("fal",)),
)  # fmt: skip

BY_NAME: Final = MappingProxyType({parameter.name: parameter for parameter in PARAMETERS})

SETTINGS: Final[tuple[Parameter, ...]] = tuple(
    parameter for parameter in PARAMETERS if parameter.stage is not Stage.SOURCE
)
"""All parameters but the picture itself."""

PIPELINE_BY_RESOLUTION: Final = MappingProxyType({"512": "512", "1024": "1024_cascade", "1536": "1536_cascade"})
"""``resolution`` and ``pipeline_type`` name one choice twice [doc]; these pairs agree."""

PRICE_BY_RESOLUTION_USD: Final = MappingProxyType(
    {"512": Decimal("0.025"), "1024": Decimal("0.249"), "1536": Decimal("0.499")}
)
"""Price of one asset [doc]."""

REQUESTS_PER_MINUTE: Final = 50
"""What the account allows, over all its keys [doc]."""


def settings_of(stage: Stage) -> tuple[Parameter, ...]:
    """Give the parameters of one stage, in the order they are shown."""
    return tuple(parameter for parameter in PARAMETERS if parameter.stage is stage)

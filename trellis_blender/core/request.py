# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogue -> pydantic-core schema -> a frozen, validated request. Knows values only; no HTTP, no bpy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic_core import SchemaValidator, ValidationError, core_schema

from .catalogue import (
    BY_NAME,
    MODEL_ID,
    PARAMETERS,
    PIPELINE_BY_RESOLUTION,
    PRICE_BY_RESOLUTION_USD,
    Kind,
    Parameter,
    Scalar,
)
from .errors import InvalidRequest

_DATA_URI: Final = re.compile(r"data:image/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]", re.ASCII)
"""Only the start: a scan of megabytes would hold the interpreter, and the picture is encoded here anyway."""
_STORED_FILE: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+\Z", re.ASCII)


@dataclass(frozen=True)
class GenerationRequest:
    """What one job asks for, validated.

    ``parameters`` holds only what differs from the service's defaults, by the API's names; the
    picture travels beside it, because it is large and is encoded later, in a worker.
    """

    parameters: Mapping[str, Scalar]
    image_url: str = ""
    """A public address that replaces the picture's bytes; empty when the bytes are sent."""

    @property
    def resolution(self) -> str:
        """The resolution that will be made, and so the price class."""
        return str(self.value("resolution"))

    @property
    def price_usd(self) -> Decimal:
        """List price of this job [doc]."""
        return PRICE_BY_RESOLUTION_USD[self.resolution]

    def value(self, name: str) -> Scalar:
        """Give the effective value of a parameter: what is sent, else the service's default."""
        if name in self.parameters:
            return self.parameters[name]
        default = BY_NAME[name].default
        if default is None:
            raise KeyError(name)
        return default

    def body(self, image: str = "") -> dict[str, Scalar]:
        """Give the JSON body of the POST; ``image`` is a data URI, an URL or a stored file's path.

        Raises :class:`InvalidRequest` when there is neither a picture nor an address.
        """
        if self.image_url:
            picture: dict[str, Scalar] = {"image_url": self.image_url}
        else:
            picture = {"image": _validate({"image": image})["image"]}
        return {"model": MODEL_ID, **picture, **self.parameters}


def build(values: Mapping[str, object], *, image_url: str = "") -> GenerationRequest:
    """Validate ``values`` (by the API's names, any subset of the settings) into a request.

    Raises :class:`InvalidRequest`, naming the parameter, the value and what is allowed: for an
    unknown name, a wrong type, a value out of range, and for a resolution and a pipeline type that
    contradict each other. A pipeline type that is not given follows the resolution, and the other
    way round.
    """
    for name in ("image", "image_url"):
        if name in values:
            raise InvalidRequest(name, values[name], "given beside the settings, not among them")
    checked = _validate(values)
    if image_url:
        _validate({"image_url": image_url})
    _agree(checked)
    differing = {name: value for name, value in checked.items() if value != BY_NAME[name].default}
    return GenerationRequest(MappingProxyType(differing), image_url)


def validate_body(body: object) -> dict[str, Scalar]:
    """Validate a whole request body as the service would; for the local server. Raises :class:`InvalidRequest`."""
    if not isinstance(body, dict):
        raise InvalidRequest("body", body, "a JSON object")
    values = dict(body)
    model = values.pop("model", MODEL_ID)
    if model != MODEL_ID:
        raise InvalidRequest("model", model, MODEL_ID)
    checked = _validate(values)
    if ("image" in checked) == ("image_url" in checked):
        raise InvalidRequest("image", None, "given, or image_url instead of it, and not both")
    _agree(checked)
    defaults = {parameter.name: parameter.default for parameter in PARAMETERS if parameter.default is not None}
    return {**defaults, **checked}


def _agree(values: dict[str, Scalar]) -> None:
    """Complete resolution and pipeline type from each other, and refuse a pair that contradicts itself."""
    resolution, pipeline = values.get("resolution"), values.get("pipeline_type")
    if resolution is None and pipeline is not None:
        values["resolution"] = next(key for key, value in PIPELINE_BY_RESOLUTION.items() if value == pipeline)
    elif resolution is not None:
        expected = PIPELINE_BY_RESOLUTION[str(resolution)]
        if pipeline is not None and pipeline != expected:
            raise InvalidRequest("pipeline_type", pipeline, f"{expected} when resolution is {resolution}")
        values["pipeline_type"] = expected


def _validate(values: Mapping[str, object]) -> dict[str, Scalar]:
    try:
        checked: dict[str, Scalar] = _VALIDATOR.validate_python(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "request"
        parameter = BY_NAME.get(name)
        allowed = parameter.allowed if parameter else f"left out: {MODEL_ID} has no parameter of that name"
        raise InvalidRequest(name, values.get(name), allowed) from None
    return checked


def _picture(value: str) -> str:
    """Accept what the ``image`` parameter takes [doc]: a data URI, a public URL, a stored file's path."""
    if value.startswith("data:"):
        ok = _DATA_URI.match(value) is not None
    elif value.startswith(("http://", "https://")):
        ok = _is_public_url(value)
    else:
        ok = _STORED_FILE.match(value) is not None and not value.startswith("file:")
    if not ok:
        raise ValueError("not a picture")
    return value


def _public_url(value: str) -> str:
    if not _is_public_url(value):
        raise ValueError("not an URL")
    return value


def _is_public_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    spaced = any(character.isspace() or not character.isprintable() for character in value)
    return parts.scheme in ("http", "https") and bool(host) and not parts.username and not spaced


def _field(parameter: Parameter) -> core_schema.CoreSchema:
    if parameter.kind is Kind.ENUM:
        return core_schema.literal_schema(list(parameter.values))
    if parameter.kind is Kind.BOOL:
        return core_schema.bool_schema(strict=True)
    if parameter.kind is Kind.INT:
        low, high = _bounds(parameter)
        return core_schema.int_schema(strict=True, ge=int(low), le=int(high))
    if parameter.kind is Kind.FLOAT:
        low, high = _bounds(parameter)
        return core_schema.float_schema(strict=True, allow_inf_nan=False, ge=low, le=high)
    check = _picture if parameter.kind is Kind.IMAGE else _public_url
    return core_schema.no_info_after_validator_function(check, core_schema.str_schema(strict=True, min_length=1))


def _bounds(parameter: Parameter) -> tuple[float, float]:
    """Give the limits of a number's schema. Raises ValueError for a parameter that states none."""
    if parameter.minimum is None or parameter.maximum is None:
        raise ValueError(f"{parameter.name} has no range")
    return parameter.minimum, parameter.maximum


def validator(parameters: Iterable[Parameter]) -> SchemaValidator:
    """Make the validator of bodies that may hold these parameters, and nothing else."""
    fields = {
        parameter.name: core_schema.typed_dict_field(_field(parameter), required=False) for parameter in parameters
    }
    return SchemaValidator(core_schema.typed_dict_schema(fields, extra_behavior="forbid"))


_VALIDATOR: Final = validator(PARAMETERS)

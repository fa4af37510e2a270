# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogue -> pydantic-core schema -> a frozen, validated request. Knows values only; no HTTP, no bpy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic_core import SchemaValidator, ValidationError, core_schema

from .catalogue import BY_NAME, LONGEST_TEXT, MODEL_ID, Kind, Parameter, Scalar
from .errors import InvalidRequest, NotOffered, TrellisError
from .money import dollars
from .offer import BUILT_IN, Offer

_DATA_URI: Final = re.compile(r"data:image/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]", re.ASCII)
"""Only the start: a scan of megabytes would hold the interpreter, and the picture is encoded here anyway."""
_PAIR: Final = frozenset({"resolution", "pipeline_type"})
"""They say the same, so that one of them is enough."""
_STORED_FILE: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+\Z", re.ASCII)


@dataclass(frozen=True)
class GenerationRequest:
    """What one job asks for, validated.

    ``parameters`` holds only what differs from the service's defaults, by the API's names; the
    picture travels beside it, because it is large and is encoded later, in a worker. A parameter whose default at the
    server is not the catalogue's is always among them, so that one that is not has the catalogue's.
    """

    parameters: Mapping[str, Scalar]
    image_url: str = ""
    """A public address that replaces the picture's bytes; empty when the bytes are sent."""
    price_usd: Decimal = BUILT_IN.prices["1024"]
    """What the artist was told that it costs; where no price is known, what it is counted with."""
    is_priced: bool = True
    """Whether its price is known."""

    @property
    def resolution(self) -> str:
        """The resolution that will be made, and so the price class."""
        return str(self.value("resolution"))

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

        The settings are in the order of their names, so that the same request is the same to the byte. Raises
        :class:`InvalidRequest` when there is neither a picture nor an address.
        """
        if self.image_url:
            picture: dict[str, Scalar] = {"image_url": self.image_url}
        else:
            picture = {"image": _validate({"image": image}, BUILT_IN)["image"]}
        return {"model": MODEL_ID, **picture, **dict(sorted(self.parameters.items()))}


def build(
    values: Mapping[str, object], *, image_url: str = "", offer: Offer = BUILT_IN, is_repeated: bool = False
) -> GenerationRequest:
    """Validate ``values`` (by the API's names, any subset of the settings) into a request.

    Raises :class:`InvalidRequest`, naming the parameter, the value and what is allowed: for an
    unknown name, a wrong type, a value out of range, and for a resolution and a pipeline type that
    contradict each other; and :class:`NotOffered` for what the server no longer has. A pipeline type that is not given
    follows the resolution, and the other way round. What is not given takes the server's default. ``is_repeated`` says
    that it was asked for before, for the sentence of that error.
    """
    for name in ("image", "image_url"):
        if name in values:
            raise InvalidRequest(name, values[name], "given beside the settings, not among them")
    needed = {name: value for name, value in values.items() if not _is_idle(name, value, offer)}
    checked = _validate(needed, offer, is_repeated=is_repeated)
    if image_url:
        _validate({"image_url": image_url}, BUILT_IN)
    moved = {p.name: p for p in offer.parameters if p.name in BY_NAME and p.default != BY_NAME[p.name].default}
    if not _PAIR & set(checked) and _PAIR & set(moved):
        checked["resolution"] = _default(offer.by_name["resolution"])
    _agree(checked, offer)
    checked |= {name: _default(moved[name]) for name in set(moved) - _PAIR - set(checked)}
    sent = {name: value for name, value in checked.items() if _is_sent(name, value, offer)}
    made = GenerationRequest(MappingProxyType(sent), image_url)
    return priced(made, offer)


def priced(asked: GenerationRequest, offer: Offer) -> GenerationRequest:
    """Give the same request at the price of an offer."""
    resolution = asked.resolution
    known = offer.price_of(resolution)
    return replace(asked, price_usd=offer.reckoned(resolution), is_priced=known is not None)


def at_price(asked: GenerationRequest, shown: Decimal | None) -> GenerationRequest:
    """Give the same request at the price that the artist was shown: where it has risen since, nothing is sent for it.

    None where none was shown.
    """
    return replace(asked, price_usd=shown) if shown is not None and asked.is_priced else asked


def allow(asked: GenerationRequest, most: Decimal | None, count: int = 1) -> None:
    """See that so many objects cost no more, in US dollars; None is no limit. Raises :class:`TrellisError`."""
    if most is None:
        return
    if not asked.is_priced:
        raise TrellisError("The server does not tell what the object costs, so it may be more than was allowed.")
    price = asked.price_usd * count
    if price > most and count == 1:
        raise TrellisError(f"The object costs {dollars(price)}, more than {dollars(most)} as was allowed.")
    if price > most:
        raise TrellisError(f"{count} objects cost {dollars(price)}, more than {dollars(most)} as was allowed.")


def recorded(
    parameters: Mapping[str, object], *, image_url: str = "", price: Decimal | None = None, is_priced: bool = True
) -> GenerationRequest:
    """Give a request that was made before, whatever a server offers now: it may be paid for.

    Raises :class:`InvalidRequest` for what never was a request.
    """
    for name, value in parameters.items():
        if not isinstance(value, (str, int, float, bool)):
            raise InvalidRequest(str(name), value, "a text, a number, true or false")
    made = GenerationRequest(MappingProxyType({name: parameters[name] for name in parameters}), image_url)  # type: ignore[misc]
    if price is None:  # of a version that knew but one price list
        return priced(made, BUILT_IN)
    return replace(made, price_usd=price, is_priced=is_priced)


def check(asked: GenerationRequest, offer: Offer) -> None:
    """Look whether a request that was made before can be sent as it is. Raises :class:`InvalidRequest`."""
    if offer is not BUILT_IN:
        _agree(_validate(asked.parameters, offer, is_repeated=True), offer)


def allows(offer: Offer, name: str, value: object) -> bool:
    """Whether a server takes a value of a parameter, or has no need of it."""
    try:
        _validate({} if _is_idle(name, value, offer) else {name: value}, offer)
    except InvalidRequest:
        return False
    return True


def validate_body(body: object, offer: Offer = BUILT_IN) -> dict[str, Scalar]:
    """Validate a whole request body as the service would; for the local server. Raises :class:`InvalidRequest`."""
    if not isinstance(body, dict):
        raise InvalidRequest("body", body, "a JSON object")
    values = dict(body)
    model = values.pop("model", MODEL_ID)
    if model != MODEL_ID:
        raise InvalidRequest("model", model, MODEL_ID)
    checked = _validate(values, offer)
    if ("image" in checked) == ("image_url" in checked):
        raise InvalidRequest("image", None, "given, or image_url instead of it, and not both")
    _agree(checked, offer)
    defaults = {parameter.name: parameter.default for parameter in offer.parameters if parameter.default is not None}
    return {**defaults, **checked}


def _is_idle(name: str, value: object, offer: Offer) -> bool:
    """Whether a server has no parameter of that name any more, and it was never set to anything."""
    if name not in offer.gone:
        return False
    return name in _PAIR or (isinstance(value, str | int | float) and value == BY_NAME[name].default)


def _is_sent(name: str, value: Scalar, offer: Offer) -> bool:
    """Whether a value has to be sent: it is not the default, at the server as well as in the catalogue."""
    if name not in BY_NAME:
        return True  # the artist has switched it on
    return value != BY_NAME[name].default or value != offer.by_name[name].default


def _default(parameter: Parameter) -> Scalar:
    return "" if parameter.default is None else parameter.default


def _agree(values: dict[str, Scalar], offer: Offer) -> None:
    """Complete resolution and pipeline type from each other, and refuse a pair that contradicts itself."""
    resolution, pipeline = values.get("resolution"), values.get("pipeline_type")
    if resolution is None and pipeline is not None:
        meant = next((key for key, value in offer.pipelines.items() if value == pipeline), None)
        if meant is not None:
            values["resolution"] = meant
    elif resolution is not None:
        expected = offer.pipelines.get(str(resolution))
        if pipeline is not None and expected is not None and pipeline != expected:
            raise InvalidRequest("pipeline_type", pipeline, f"{expected} when resolution is {resolution}")
        if expected is not None:
            values["pipeline_type"] = expected


def _validate(values: Mapping[str, object], offer: Offer, *, is_repeated: bool = False) -> dict[str, Scalar]:
    for name in values:
        if name in offer.gone:
            raise NotOffered(name, values[name], BY_NAME[name].label, is_repeated=is_repeated)
    try:
        checked: dict[str, Scalar] = _validator_of(offer).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "request"
        parameter = offer.by_name.get(name)
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
    if parameter.kind is Kind.TEXT:
        return core_schema.str_schema(strict=True, max_length=LONGEST_TEXT)
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


@lru_cache(maxsize=16)
def _validator_of(offer: Offer) -> SchemaValidator:
    return validator(offer.parameters)

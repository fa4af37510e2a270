# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/models: the live parameter schema, defaults and prices: our own catalogue as the switches have changed it.

Orders are held to the same: what is out of the changed ranges, or gone, is refused, and the changed price is billed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from trellis_blender.core.catalogue import (
    MODEL_ID,
    PARAMETERS,
    PIPELINE_BY_RESOLUTION,
    PRICE_BY_RESOLUTION_USD,
    Kind,
    Parameter,
    Stage,
)
from trellis_blender.core.offer import Offer

from .envelopes import Refusal
from .service import Service
from .wire import Reply, Request, json_reply

TYPES = {
    Kind.IMAGE: "image", Kind.URL: "string", Kind.ENUM: "enum", Kind.INT: "integer", Kind.FLOAT: "number",
    Kind.BOOL: "boolean",
}  # fmt: skip
_KIND_BY_WORD = {word: kind for kind, word in TYPES.items()} | {"text": Kind.TEXT}


def models(service: Service, _request: Request) -> Reply:
    """List the one model."""
    return json_reply({"object": "list", "data": [_model(service)]})


def model(service: Service, _request: Request, model_id: str) -> Reply:
    """Describe the model."""
    if not service.settings.offers_model:
        raise Refusal(404, "not_found", "Not found.")
    if model_id != MODEL_ID:
        raise Refusal(404, "model_not_found", f"The model {model_id[:80]!r} does not exist.")
    if service.settings.schema_raw:
        return Reply(200, service.settings.schema_raw.encode(), "application/json")
    return json_reply(_model(service))


def offer(service: Service) -> Offer:
    """Give what orders are held to."""
    settings = service.settings
    kept = [parameter for parameter in PARAMETERS if parameter.name not in settings.schema_removed]
    changed = [_changed(parameter, settings.schema_overrides.get(parameter.name, {})) for parameter in kept]
    told = settings.schema_added.items()
    added = [_added(name, _KIND_BY_WORD[entry["type"]], entry) for name, entry in told if _is_plain(entry)]
    resolutions = next(parameter.values for parameter in changed if parameter.name == "resolution")
    pairs = {one: PIPELINE_BY_RESOLUTION.get(one, f"{one}_cascade") for one in resolutions}
    has_pipeline = "pipeline_type" not in settings.schema_removed
    return Offer((*changed, *added), prices(service), pairs if has_pipeline else {})


def prices(service: Service) -> dict[str, Decimal]:
    """Give what is billed for each resolution."""
    return {**PRICE_BY_RESOLUTION_USD, **{one: Decimal(str(usd)) for one, usd in service.settings.prices.items()}}


def _changed(parameter: Parameter, entry: dict[str, Any]) -> Parameter:
    """Give a parameter as an entry of the live schema has it."""
    changes: dict[str, Any] = {key: entry[key] for key in ("minimum", "maximum", "default") if key in entry}
    if "range" in entry:
        changes["minimum"], changes["maximum"] = entry["range"]
    choices = entry.get("enum", entry.get("options"))
    if choices is not None:
        changes["choices"] = tuple((str(choice), str(choice)) for choice in choices)
    return replace(parameter, **changes)


def _is_plain(entry: dict[str, Any]) -> bool:
    """Whether it can stand in an order of ours: of lists, objects and what has no type nothing is sent."""
    return entry.get("type") in _KIND_BY_WORD


def _added(name: str, kind: Kind, entry: dict[str, Any]) -> Parameter:
    bare = Parameter(name, kind, Stage.NEW, name, "", minimum=-(2**31), maximum=2**31)
    return _changed(bare, entry)


def _model(service: Service) -> dict[str, Any]:
    settings = service.settings
    told = {one: float(usd) for one, usd in prices(service).items() if one not in settings.unpriced}
    kept = [parameter for parameter in PARAMETERS if parameter.name not in settings.schema_removed]
    return {
        "id": MODEL_ID,
        "object": "model",
        "name": "TRELLIS.2 4B (stand-in)",
        "endpoint": "/v1/3d/generations",
        "supported_parameters": [
            *(_parameter(service, parameter) for parameter in kept),
            *({"name": name, **entry} for name, entry in settings.schema_added.items()),
        ],
        "default_params": {
            parameter.name: settings.schema_overrides.get(parameter.name, {}).get("default", parameter.default)
            for parameter in kept if parameter.default is not None
        },
        "pricing": {"currency": "USD", "unit": "asset", "by_resolution": told},
        "pricing_rows": [
            {"label": f"resolution {resolution}", "resolution": resolution, "price": price, "unit": "asset"}
            for resolution, price in told.items()
        ],
    }  # fmt: skip


def _parameter(service: Service, parameter: Parameter) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": parameter.name,
        "type": TYPES[parameter.kind],
        "required": parameter.kind is Kind.IMAGE,
        "default": parameter.default,
        "description": parameter.description,
    }
    plain = service.settings.schema_shape == "minimum"
    if parameter.kind is Kind.ENUM:
        entry["enum" if plain else "options"] = list(parameter.values)
    elif parameter.minimum is not None:
        entry.update(
            {"minimum": parameter.minimum, "maximum": parameter.maximum}
            if plain
            else {"range": [parameter.minimum, parameter.maximum]}
        )
    entry.update(service.settings.schema_overrides.get(parameter.name, {}))
    return entry

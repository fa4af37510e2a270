# SPDX-License-Identifier: GPL-3.0-or-later
"""/v1/models: the live parameter schema, defaults and prices, written from our own catalogue."""

from __future__ import annotations

from typing import Any

from trellis_blender.core.catalogue import MODEL_ID, PARAMETERS, PRICE_BY_RESOLUTION_USD, Kind, Parameter

from .envelopes import Refusal
from .service import Service
from .wire import Reply, Request, json_reply

TYPES = {
    Kind.IMAGE: "image", Kind.URL: "string", Kind.ENUM: "enum", Kind.INT: "integer", Kind.FLOAT: "number",
    Kind.BOOL: "boolean",
}  # fmt: skip


def models(service: Service, _request: Request) -> Reply:
    """List the one model."""
    return json_reply({"object": "list", "data": [_model(service)]})


def model(service: Service, _request: Request, model_id: str) -> Reply:
    """Describe the model."""
    if not service.settings.offers_model:
        raise Refusal(404, "not_found", "Not found.")
    if model_id != MODEL_ID:
        raise Refusal(404, "model_not_found", f"The model {model_id[:80]!r} does not exist.")
    return json_reply(_model(service))


def _model(service: Service) -> dict[str, Any]:
    prices = {resolution: float(price) for resolution, price in PRICE_BY_RESOLUTION_USD.items()}
    return {
        "id": MODEL_ID,
        "object": "model",
        "name": "TRELLIS.2 4B (stand-in)",
        "endpoint": "/v1/3d/generations",
        "supported_parameters": [_parameter(service, parameter) for parameter in PARAMETERS],
        "default_params": {
            parameter.name: parameter.default for parameter in PARAMETERS if parameter.default is not None
        },
        "pricing": {"currency": "USD", "unit": "asset", "by_resolution": prices},
        "pricing_rows": [
            {"label": f"resolution {resolution}", "resolution": resolution, "price": price, "unit": "asset"}
            for resolution, price in prices.items()
        ],
    }


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators that spend money share: the most that a call may cost, and how they say why nothing was ordered."""

from decimal import Decimal, InvalidOperation
from typing import Any

import bpy

from ...core import arguments, request
from ...core.errors import InvalidRequest, TrellisError
from ...core.request import GenerationRequest
from ..language import report

_LARGEST = 2**31 - 1


class AlreadyStarted(TrellisError):
    """The very same job was started a moment ago."""


def refused(operator: Any, error: TrellisError) -> set[str]:
    """Report why nothing was ordered, and give the operator's outcome."""
    report(operator, {"INFO" if isinstance(error, AlreadyStarted) else "ERROR"}, str(error))
    return {"CANCELLED"}


class Spending:
    """Mix-in for an operator that orders what is paid for."""

    max_price_usd: bpy.props.FloatProperty(
        name="Maximum Price",
        description="The most that all of it may cost, in US dollars; nothing is sent that costs more",
        options={"SKIP_SAVE"},
        min=-_LARGEST,
        max=_LARGEST,
        soft_min=0.0,
    )

    def allow(self: Any, wanted: GenerationRequest, count: int = 1) -> None:
        """See that so many objects cost no more than the caller allows. Raises :class:`TrellisError`."""
        if self.properties.is_property_set("max_price_usd"):
            most = arguments.amount(float(f"{self.max_price_usd:.7g}"))  # it has 32 bits
            request.allow(wanted, most, count)


def amount(price: str) -> Decimal | None:
    """Give the price that a call carries; None for none. Raises :class:`InvalidRequest`."""
    if not price:
        return None
    try:
        return arguments.amount(Decimal(price))
    except (InvalidOperation, InvalidRequest):
        raise InvalidRequest("price", price, "an amount of US dollars, such as 0.249") from None

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Test Connection*: is the server there, does it take the key, what is the balance. Imports no bpy."""

from __future__ import annotations

import logging
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from .api import Usage
from .client import Client
from .errors import NotFound, TrellisError
from .messages import ConnectionChecked
from .sightings import Sighting

Account = tuple[Usage, list[Sighting]]
"""The balance, and what was billed last."""
_CENT: Final = Decimal("0.01")
_log = logging.getLogger(__name__)


def check_connection(client: Client) -> tuple[ConnectionChecked, Account | None]:
    """Ask once, without retries, so that the answer comes soon; blocks, for a worker. Gives the account, if told."""
    account = None
    try:
        try:
            account = client.account(awaited=True)
        except NotFound:
            client.model_card(awaited=True)
            return ConnectionChecked(True, "Connected. This server keeps no account."), None
    except NotFound:
        said = "Connected. This server lists neither account nor model, so nothing more can be checked."
        return ConnectionChecked(True, said), None
    except TrellisError as error:
        return ConnectionChecked(False, str(error)), None
    except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect of ours is one, too
        return ConnectionChecked(False, defect(error)), None
    balance = account[0].balance_usd
    if balance is None:
        return ConnectionChecked(True, "Connected. The key is accepted."), account
    return ConnectionChecked(True, f"Connected. The balance is ${_down(balance):,.2f}."), account


def _down(balance: float) -> Decimal:
    """Give a balance in whole cents, and never more than there is."""
    return Decimal(str(balance)).quantize(_CENT, ROUND_FLOOR)


def defect(error: Exception) -> str:
    """Log a defect of ours, and give the sentence for it."""
    _log.error("A step failed", exc_info=error)
    return f"Something went wrong inside the extension ({type(error).__name__}); the details are in Blender's console."

# SPDX-License-Identifier: GPL-3.0-or-later
"""*Test Connection*: is the server there, does it take the key, what is the balance. Imports no bpy."""

from __future__ import annotations

import logging

from .client import Client
from .errors import NotFound, TrellisError
from .messages import ConnectionChecked

_log = logging.getLogger(__name__)


def check_connection(client: Client) -> ConnectionChecked:
    """Ask once, without retries, so that the answer comes soon; blocks, for a worker."""
    try:
        try:
            balance = client.usage().balance_usd
        except NotFound:
            client.offers_model()
            return ConnectionChecked(True, "Connected. This server keeps no account.")
    except NotFound:
        return ConnectionChecked(
            True, "Connected. This server lists neither account nor model, so nothing more can be checked."
        )
    except TrellisError as error:
        return ConnectionChecked(False, str(error))
    except Exception as error:  # noqa: BLE001  # the artist waits for an answer; a defect of ours is one, too
        return ConnectionChecked(False, defect(error))
    if balance is None:
        return ConnectionChecked(True, "Connected. The key is accepted.")
    return ConnectionChecked(True, f"Connected. The balance is ${balance:,.2f}.")


def defect(error: Exception) -> str:
    """Log a defect of ours, and give the sentence for it."""
    _log.error("A step failed", exc_info=error)
    return f"Something went wrong inside the extension ({type(error).__name__}); the details are in Blender's console."

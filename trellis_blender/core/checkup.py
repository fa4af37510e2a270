# SPDX-License-Identifier: GPL-3.0-or-later
"""*Test Connection*: is the server there, does it take the key, what is the balance. Imports no bpy."""

from __future__ import annotations

from .client import Client
from .errors import NotFound, TrellisError
from .messages import ConnectionChecked


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
    if balance is None:
        return ConnectionChecked(True, "Connected. The key is accepted.")
    return ConnectionChecked(True, f"Connected. The balance is ${balance:,.2f}.")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's text as an address that the service can fetch. Judges its form; fetches nothing."""

from ...core.errors import TrellisError
from ...core.image_url import check_image_url
from .. import preferences


def read(text: str) -> tuple[str, str]:
    """Give the address as it is sent, and an empty text; or an empty one, and what is wrong, without a full stop."""
    try:
        return check_image_url(text, preferences.endpoint()), ""
    except TrellisError as error:
        return "", str(error).removesuffix(".")

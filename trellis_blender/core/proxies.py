# SPDX-License-Identifier: GPL-3.0-or-later
"""Which proxy a request goes over. Reads this computer's settings; sends nothing, imports no bpy."""

from __future__ import annotations

from collections.abc import Mapping

import requests.utils

from .endpoint import is_loopback, origin_of
from .route import ProxyMode, Route


def proxies_for(url: str, route: Route) -> Mapping[str, str]:
    """Give the proxy for an address, as ``requests`` takes it; none for this computer.

    What goes to this computer may be plain http, and a proxy would read the key in it.
    """
    if _is_here(url) or route.mode is ProxyMode.NONE:
        return {}
    if route.mode is ProxyMode.OWN and route.proxy is not None:
        return dict.fromkeys(("http", "https"), route.proxy.url())
    return requests.utils.get_environ_proxies(url)


def _is_here(url: str) -> bool:
    try:
        return is_loopback(origin_of(url)[1])
    except ValueError:  # of such an address nobody knows where it leads
        return False

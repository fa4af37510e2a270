# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark of several parts says: each part as soon as it is measured, or all of them as one document.

Parts take minutes each: an error in a later one must not take the earlier ones with it.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any


def told(parts: Iterator[dict[str, Any]], show: Callable[[dict[str, Any]], None] | None) -> dict[str, Any]:
    """Show each part when it comes; without ``show`` print one JSON document at the end, or at an error.

    Gives all parts together. Raises what measuring raises, with all that came before it told.
    """
    result: dict[str, Any] = {}
    try:
        for part in parts:
            result |= part
            if show is not None:
                show(part)
    finally:
        if show is None:
            print(json.dumps(result), flush=True)
    return result

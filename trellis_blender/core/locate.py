# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the GLB in a finished job's body. Where it stands is not documented, so a table of places; imports no bpy."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from .errors import AnswerError

CONTAINERS: Final = ("result", "data", "output", "")
"""Where results were seen, at the root of a job; the empty name is the root itself."""

PLACES: Final = (
    "url",
    "glb_url",
    "model_url",
    "output",
    "output[]",
    "output.url",
    "output[].url",
    "data[].url",
    "data[].b64_json",
    "data.url",
    "data.b64_json",
    "model_glb.url",
    "model_glb",
    "output_urls[]",
    "files[].url",
    "url.url",
    "b64_json",
    "[]",
    "[].url",
    "[].b64_json",
    "",
)
"""Places inside a container, most trusted first. ``[]`` means each item of a list."""

_NOT_A_MODEL: Final = frozenset(
    "png jpg jpeg webp gif bmp tif tiff exr hdr mp4 webm mov mp3 wav txt json html htm xml csv zip obj mtl ply stl fbx "
    "usd usda usdc usdz gltf".split()
)
_BASE64_LEAF: Final = "b64_json"


@dataclass(frozen=True)
class Location:
    """Where the GLB is: exactly one of ``url`` (absolute or relative) and ``content`` is set."""

    place: str
    url: str = ""
    content: bytes = b""


def locate(body: Mapping[str, object], *, base_url: str) -> Location:
    """Find the GLB in a finished job's body.

    What ends in ``.glb`` is preferred, then the order of the tables. Relative addresses are taken
    from ``base_url``. Raises :class:`AnswerError` saying what was found instead, with the body as
    ``raw``: it is paid for, and the caller keeps it.
    """
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for container in CONTAINERS:
        for place in PLACES:
            if not container and not place:
                continue
            path = ".".join(part for part in (container, place) if part).replace(".[]", "[]")
            for where, value in _walk(body, path):
                if value and where not in seen:
                    seen.add(where)
                    found.append((where, value))
    candidates = [item for item in found if _may_be_model(*item)]
    candidates.sort(key=lambda item: 0 if _extension(item[1]) == "glb" else 1)
    for where, value in candidates:
        if where.endswith(_BASE64_LEAF) or value.startswith("data:"):
            return Location(where, content=_decode(where, value, body))
        return Location(where, url=urljoin(base_url, value))
    raise AnswerError(_nothing(body, found), raw=json.dumps(body, default=str).encode())


def _walk(value: object, path: str, where: str = "") -> Iterator[tuple[str, str]]:
    """Give each string that ``path`` leads to, with the place it stands at."""
    if not path:
        if isinstance(value, str):
            yield where, value
        return
    if path.startswith("[]"):
        if isinstance(value, list):
            for index, item in enumerate(value[:64]):
                yield from _walk(item, path[2:].removeprefix("."), f"{where}[{index}]")
        return
    dot, bracket = path.find("."), path.find("[")
    cut = min(position for position in (dot, bracket, len(path)) if position >= 0)
    if isinstance(value, dict):
        name, rest = path[:cut], path[cut:].removeprefix(".")
        if name in value:
            yield from _walk(value[name], rest, f"{where}.{name}" if where else name)


def _extension(value: str) -> str:
    if value.startswith("data:"):
        return "glb" if value.startswith("data:model/gltf-binary") else ""
    try:
        name = urlsplit(value).path.rsplit("/", 1)[-1]
    except ValueError:
        return ""
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _may_be_model(where: str, value: str) -> bool:
    if where.endswith(_BASE64_LEAF):
        return True
    if value.startswith("data:"):
        return value.startswith(("data:model/", "data:application/"))
    if not value.startswith(("http://", "https://", "/")) or any(character.isspace() for character in value):
        return False
    return _extension(value) not in _NOT_A_MODEL


def _decode(where: str, value: str, body: Mapping[str, object]) -> bytes:
    payload = value.partition(",")[2] if value.startswith("data:") else value
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise AnswerError(
            f"The finished job's {where} is not valid Base64. Its answer is kept; ask the provider's support with the "
            "job's id.",
            raw=json.dumps(body, default=str).encode(),
        ) from None


def _nothing(body: Mapping[str, object], found: list[tuple[str, str]]) -> str:
    if found:
        named = ", ".join(f"{where} ({value[:60]})" for where, value in found[:3])
        held = f"only {named}"
    else:
        result = body.get("result")
        held = f"result with {', '.join(map(str, list(result)[:8])) or 'nothing'}" if isinstance(result, dict) else (
            f"the fields {', '.join(map(str, list(body)[:8])) or 'none'}"
        )
    return (
        f"The job is finished, but its answer holds no model: {held}. The answer is kept; check for an update of the "
        "extension."
    )

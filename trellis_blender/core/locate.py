# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the GLB in a finished job's body. Where it stands is not documented, so a table of places; imports no bpy."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
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
_FILE_IDS: Final = ("file_id", "id")
_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_LONGEST_ID: Final = 512
_ADDRESS: Final = ("http://", "https://", "/")


@dataclass(frozen=True)
class Location:
    """Where the GLB is: exactly one of ``url`` (absolute or relative) and ``content`` is set.

    ``file_id`` is the server's name for it, where it is told: an expired address can be signed anew by it.
    """

    place: str
    url: str = ""
    content: bytes = b""
    file_id: str = ""


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
        location = _location(where, value, base_url)
        if location is not None:
            return replace(location, file_id=_file_id(body, where))
    raise AnswerError(_nothing(body, found), raw=_raw(body))


def _location(where: str, value: str, base_url: str) -> Location | None:
    """Give what a candidate leads to; None when it cannot be read after all."""
    try:
        if where.endswith(_BASE64_LEAF) or value.startswith("data:"):
            payload = value.partition(",")[2] if value.startswith("data:") else value
            content = base64.b64decode("".join(payload.split()), validate=True)
            return Location(where, content=content) if content else None
        return Location(where, url=urljoin(base_url + "/", value))
    except ValueError:  # binascii.Error is one
        return None


def _file_id(body: Mapping[str, object], where: str) -> str:
    """Give the name of the file that stands at ``where``: beside its address, or in what holds that.

    A plain ``id`` counts only where nothing but the file can be meant: not in the job, nor in its result.
    """
    holders: list[tuple[object, int]] = [(body, 0)]
    for depth, step in enumerate(_STEP.finditer(where), start=1):
        above: Any = holders[-1][0]
        below = above[step[1]] if step[1] is not None else above[int(step[2])]
        holders.append((below, depth))
    for holder, depth in reversed(holders[:-1]):
        for name in _FILE_IDS[: 1 if depth < 2 else 2]:
            value = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID:
                return value
    return ""


def _raw(body: Mapping[str, object]) -> bytes:
    """Give the body as it is to be kept: it is paid for."""
    try:
        return json.dumps(body, default=str).encode()
    except (ValueError, RecursionError):  # a number of thousands of digits, a nesting of thousands of levels
        return str(list(body)).encode("utf-8", "replace")


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
    if any(character.isspace() for character in value):
        return False
    extension = _extension(value)
    return extension == "glb" or (value.lower().startswith(_ADDRESS) and extension not in _NOT_A_MODEL)


def _nothing(body: Mapping[str, object], found: list[tuple[str, str]]) -> str:
    if found:
        named = ", ".join(f"{where} ({value[:60]})" for where, value in found[:3])
        held = f"only {named}"
    else:
        result = body.get("result")
        name, fields = ("result with", result) if isinstance(result, dict) else ("the fields", body)
        held = f"{name} {', '.join(str(field)[:40] for field in list(fields)[:8]) or 'nothing'}"
    return (
        f"The job is finished, but its answer holds no model: {held}. The answer is kept; check for an update of the "
        "extension."
    )

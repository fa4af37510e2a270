# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a finished job's file can be: one table of the places the contract lists; knows dictionaries only."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

MEDIA_TYPE: Final = "model/gltf-binary"

Shape = Callable[[str], dict[str, Any]]

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "result.url": lambda at: {"result": {"url": at}},
        "result.glb_url": lambda at: {"result": {"glb_url": at}},
        "result.model_url": lambda at: {"result": {"model_url": at}},
        "result.output": lambda at: {"result": {"output": at}},
        "result.output[]": lambda at: {"result": {"output": [at]}},
        "result.data[0].url": lambda at: {"result": {"data": [{"url": at}]}},
        "result.data[0].b64_json": lambda at: {"result": {"data": [{"b64_json": at}]}},
        "result.model_glb.url": lambda at: {
            "result": {"model_glb": {"url": at, "content_type": MEDIA_TYPE, "file_name": "model.glb"}}
        },
        "result.output_urls[0]": lambda at: {"result": {"output_urls": [at]}},
        "result.files[].url": lambda at: {
            "result": {"files": [{"url": _beside(at), "name": "preview.png"}, {"url": at, "name": "model.glb"}]}
        },
        "result": lambda at: {"result": at},
        "data[0].url": lambda at: {"result": None, "data": [{"url": at}]},
        "data[0].b64_json": lambda at: {"result": None, "data": [{"b64_json": at}]},
        "output": lambda at: {"result": None, "output": at},
        "output[]": lambda at: {"result": None, "output": [at]},
        "nothing": lambda at: {"result": {"note": "a result without a file"}},
    }
)
"""Name -> what makes the fields of the job from the file's address (or its base64)."""

BASE64_SHAPES: Final = ("result.data[0].b64_json", "data[0].b64_json")

UPLOAD_SHAPES: Final[Mapping[str, Callable[[str, str], dict[str, Any]]]] = MappingProxyType(
    {
        "path": lambda path, name: {"path": path, "filename": name},
        "storage_path": lambda path, name: {"storage_path": path, "filename": name},
        "url": lambda path, name: {"url": path, "filename": name},
        "file_url": lambda path, name: {"file_url": path, "name": name},
        "uri": lambda path, name: {"object": "file", "uri": path},
        "id": lambda path, name: {"object": "file", "id": path, "filename": name},
        "both": lambda path, name: {"url": "https://cdn.example.com/preview.png", "path": path},
        "data.path": lambda path, name: {"data": {"path": path, "filename": name}},
        "data.url": lambda path, name: {"success": True, "data": {"url": path}},
        "files[].path": lambda path, name: {"files": [{"name": name, "path": path}]},
        "file.url": lambda path, name: {"file": {"url": path, "name": name}},
        "nothing": lambda path, name: {"ok": True, "id": "file_" + path[-12:], "path": "uploads/" + name},
    }
)
"""Name -> the answer of an upload, from the storage path and the file's name."""

SIGN_SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "url": lambda at: {"url": at},
        "signed_url": lambda at: {"signed_url": at},
        "data.url": lambda at: {"data": {"url": at}},
        "nothing": lambda at: {"ok": True},
    }
)
"""Name -> the answer of a signing, from the fresh address."""

FILE_ID_PLACES: Final = ("result", "file_id", "id", "nowhere")
"""Where a finished job names its file: in the result, beside the address under either name, or not at all."""


def name_file(fields: dict[str, Any], file_id: str, place: str) -> None:
    """Write a file's id into a finished job's fields."""
    result = fields.get("result")
    if place == "result" and isinstance(result, dict):
        result.setdefault("file_id", file_id)
    elif place in ("file_id", "id"):
        for holder in list(_holders(fields)):
            holder[place] = file_id


def _holders(value: Any) -> Iterator[dict[str, Any]]:
    """Give every dictionary in which the file itself stands."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(value, dict) and isinstance(item, str) and "/model.glb" in item:
            yield value
        yield from _holders(item)


def finished(shape: str, url: str, data: Callable[[], bytes], *, inline: bool, data_uri: bool) -> dict[str, Any]:
    """Give the fields that a finished job carries.

    ``inline`` asks for the file inside the answer, as ``response_format`` can; ``data_uri`` puts it where the address
    would be. ``data`` is called only when the bytes are needed.
    """
    if inline and shape not in BASE64_SHAPES and not data_uri:
        shape = "result.data[0].b64_json"
    if shape in BASE64_SHAPES:
        return SHAPES[shape](base64.b64encode(data()).decode())
    if data_uri:
        return SHAPES[shape](f"data:{MEDIA_TYPE};base64,{base64.b64encode(data()).decode()}")
    return SHAPES[shape](url)


def _beside(url: str) -> str:
    """Give the address of a picture beside the file, so that taking the first address is wrong."""
    return url.replace("model.glb", "preview.png") if not url.startswith("data:") else "preview.png"

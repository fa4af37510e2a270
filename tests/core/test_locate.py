# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of places where a result may stand."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_api import JSON
from trellis_blender.core.errors import AnswerError
from trellis_blender.core.locate import Location, locate

BASE = "https://api.example.com"
URL = "https://cdn.example.com/files/model.glb?sig=1"
GLB = b"glTF\x02\0\0\0"
B64 = base64.b64encode(GLB).decode()

PLACES: list[tuple[dict[str, Any], str]] = [
    ({"url": URL}, "url"),
    ({"glb_url": URL}, "glb_url"),
    ({"model_url": URL}, "model_url"),
    ({"output": URL}, "output"),
    ({"output": [URL]}, "output[0]"),
    ({"data": [{"url": URL}]}, "data[0].url"),
    ({"model_glb": {"url": URL}}, "model_glb.url"),
    ({"output_urls": [URL]}, "output_urls[0]"),
    ({"files": [{"name": "x"}, {"url": URL}]}, "files[1].url"),
]


def body_with(container: str, inside: Any) -> dict[str, Any]:
    return {"job_id": "j", "status": "completed", container: inside}


@pytest.mark.parametrize(("inside", "place"), PLACES, ids=[place for _inside, place in PLACES])
@pytest.mark.parametrize("container", ["result", "data", "output", ""])
def test_every_place_in_every_container(container: str, inside: dict[str, Any], place: str) -> None:
    body = body_with(container, inside) if container else {"status": "completed", **inside}
    where = f"{container}.{place}" if container else place
    assert locate(body, base_url=BASE) == Location(where, url=URL)


@pytest.mark.parametrize("container", ["result", "data", "output"])
def test_containers_that_are_the_result(container: str) -> None:
    assert locate({container: URL}, base_url=BASE).url == URL
    assert locate({container: [URL]}, base_url=BASE).url == URL
    assert locate({container: [{"url": URL}]}, base_url=BASE).url == URL


@pytest.mark.parametrize(
    "body",
    [
        {"result": {"data": [{"b64_json": B64}]}},
        {"result": {"b64_json": B64}},
        {"data": [{"b64_json": B64}]},
        {"data": {"b64_json": B64[:4] + "\n" + B64[4:]}},
        {"result": {"url": f"data:model/gltf-binary;base64,{B64}"}},
        {"output": f"data:application/octet-stream;base64,{B64}"},
        {"result": {"glb_url": f"data:model/gltf-binary;base64,{B64}", "url": "https://x.example/preview.png"}},
    ],
)
def test_content_inside_the_answer(body: dict[str, Any]) -> None:
    assert locate(body, base_url=BASE).content == GLB


def test_glb_is_preferred() -> None:
    other = "https://cdn.example.com/download?id=7"
    assert locate({"result": {"url": other, "files": [{"url": URL}]}}, base_url=BASE).url == URL
    assert locate({"result": {"url": other, "model_url": other + "8"}}, base_url=BASE).url == other
    assert locate({"result": {"url": "https://x.example/preview.png", "model_url": other}}, base_url=BASE).url == other
    assert locate(
        {"result": {"files": [{"url": "https://x/A.PNG"}, {"url": "https://x/B.GLB"}]}}, base_url=BASE
    ).url == ("https://x/B.GLB")


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("/files/a.glb", f"{BASE}/files/a.glb"),
        ("files/a.glb", f"{BASE}/files/a.glb"),
        ("/download?id=1", f"{BASE}/download?id=1"),
    ],
)
def test_relative_addresses(value: str, url: str) -> None:
    assert locate({"result": {"url": value}}, base_url=BASE).url == url


def test_broken_base64_does_not_hide_the_address() -> None:
    body = {"result": {"url": "data:model/gltf-binary;base64,%%%", "model_url": URL + "&x=.zip"}}
    assert locate(body, base_url=BASE).url == URL + "&x=.zip"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "completed", "result": None}, "the fields status, result"),
        ({}, "the fields nothing"),
        ({"result": {}}, "result with nothing"),
        ({"result": {"note": 1, "time": 2}}, "result with note, time"),
        ({"result": {"url": "https://x.example/a.png"}}, "only result.url (https://x.example/a.png)"),
        ({"result": {"url": "a sentence"}}, "only result.url (a sentence)"),
        ({"result": {"b64_json": "%%%"}}, "only result.b64_json (%%%)"),
        ({"result": {"url": "http://[bad/a.glb"}}, "only result.url"),
        ({"result": {"url": 7, "output": [None, {"url": []}]}}, "result with url, output"),
    ],
)
def test_nothing_found_says_what_was(body: dict[str, Any], words: str) -> None:
    with pytest.raises(AnswerError) as caught:
        locate(body, base_url=BASE)
    assert words in str(caught.value)
    assert "The answer is kept" in str(caught.value)
    assert json.loads(caught.value.raw) == body


PARTS = st.sampled_from(
    ["result", "data", "output", "url", "glb_url", "model_url", "model_glb", "output_urls", "files", "b64_json"]
)
VALUES = JSON | st.sampled_from(
    [URL, B64, "/x.glb", "data:model/gltf-binary;base64,", "http://[", "//", "https://\x00"]
)
BODIES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PARTS, inner, max_size=4), max_leaves=10
)


@settings(max_examples=400)
@given(st.dictionaries(PARTS, BODIES, max_size=5))
def test_any_json_is_located_or_refused(body: dict[str, Any]) -> None:
    try:
        found = locate(body, base_url=BASE)
    except AnswerError as error:
        assert error.raw
    else:
        assert bool(found.url) is not bool(found.content)


def test_numbers_and_depths_without_end_are_refused_not_fatal() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    for body in ({"result": 10**5000}, {"result": {"note": deep}}):
        with pytest.raises(AnswerError) as caught:
            locate(body, base_url=BASE)
        assert caught.value.raw
    while isinstance(deep, list):
        deep = deep[0]

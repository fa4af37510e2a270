# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded search for the key after a bad journey: it is in the preferences, and not one byte of it elsewhere.

Searched, in every way that a key can be written (see ``keysearch.py``): everything in the home, the profile and the
temporary folder of the process, of which the store (as bytes and row by row), its receipts, pictures and owners, the
objects, answers that were kept, the log of everything at its fullest, standard output and error, what its last words
were when it died, .blend files plain and packed; every request to the download origin, whole; the address of every
request to the API. Not searched: ``userpref.blend``, where Blender itself keeps what is typed into a PASSWORD property,
in the clear; it must have the key, which shows that the search reads such files. The header of a request to the API is
where the key belongs, and the process's memory holds it. What Blender's window writes when it crashes
or quits is searched by the window's own tests, since the module writes neither.
"""

import base64
import json
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import quote

import bpy
import keysearch
import pytest
import requests
from lives import Lives
from stand_in import StandIn

pytestmark = pytest.mark.any_blender

TOLD = {"message": "your key is {key}"}
WRONG: list[list[tuple[str, str, dict[str, Any]]]] = [
    [],
    [("submit", "401", TOLD)],
    [("submit", "500", TOLD)],
    [("submit", "cut_after", {})],
    [("submit", "garbage", {})],
    [("submit", "not_object", {"value": ["{key}"]})],
    [("submit", "wrong_type", {"field": "job_id", "value": {"key": "{key}"}})],
    [("submit", "error_in_ok", TOLD)],
    [("submit", "redirect_elsewhere", {})],
    [("poll", "redirect_elsewhere", {}), ("poll", "500", TOLD), ("poll", "garbage", {}), ("poll", "error_in_ok", TOLD)],
    [("poll", "wrong_type", {"field": "echo", "value": {"you": "sent {key}"}, "times": 5})],
    [("poll", "wrong_type", {"field": "status", "value": "{key}"})],
    [("run", "fail", {"message": "no good: {key}"})],
    [("download", "500", TOLD), ("download", "redirect_elsewhere", {}), ("download", "error_in_ok", TOLD)],
    [("download", "html", {}), ("download", "truncated", {}), ("download", "expired", {})],
    [("list", "500", TOLD), ("usage", "401", TOLD), ("model", "401", TOLD), ("models", "401", TOLD)],
]
"""What goes wrong with each job of the journey; the service repeats the key wherever it has a word to say."""


def journey() -> list[tuple[str, Any]]:
    acts: list[tuple[str, Any]] = [("keep log", "debug.log"), ("start", None), ("open", "asking.blend")]
    for seed, wrong in enumerate(WRONG):
        acts += [("misbehave", order) for order in wrong]
        acts += [("order", seed), ("rest", None), ("behave", None)]
    acts += [("misbehave", ("model", "401", TOLD)), ("misbehave", ("models", "401", TOLD))]
    acts += [("test connection", None), ("rest", None), ("behave", None)]
    acts += [("break operator", None), ("break worker", 1000), ("rest", None)]
    return [*acts, ("save", None), ("save packed", "packed.blend"), ("order", 1001), ("abort", "last.crash.txt")]


def search(someone: Lives, simulator: StandIn) -> dict[str, list[str]]:
    """Give every place that has the key, but for Blender's own preferences."""
    key = simulator.key
    found = {str(path.relative_to(someone.home)): ways for path, ways in keysearch.holding(key, [someone.home]).items()}
    assert "plain" in found.pop("profile/config/userpref.blend"), "the search cannot read Blender's files"
    for origin in ("download", "api"):
        ways = keysearch.ways(key, simulator.control.traffic(origin))
        found |= {f"requests to {origin}": ways} if ways else {}
    return found


def test_the_key_is_nowhere(someone: Lives, simulator: StandIn) -> None:
    life = someone.begin(*journey())
    life.await_end(-signal.SIGABRT)
    told = life.told()
    assert not [line for line in told if "fault" in line], life.output()
    states = {job["state"] for job in told[-1]["jobs"]}
    assert {"imported", "refused", "failed", "uncertain", "prepared"} == states, states
    kinds = {path.suffix for path in someone.home.rglob("*") if path.is_file()}
    assert {".glb", ".json", ".png", ".log", ".txt", ".blend", ".owner", ".sqlite3", ".sqlite3-wal"} <= kinds
    assert "ZeroDivisionError" in life.output() and (someone.home / "last.crash.txt").stat().st_size
    assert b"files/" in simulator.control.traffic("download") and b"/v1/jobs/" in simulator.control.traffic("api")
    assert any(b"[key]" in path.read_bytes() for path in someone.objects.glob("*.answer.json")), "no answer was kept"
    assert any("your key is [key]" in job["error"] for job in told[-1]["jobs"])
    assert search(someone, simulator) == {}
    assert not simulator.control.violations()


def put(name: str) -> Callable[[Lives, StandIn], None]:
    """Put the key at the end of a file of a kind, as a careless line of ours would."""

    def plant(someone: Lives, simulator: StandIn) -> None:
        path = someone.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(b"something " + simulator.key.encode() + b" more")

    return plant


def put_row(someone: Lives, simulator: StandIn) -> None:
    with closing(sqlite3.connect(someone.store / "jobs.sqlite3")) as connection:
        for padding in range(1000, 9000, 100):  # wherever a page ends, some text is parted there
            connection.execute("INSERT INTO claims VALUES (?, ?)", ("x" * padding + simulator.key[-30:], "job"))
        connection.commit()


def put_text(name: str, *, packed: bool) -> Callable[[Lives, StandIn], None]:
    def plant(someone: Lives, simulator: StandIn) -> None:
        bpy.data.texts.new("note").write(simulator.key)
        bpy.ops.wm.save_as_mainfile(filepath=str(someone.home / name), compress=packed, copy=True)

    return plant


def ask(origin: str, **how: Any) -> Callable[[Lives, StandIn], None]:
    def plant(_someone: Lives, simulator: StandIn) -> None:
        told = json.loads(json.dumps(how).replace("{key}", simulator.key))
        url = simulator.download_url if origin == "download" else simulator.url
        with requests.Session() as session:
            session.trust_env = False
            session.request("POST", url + told.pop("path", "/files/x/model.glb"), timeout=20, **told)

    return plant


STORE = "profile/extensions/.user/user_default/trellis_blender/store"
DECOYS: dict[str, Callable[[Lives, StandIn], None]] = {
    f"{STORE}/jobs.sqlite3": put_row,
    f"{STORE}/receipts/decoy.json": put(f"{STORE}/receipts/decoy.json"),
    f"{STORE}/pictures/decoy.png": put(f"{STORE}/pictures/decoy.png"),
    f"{STORE}/owners/decoy.owner": put(f"{STORE}/owners/decoy.owner"),
    "profile/extensions/.user/user_default/trellis_blender/objects/decoy.glb":
        put("profile/extensions/.user/user_default/trellis_blender/objects/decoy.glb"),
    "tmp/blender_decoy/decoy": put("tmp/blender_decoy/decoy"),
    "debug.log": put("debug.log"),
    "output-1.txt": put("output-1.txt"),
    "decoy.crash.txt": put("decoy.crash.txt"),
    "plain.blend": put_text("plain.blend", packed=False),
    "packed.blend": put_text("packed.blend", packed=True),
    "requests to download": ask("download", headers={"X-Note": "{key}"}),
    "requests to download ": ask("download", data="{key}"),
    "requests to download  ": ask("download", params={"note": "{key}"}),
    "requests to api": ask("api", path="/v1/nowhere", params={"note": "{key}"}),
}  # fmt: skip


def test_the_search_finds_a_key_in_every_kind_of_place(someone: Lives, simulator: StandIn) -> None:
    someone.live(("start", None), ("quit", None))
    assert search(someone, simulator) == {}
    planted = []
    for place, plant in DECOYS.items():
        plant(someone, simulator)
        assert sorted(search(someone, simulator)) == sorted([*planted, place.rstrip()])
        if place.startswith("requests"):
            simulator.control.reset()
        else:
            planted.append(place)


def test_the_search_knows_every_way_to_write_a_key(simulator: StandIn) -> None:
    key = simulator.key
    for before in ("", "x", "xy", "Bearer "):
        text = f"{before}{key} and more".encode()
        percent = "".join(f"%{value:02X}" for value in text)
        for written in (text, base64.b64encode(text), text.hex().encode(), percent.encode(), quote(text).encode()):
            assert keysearch.ways(key, written)
    assert keysearch.ways(key, key.encode("utf-16")) == ["utf-16"]
    assert keysearch.ways(key, key[-16:].encode()) == ["half"]
    assert keysearch.ways(key, key[:10].encode()) == [], "what every key begins with tells nothing"

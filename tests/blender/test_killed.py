# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender killed at each state of a real generation and started again: the object stands in the scene, paid once.

A process of its own runs the real module with the installed zip, opens a saved file, presses *Generate*, and is
killed with SIGKILL by this one when the store on disk says that the state is reached. Every instant is held until then,
however late a busy machine looks: by the server, which does not answer, does not finish, or sends half and hardly more;
or, where the server has no say, by the process, which stops itself (``hold`` of ``one_life.py``) before or behind the
record of a state. That changes nothing of what is recorded, sent or imported.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from lives import SERVER_PATIENCE_SECONDS, Life, Lives
from stand_in import StandIn

pytestmark = pytest.mark.any_blender

HELD = {
    "late": {"seconds": SERVER_PATIENCE_SECONDS},
    "drip": {"share": 0.6, "bytes_per_second": 1000.0},
}
"""How the server holds a job: for longer than any test waits."""
ONE_JOB = [("start", None), ("open", "asking.blend"), ("press", "generate")]


@dataclass(frozen=True)
class Instant:
    """When Blender is killed: what the store has on disk then, and what holds the job there."""

    on_disk: str
    settings: dict[str, Any] = field(default_factory=dict)
    misbehaving: tuple[str, str] | None = None
    hold: str = ""
    edits: bool = False
    imports: bool = False
    offered: str = ""
    """The button with which the artist goes on; nothing was sent then."""


INSTANTS = {
    "prepared": Instant("prepared", hold="before sending", offered="resume"),
    "submitting, nothing sent": Instant("submitting", hold="after submitting", offered="send_again"),
    "submitting, sent": Instant("submitting", misbehaving=("submit", "late")),
    "uncertain": Instant("uncertain", misbehaving=("list", "late")),
    "accepted": Instant("accepted", misbehaving=("poll", "late")),
    "processing": Instant("processing", {"job_seconds": 600.0}),
    "completed": Instant("completed", hold="after completed"),
    "downloading": Instant("downloading", misbehaving=("download", "drip")),
    "downloaded": Instant("downloaded", edits=True),
    "importing": Instant("downloaded", hold="imported"),
    "imported": Instant("downloaded", imports=True),
}


def kill_at(someone: Lives, instant: Instant, simulator: StandIn) -> None:
    """Press *Generate*, kill Blender at that instant, then let the server be as good as ever."""
    simulator.control.settings(**instant.settings)
    if instant.misbehaving:
        route, fault = instant.misbehaving
        simulator.control.misbehave(route, fault, **HELD[fault])
    if instant.on_disk == "uncertain":
        simulator.control.misbehave("submit", "cut_after")
    hold = [("hold", instant.hold)] if instant.hold else []
    edit = [("edit", None)] if instant.edits else []
    start, *then = ONE_JOB
    life = someone.begin(start, *hold, *then, *edit, ("go on", None))
    life.wait_until(lambda: is_there(life, someone, instant, simulator))
    life.kill()
    simulator.control.behave()
    simulator.control.settings(job_seconds=0.0)
    for job in simulator.control.jobs():
        simulator.control.steer(job["id"], seconds=0.0)


def is_there(life: Life, someone: Lives, instant: Instant, simulator: StandIn) -> bool:
    """Whether the job is at the instant, as the disk and the server have it."""
    if someone.on_disk() != [instant.on_disk] or simulator.control.faults():
        return False
    last = life.told()[-1] if life.told() else {}
    if instant.hold:
        return {"held": instant.hold} in life.told()
    if instant.edits:
        return bool(last.get("waiting") == "Waiting for Object Mode")
    if instant.on_disk == "downloading":
        whole = len(simulator.control.model(simulator.newest()["id"]))
        return any(whole // 2 <= path.stat().st_size < whole for path in someone.objects.glob(".part-*"))
    if instant.imports:
        return bool(last.get("states") == ["imported"])
    return True


def check_paid_once(someone: Lives, simulator: StandIn) -> None:
    """One POST came and one job was billed; its file came whole at most once; nothing is left on the disk."""
    counters = simulator.control.counters()
    assert (counters["posts"], counters["accepted"]) == (1, 1)
    whole = [item for item in simulator.control.log() if item["route"] == "download" and not item["fault"]]
    assert len(whole) == 1
    assert not simulator.control.violations()
    assert len(list(someone.objects.glob("*.glb"))) == 1
    assert someone.left_behind() == []


def check_object(told: dict[str, Any]) -> None:
    assert told["ours"] == ["mushroom"] and told["objects"] == ["chair", "mushroom"]
    assert [job["state"] for job in told["jobs"]][-1] == "imported"


@pytest.mark.parametrize("name", INSTANTS)
def test_the_object_is_in_the_scene_that_asked(someone: Lives, simulator: StandIn, name: str) -> None:
    instant = INSTANTS[name]
    kill_at(someone, instant, simulator)
    back = [("start", None), ("open", "asking.blend"), ("rest", None)]
    if instant.offered:
        (told,) = someone.live(*back)
        (job,) = told["jobs"]
        assert told["objects"] == ["chair"] and job["suspended"] and job["resumable"]
        assert job["state"] == {"resume": "prepared", "send_again": "uncertain"}[instant.offered]
        assert simulator.control.counters()["posts"] == simulator.control.counters()["billed"] == 0
        back = [*back, ("press", instant.offered), ("rest", None)]
    told = someone.live(*back, ("quit", None))[-2]
    check_object(told)
    check_paid_once(someone, simulator)


@pytest.mark.parametrize("name", ["uncertain", "processing", "downloading", "downloaded", "imported"])
def test_another_file_does_not_get_it(someone: Lives, simulator: StandIn, name: str) -> None:
    """It is offered there; the file that asked gets it by itself as soon as it is opened."""
    kill_at(someone, INSTANTS[name], simulator)
    acts = [("start", None), ("open", "other.blend"), ("rest", None), ("open", "asking.blend"), ("rest", None)]
    other, asking, _quit = someone.live(*acts, ("quit", None))
    (job,) = other["jobs"]
    assert other["file"].endswith("other.blend") and other["objects"] == []
    assert job["said"] == "Ready to import" and job["importable"]
    check_object(asking)
    check_paid_once(someone, simulator)


@pytest.mark.parametrize("hold", ["", "before imported"])
def test_what_was_saved_does_not_come_twice(someone: Lives, simulator: StandIn, hold: str) -> None:
    """Not even when Blender is killed with the file saved, and not yet noted that it was."""
    start, *then = ONE_JOB
    held = [("hold", hold)] if hold else []
    life = someone.begin(start, *held, *then, ("rest", None), ("save", None), ("go on", None))
    wanted = ["downloaded"] if hold else ["imported"]
    life.wait_until(lambda: someone.on_disk() == wanted and any("states" in line for line in life.told()))
    life.wait_until(lambda: not hold or {"held": hold} in life.told())
    life.kill()
    told = someone.live(("start", None), ("open", "asking.blend"), ("rest", None), ("quit", None))[-2]
    check_object(told)
    check_paid_once(someone, simulator)
    assert someone.on_disk() == ["imported"]


@pytest.mark.parametrize("leaves", ["quit", "open"])
def test_what_was_left_on_purpose_does_not_come_back(someone: Lives, simulator: StandIn, leaves: str) -> None:
    """Blender was quit, or another file opened, without saving: the object is in the list only."""
    leave = ("quit", None) if leaves == "quit" else ("open", "other.blend")
    life = someone.begin(*ONE_JOB, ("rest", None), leave, ("go on", None))
    life.wait_until(lambda: someone.on_disk() == ["imported"])
    life.kill()
    told = someone.live(("start", None), ("open", "asking.blend"), ("rest", None), ("quit", None))[-2]
    assert told["objects"] == ["chair"] and told["jobs"][0]["importable"]
    check_paid_once(someone, simulator)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the server does wrong ends in a sentence, with the file as it was; the next job goes as if nothing was."""

import re
import tempfile
from pathlib import Path
from typing import Any

import bpy
import pictures
import pytest
from artist import Artist, await_no_thread, module, our_threads
from datablocks import all_names, look
from misbehaviours import CASES, EXPECTED
from stand_in import StandIn

pytestmark = pytest.mark.any_blender

IMPATIENCE_SECONDS = 3.0
"""For a server that is late or slow; with any other a busy machine would not be told from a late one."""


@pytest.fixture
def ready(artist: Artist, monkeypatch: pytest.MonkeyPatch) -> Artist:
    monkeypatch.setattr(module("core.workplace"), "GIVE_UP_AFTER_SILENCES", 3)
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    return artist


def temporary() -> list[str]:
    """Give what lies in the temporary folder, but for pytest's own."""
    folder = Path(tempfile.gettempdir())
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("pytest-"))


def generate(artist: Artist) -> tuple[Any, str]:
    """Run the operator as a script does; give the job, and what was raised."""
    raised = ""
    try:
        bpy.ops.trellis.generate()
    except RuntimeError as error:
        raised = str(error)
    return list(artist.session.jobs.values())[-1], raised


def check_sentence(text: str, artist: Artist) -> None:
    assert re.match(r"[A-Z]", text) and text.endswith("."), text
    assert "Traceback" not in text and artist.simulator.key not in text and "\n" not in text and len(text) < 500


OPTIONS = {"late": {"seconds": 60.0}, "drip": {"bytes_per_second": 10.0}, "huge_json": {"megabytes": 12.0}}
"""No larger: a busy machine takes its time over it, and then another sentence is the right one."""


@pytest.mark.parametrize(("route", "fault", "state", "words"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_ends_in_a_sentence_and_an_unchanged_file(
    ready: Artist, route: str, fault: str, state: str, words: str
) -> None:
    before, seen = all_names(), look(bpy.context.scene, bpy.context.view_layer)
    temporary_before = temporary()
    if fault in ("late", "drip"):
        ready.patience_seconds = IMPATIENCE_SECONDS
    is_overdue = (route, fault[:3]) == ("poll", "429")
    if is_overdue:
        ready.overdue_after_seconds = 1.0  # the service asks to wait, so we do: until a script has waited enough
    options = OPTIONS.get(fault, {})
    is_limit = (route, fault[:3]) == ("submit", "429")  # which is waited out, however long it lasts
    ready.simulator.control.misbehave(route, fault, times=1 if is_limit else None, **options)
    job, raised = generate(ready)
    said = job.error or job.note
    assert (job.state.value + ("*" if job.suspended else ""), raised.strip()) == (
        state,
        f"Error: {said}" if said else "",
    )
    assert temporary() == temporary_before
    kept = {f"{job.id}.glb", f"{job.id}.answer.json"}
    assert set(ready.files()) <= kept, "only what is paid for may stay in the download folder"
    if state == "imported":
        return
    check_sentence(said, ready)
    assert all(word in said for word in words.split("|")), said
    assert all_names() == before
    assert look(bpy.context.scene, bpy.context.view_layer) == seen
    turned_away = module("core.submission").WAITS_FOR_MODEL if (route, fault) == ("submit", "503") else 0
    assert ready.simulator.control.counters()["posts"] == 1 + turned_away, "a POST that may be taken is sent once"
    assert not ready.simulator.control.violations()

    ready.simulator.control.behave()
    if is_overdue:
        ready.overdue_after_seconds = 600.0
        ready.session = ready.new_session()
    again, raised = generate(ready)
    assert (again.state.value, raised) == ("imported", "")


def test_every_misbehaviour_of_the_stand_in_is_tried(standing: StandIn) -> None:
    with pytest.raises(ValueError, match="faults are") as refused:
        standing.control.misbehave("submit", "no such fault")
    assert set(str(refused.value).partition("faults are ")[2].split(", ")) == set(EXPECTED)


@pytest.mark.parametrize("shape", ["object", "string"])
def test_the_servers_own_failure_is_told(ready: Artist, shape: str) -> None:
    ready.simulator.control.misbehave("run", "fail", shape=shape, message="CUDA out of memory")
    job, raised = generate(ready)
    assert job.state.value == "failed" and "CUDA out of memory" in job.error and job.error in raised


def test_a_job_that_never_finishes_can_be_cancelled(ready: Artist) -> None:
    ready.simulator.control.misbehave("run", "never_finish")
    before = all_names()
    job = ready.order()
    ready.wait_for_state(job, "processing")
    assert bpy.ops.trellis.remove_job(job=job.id) == {"CANCELLED"}, "a running job stays in the list"
    assert bpy.ops.trellis.cancel(job=job.id) == {"FINISHED"}
    told = ready.wait(job)[0]
    assert told.state.value == "cancelled" and "billed" in told.error
    assert all_names() == before
    assert bpy.ops.trellis.remove_job(job=job.id) == {"FINISHED"}
    ready.rest()
    assert not ready.session.jobs


def test_a_passing_trouble_is_got_over(ready: Artist) -> None:
    for route, fault in (("poll", "503"), ("poll", "cut_after"), ("download", "truncated"), ("download", "expired")):
        ready.simulator.control.misbehave(route, fault)
    job, raised = generate(ready)
    assert (job.state.value, raised) == ("imported", "")
    assert ready.simulator.accepted() == 1


def test_a_stopped_job_goes_on_for_free(ready: Artist) -> None:
    ready.simulator.control.misbehave("download", "500", times=None)
    job, raised = generate(ready)
    assert raised and job.suspended and job.resumable
    ready.simulator.control.behave()
    assert bpy.ops.trellis.resume(job=job.id) == {"FINISHED"}
    assert ready.wait(job)[0].state.value == "imported"
    assert "mushroom" in bpy.data.objects
    assert ready.simulator.accepted() == 1


def test_many_misbehaving_at_once_leave_few_threads(ready: Artist) -> None:
    ready.simulator.control.misbehave("download", "truncated", times=None)
    jobs = []
    for seed in range(8):
        ready.settings.seed = seed
        jobs.append(ready.order())
    before = all_names()
    assert all(job.suspended for job in ready.wait(*jobs))
    assert all_names() == before and len(our_threads()) <= module("core.engine").WORKERS
    ready.session.close()
    await_no_thread()

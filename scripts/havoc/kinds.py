# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of havoc: each makes one run out of a cell, which says what and when, and of dice for the rest."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from .moments import lines_of
from .plan import Event, Life, Stage

Draw = Callable[[random.Random, str], dict[str, Any]]

SUBMIT_FAULTS = ("cut_unread", "cut_before", "cut_after", "cut_middle", "truncated", "500", "502", "503", "429",
                 "garbage", "empty", "402", "504")  # fmt: skip
UPLOAD_FAULTS = ("cut_unread", "cut_before", "cut_after", "cut_middle", "500", "429", "413", "garbage", "empty")
POLL_FAULTS = ("cut_before", "500", "503", "garbage", "empty", "404", "cut_middle", "429", "cut_after")
DOWNLOAD_FAULTS = ("truncated", "wrong_length", "garbage_file", "500", "cut_middle", "expired", "chunked_cut",
                   "cut_before", "empty", "wrong_magic")  # fmt: skip
JUMPS: Mapping[str, float] = {"a day back": -86_400.0, "a day on": 86_400.0, "an hour on": 3_600.0, "90 s back": -90.0}
NAPS = ("before the POST", "after the POST's body", "the reply has begun", "a poll goes out", "the download has begun",
        "before downloaded", "before completed", "before the picture")  # fmt: skip
TWO_MOMENTS = ("after submitting", "after the POST's body", "after accepted", "a poll is answered", "after downloading",
               "the download has begun", "after downloaded")  # fmt: skip
AWAY: Mapping[str, float] = {"1 hour": 3_700.0, "8 days": 8 * 86_400.0, "31 days": 31 * 86_400.0}
BLIND: Mapping[str, dict[str, Any]] = {
    "no list": {"offers_list": False},
    "no usage": {"offers_list": True, "offers_usage": False},
    "neither": {"offers_list": False, "offers_usage": False},
    "late list": {"offers_list": True, "list_delay_seconds": 0.5},
    "late usage": {"offers_list": False, "usage_delay_seconds": 0.5},
}
AGAIN_MOMENTS = ("alone", "before the picture", "after prepared", "before submitting", "after submitting",
                 "after the POST's body", "before refused", "after refused", "unsent")  # fmt: skip
SLOW = {"job_seconds": 0.5}


def reach(state: str) -> dict[str, Any]:
    """Give what the server has to do so that a job comes to a state."""
    ways: dict[str, dict[str, Any]] = {
        "refused": {"faults": (("submit", "402", {}),)},
        "uncertain": {"faults": (("submit", "cut_after", {}),)},
        "failed": {"faults": (("run", "fail", {}),)},
        "expired": {"faults": (("poll", "404", {"times": 8}),), "settings": {"usage_output_urls": False}},
        "processing": {"settings": SLOW},
        "cancelled": {"settings": SLOW},
    }
    return ways.get(state, {})


def few(dice: random.Random) -> int:
    return dice.choice((1, 1, 2, 3))


def first(dice: random.Random, *events: Event, jobs: int = 0, **values: Any) -> tuple[Stage, ...]:
    return (Stage((Life(jobs or few(dice), events, **values),)),)


def kill(dice: random.Random, moment: str) -> dict[str, Any]:
    """Kill at one moment."""
    looked = "looking" in moment
    state = "uncertain" if looked else moment.partition(" ")[2]
    values = {**reach(state), **({"settings": {"offers_list": "list" in moment}} if looked else {})}
    events = [Event(moment, nth=1 if looked or values.get("faults") else dice.choice((1, 1, 2)))]
    jobs = 1 if values.get("faults") else few(dice)
    if events[0].nth > 1:
        jobs = max(jobs, 2)
    if state == "cancelled":
        events.append(Event("a poll is answered", "cancel"))
    return {**values, "stages": first(dice, *events, jobs=jobs), "twins": dice.random() < 0.2}


def line(dice: random.Random, module: str) -> dict[str, Any]:
    """Kill at the first of some lines of a module that comes to run."""
    lines = tuple(sorted(dice.sample(lines_of(module), 3)))
    event = Event("line", nth=dice.choice((1, 1, 2, 4)), module=module, lines=lines)
    values: dict[str, Any] = {"faults": (("submit", "cut_after", {}),)} if module in ("reconcile", "matching") else {}
    if module == "resumption" or dice.random() < 0.3:
        start = Life(2, (Event(dice.choice(("after submitting", "after accepted", "after completed"))),))
        return {**values, "stages": (Stage((start,)), Stage((Life(events=(event,), insist=True),)))}
    return {**values, "stages": first(dice, event)}


def time(dice: random.Random, since: str) -> dict[str, Any]:
    """Kill at a time, wherever that is: in the middle of a write, too."""
    return {"stages": first(dice, die_after=float(since) + dice.uniform(0.005, 0.1 + float(since)), jobs=3)}


def reply(dice: random.Random, cell: str) -> dict[str, Any]:
    """Spoil the POST's answer; and die when that is noticed."""
    fault, then = cell.split(" / ")
    events = [Event(dice.choice(("after uncertain", "before uncertain")))] if "killed" in then else []
    ends = {"402": "refused", "429": "accepted", "503": "accepted"}  # what is turned away is sent by itself
    events = [Event(event.moment.replace("uncertain", ends.get(fault, "uncertain"))) for event in events]
    options = {"times": 1 if events else dice.choice((1, 2))}
    return {"faults": ((("submit", fault, options)),), "stages": first(dice, *events)}


def upload(dice: random.Random, cell: str) -> dict[str, Any]:
    """Store pictures ahead of their jobs: with the connection cut, answered wrongly, killed, or not offered at all."""
    if cell == "not offered":
        return {"uploads": True, "settings": {"offers_upload": False}, "stages": first(dice)}
    if cell in UPLOAD_FAULTS:
        options = {"times": dice.choice((1, 2, 4))}
        return {"uploads": True, "faults": (("upload", cell, options),), "stages": first(dice)}
    return {"uploads": True, "stages": first(dice, Event(cell))}


def poll(dice: random.Random, fault: str) -> dict[str, Any]:
    """Drop polls, or answer them wrongly."""
    return {"faults": (("poll", fault, {"times": dice.choice((1, 2, 5))}),), "stages": first(dice)}


def download(dice: random.Random, fault: str) -> dict[str, Any]:
    """Cut downloads short, or send something else."""
    options = {"times": dice.choice((1, 2, 6)), **({"share": dice.uniform(0.1, 0.9)} if fault == "truncated" else {})}
    return {"faults": (("download", fault, options),), "stages": first(dice)}


def disk(dice: random.Random, cell: str) -> dict[str, Any]:
    """Fill a disk at a moment; there is room again in the next life."""
    what, state = cell.split(" / ")
    moment = "before the picture" if state == "the picture" else f"before {state}"
    return {"disk": what, "stages": first(dice, Event(moment, "fill")), **reach(state)}


def corrupt(dice: random.Random, cell: str) -> dict[str, Any]:
    """Damage the store after a kill."""
    how, state = cell.split(" / ")
    return {"stages": (*first(dice, Event(f"after {state}")), Stage((), damage=how)), **reach(state)}


def clock(dice: random.Random, cell: str) -> dict[str, Any]:
    """Move this computer's clock: before a life, or in the middle of it."""
    jump, when = cell.split(" / ")
    seconds = JUMPS[jump]
    if when == "start":
        died = Event(dice.choice(("after submitting", "after the POST's body", "after accepted", "after completed")))
        return {"stages": (*first(dice, died, clock=seconds), Stage((Life(insist=True, clock=-seconds),)))}
    events = [Event(f"before {when}", "clock", value=seconds)]
    if dice.random() < 0.5:
        events.append(Event(f"after {when}"))
    return {"stages": first(dice, *events), **reach(when)}


def sleep(dice: random.Random, moment: str) -> dict[str, Any]:
    """Put the process to sleep for longer than its time-outs."""
    return {"stages": first(dice, Event(moment, "sleep"), hasty=True), "settings": {"job_seconds": 0.3}}


def two(dice: random.Random, cell: str) -> dict[str, Any]:
    """Run two processes on one store; one dies and the other takes over, or both share the limit of requests."""
    who, moment = cell.split(" / ")
    strict = 8 if "strict" in who else 0
    died = (Event(moment),)
    lives = [Life(2, strict=strict, insist=True), Life(2, strict=strict, insist=True, delay=dice.choice((0.0, 0.1)))]
    if who != "neither" and who != "strict":
        number = 1 if who == "second" else 0
        lives[number] = Life(2, died, strict=strict, delay=lives[number].delay)
        lives[1 - number] = Life(1, strict=strict, insist=True, await_jobs=3, delay=lives[1 - number].delay)
    settings = {"job_seconds": 0.5} if strict else {}
    return {"stages": (Stage(tuple(lives)),), "twins": dice.random() < 0.2, "settings": settings}


def expiry(dice: random.Random, cell: str) -> dict[str, Any]:
    """Come back when the server no longer knows the job's state, its links, or anything."""
    away, state = cell.split(" / ")
    moment = "after the POST's body" if state == "uncertain" else f"after {state}"
    seconds = AWAY[away]
    values = reach(state) if state != "uncertain" else {}
    return {**values, "gone": away == "31 days", "settings": {**values.get("settings", {}), "offers_list": True},
            "stages": (*first(dice, Event(moment), jobs=dice.choice((1, 1, 2))),
                       Stage((), advance=1.0), Stage((), advance=seconds))}  # fmt: skip


def blind(dice: random.Random, cell: str) -> dict[str, Any]:
    """Lose an answer at a server that does not tell everything, or only later."""
    offers, how = cell.split(" / ")
    if how == "cut":
        return {"settings": BLIND[offers], "faults": (("submit", "cut_after", {}),), "stages": first(dice)}
    moment = dice.choice(("after the POST's body", "the reply has begun", "the reply is read"))
    return {"settings": BLIND[offers], "stages": first(dice, Event(moment))}


def offline(dice: random.Random, state: str) -> dict[str, Any]:
    """Live once without the network: the list must be whole, and nothing sent."""
    return {"stages": (*first(dice, Event(f"after {state}")), Stage((Life(offline=True, insist=True),))),
            **reach(state)}  # fmt: skip


def closing(dice: random.Random, cell: str) -> dict[str, Any]:
    """Quit in a state, and be killed in the middle of that."""
    state, then = cell.split(" / ")
    events = [Event(f"before {state}", "close"), *([Event(then)] if then != "alone" else [])]
    return {"stages": first(dice, *events), **reach(state)}


def clean_up(dice: random.Random, cell: str) -> dict[str, Any]:
    """Be killed while a clean-up runs; what is not imported must stay."""
    moment, kept = cell.split(" / ")
    events = (Event(moment, nth=dice.choice((1, 2))),) if moment != "alone" else ()
    start = Life(dice.choice((2, 3)))
    more = (Stage((Life(2, imports=False),)),) if kept == "not imported" else ()
    return {"stages": (Stage((start,)), *more, Stage((Life(events=events, clean_up=True, imports=False),)))}


def migration(dice: random.Random, cell: str) -> dict[str, Any]:
    """Be killed between two statements of the first schema, or of a next one on a store with jobs."""
    which, statement = cell.split(" ")
    if which == "first":
        return {"stages": first(dice, migration_dies_at=int(statement))}
    died = Life(migrations=3, migration_dies_at=int(statement))
    before = Event(dice.choice(("after submitting", "after accepted", "after completed", "after imported")))
    return {"stages": (*first(dice, before), Stage((died,))), "migrations": 3}


def cancel(dice: random.Random, cell: str) -> dict[str, Any]:
    """Cancel in a state, and be killed before or after the answer."""
    state, then = cell.split(" / ")
    events = [Event(f"after {state}", "cancel"), *([Event(then)] if then != "alone" else [])]
    offers = [{}, {"offers_cancel": False}, {"offers_cancel": False, "offers_delete": False}]
    offered = dice.choice(offers[: 3 if then == "alone" else 2])
    return {"stages": first(dice, *events), "settings": {**SLOW, **offered}}


def take_over(dice: random.Random, cell: str) -> dict[str, Any]:
    """Be killed in a state, and again while the next start takes over what is left."""
    moment, state = cell.split(" / ")
    again = Life(events=(Event(moment, nth=dice.choice((1, 1, 2)) if moment in ("woken", "taken up") else 1),))
    return {"stages": (*first(dice, Event(f"after {state}"), jobs=3 if again.events[0].nth > 1 else 0),
                       Stage((again,))), **reach(state)}  # fmt: skip


def again(dice: random.Random, moment: str) -> dict[str, Any]:
    """Press Send Again, twice, for what was never accepted, and be killed while it is done."""
    if moment == "unsent":
        return {"stages": (*first(dice, Event("after the picture")), Stage((Life(send_again=True),)))}
    events = (Event(moment),) if moment != "alone" else ()
    lost = dice.choice(("cut_before", "500", "garbage"))
    options = {"times": 1, **({"effect": False} if lost == "garbage" else {})}
    stages = (*first(dice, jobs=dice.choice((1, 2))), Stage((Life(events=events, send_again=True),)))
    return {"faults": (("submit", lost, options),), "settings": {"offers_list": True}, "stages": stages}


def everything(dice: random.Random, state: str) -> dict[str, Any]:
    """All at once."""
    faults = [
        (route, dice.choice(names), {"times": dice.choice((1, 1, 2))})
        for route, names in (("submit", SUBMIT_FAULTS), ("poll", POLL_FAULTS), ("download", DOWNLOAD_FAULTS))
        if dice.random() < 0.5
    ]
    moment = f"{dice.choice(('before', 'after'))} {state}"
    events = [Event(moment)]
    if dice.random() < 0.5:
        events.insert(0, Event(moment, "clock", value=dice.choice(tuple(JUMPS.values()))))
    lives = [Life(few(dice), tuple(events), clock=dice.choice((0.0, 0.0, *JUMPS.values())))]
    if dice.random() < 0.5:
        lives.append(Life(1, insist=True, await_jobs=2))
    return {"faults": tuple(faults), "stages": (Stage(tuple(lives)),), "twins": dice.random() < 0.2,
            "disk": "", "settings": {"result_shape": "result.url"}}  # fmt: skip

# SPDX-License-Identifier: GPL-3.0-or-later
"""One job's life, as the panel tells it; and what it says when that life is not straight."""

from photography import pictures
from photography.studio import State, Studio
from tests.gui import scene

TITLE = "Jobs"
SAYS = "What each job is doing, how far it is, and what helps when it stops."
FEW_FACES = 20_000
WINDOW = (1400, 1000)
PROGRESS = f"[round(j.progress or 0, 1) for j in {scene.SESSION}.jobs.values()] == [0.4]"
STATUS = f"__import__('sys').modules['{scene.PACKAGE}.blender.statusbar'].shown()"


def order(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.settings(decimation_target=FEW_FACES, texture_size="1024")
    studio.await_preview()
    studio.press("trellis.generate")


def queued(studio: Studio) -> None:
    studio.server.control.settings(job_seconds=600.0, queue_seconds=600.0)
    order(studio)
    studio.await_states("accepted")
    studio.window.wait_for(f"all(j.polls for j in {scene.SESSION}.jobs.values())", timeout=60)


def processing(studio: Studio) -> None:
    studio.server.control.settings(queue_seconds=0.0)
    studio.server.control.advance(240.0)
    studio.await_states("processing")
    studio.window.wait_for(PROGRESS, timeout=60)


def downloading(studio: Studio) -> None:
    studio.server.control.misbehave("download", "drip", bytes_per_second=20_000.0)
    for job in studio.server.control.jobs():
        studio.server.control.steer(job["id"], seconds=0.0)
    studio.await_states("downloading")


def finished(studio: Studio) -> None:
    studio.server.control.settings(job_seconds=0.5)
    order(studio)
    studio.await_states("imported")


def refused(studio: Studio) -> None:
    studio.server.control.misbehave("submit", "402")
    order(studio)
    studio.await_states("refused")


def failed(studio: Studio) -> None:
    studio.server.control.misbehave("run", "fail")
    studio.server.control.settings(job_seconds=0.5)
    order(studio)
    studio.await_states("failed")


def uncertain(studio: Studio) -> None:
    studio.server.control.settings(list_delay_seconds=7200.0, usage_delay_seconds=7200.0)
    studio.server.control.misbehave("submit", "cut_after")
    order(studio)
    studio.await_states("uncertain")


def key_refused(studio: Studio) -> None:
    studio.server.control.misbehave("submit", "401")
    order(studio)
    studio.await_states("refused")


def in_the_window(studio: Studio) -> None:
    """The box with its progress, the status bar's line, and the panel."""
    studio.run("for name in ('Cube', 'Camera', 'Light'):\n    bpy.data.objects[name].hide_set(True)")
    studio.run("area('VIEW_3D').spaces.active.region_3d.view_distance = 5.0")
    studio.run("area('VIEW_3D').spaces.active.overlay.show_floor = True")
    studio.server.control.settings(job_seconds=600.0)
    order(studio)
    studio.await_states("processing")
    studio.server.control.advance(250.0)
    studio.window.wait_for(PROGRESS, timeout=60)


def elsewhere(studio: Studio) -> None:
    """The artist works in another tab when the object comes."""
    studio.window.open_sidebar("VIEW_3D", "Item")
    for job in studio.server.control.jobs():
        studio.server.control.steer(job["id"], seconds=0.0)
    studio.await_states("imported")
    studio.window.wait_for(f"{STATUS}.endswith(' new')", timeout=30)


STATES = (
    State("window", "While a job runs, the box that stands for its object says how far it is; so does the status bar",
          in_the_window, look="screen", size=WINDOW),
    State("job-elsewhere", "The object came while the artist was in another tab: the status bar says it", elsewhere,
          goes_on=True, look="screen", cut=(0.0, 0.9, 1.0, 0.1)),
    State("job-queued", "A job that waits at the service", queued),
    State("job-processing", "A job that is being made", processing, goes_on=True),
    State("job-downloading", "A job whose object is on its way", downloading, goes_on=True),
    State("job-finished", "A job whose object stands in the scene", finished),
    State("job-refused", "The account's credit does not cover a job, and the way on", refused),
    State("job-failed", "A job that failed at the service", failed),
    State("job-uncertain", "A job whose answer was lost: it is looked for, and never sent again by itself", uncertain),
    State("job-key", "The service does not know the key, and the way to where it is entered", key_refused),
)  # fmt: skip

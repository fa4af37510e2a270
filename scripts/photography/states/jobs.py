# SPDX-License-Identifier: GPL-3.0-or-later
"""One job's life, as the panel tells it; and what it says when that life is not straight."""

from photography import pictures
from photography.studio import State, Studio

FEW_FACES = 20_000


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


def processing(studio: Studio) -> None:
    studio.server.control.settings(queue_seconds=0.0)
    studio.server.control.advance(240.0)
    studio.await_states("processing")


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


STATES = (
    State("job-queued", "A job that waits at the service", queued),
    State("job-processing", "A job that is being made", processing, goes_on=True),
    State("job-downloading", "A job whose object is on its way", downloading, goes_on=True),
    State("job-finished", "A job whose object stands in the scene", finished),
    State("job-refused", "The account's credit does not cover a job, and the way on", refused),
    State("job-failed", "A job that failed at the service", failed),
    State("job-uncertain", "A job whose answer was lost: it is looked for, and never sent again by itself", uncertain),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons beside an error: which ones is the core's table, how each is drawn is told here."""

from collections.abc import Callable

import bpy

from ...core.jobs import Job
from ...core.remedies import Remedy, remedies
from ..identity import COPY_DIAGNOSTICS, COPY_JOB_SETTINGS, DASHBOARD, PACKAGE, SHOW_LOG

_DRAWN_ELSEWHERE = (Remedy.RETRY, Remedy.AGAIN, Remedy.IMPORT)
"""They stand above these, with their price or their own words."""


def draw(layout: bpy.types.UILayout, job: Job) -> None:
    """Draw what helps against a job's error; nothing where there is none."""
    offered = [remedy for remedy in remedies(job) if remedy not in _DRAWN_ELSEWHERE]
    if not offered:
        return
    large = [remedy for remedy in offered if remedy in _LARGE]
    small = [remedy for remedy in offered if remedy in _SMALL]
    for remedy in large:
        _LARGE[remedy](layout, job)
    if small:
        row = layout.row(align=True)
        for remedy in small:
            _SMALL[remedy](row, job)


def _preferences(layout: bpy.types.UILayout, _job: Job) -> None:
    layout.operator("preferences.addon_show", text="Preferences", icon="PREFERENCES").module = PACKAGE


def _top_up(layout: bpy.types.UILayout, _job: Job) -> None:
    layout.operator(DASHBOARD, text="Top Up", icon="URL")


def _dashboard(layout: bpy.types.UILayout, _job: Job) -> None:
    layout.operator(DASHBOARD, icon="URL")


def _settings(layout: bpy.types.UILayout, job: Job) -> None:
    layout.operator(COPY_JOB_SETTINGS, icon="PASTEDOWN").job = job.id


def _log(layout: bpy.types.UILayout, _job: Job) -> None:
    layout.operator(SHOW_LOG, icon="TEXT")


def _details(layout: bpy.types.UILayout, job: Job) -> None:
    layout.operator(COPY_DIAGNOSTICS, text="Copy Details", icon="COPYDOWN").job_id = job.id


_Draw = Callable[[bpy.types.UILayout, Job], None]
_LARGE: dict[Remedy, _Draw] = {
    Remedy.PREFERENCES: _preferences,
    Remedy.TOP_UP: _top_up,
    Remedy.DASHBOARD: _dashboard,
    Remedy.SETTINGS: _settings,
}
_SMALL: dict[Remedy, _Draw] = {Remedy.LOG: _log, Remedy.DETAILS: _details}

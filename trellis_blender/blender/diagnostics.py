# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to know of Blender, settings and jobs, as a report without secrets. No disk, no network."""

import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bpy

from ..core import diagnostics
from ..core.errors import TrellisError
from ..core.version import version
from . import journal, preferences, session

_NOT_TOLD = ("bl_idname", "rna_type", "name", *preferences.SECRETS, *preferences.HIDDEN)


def report() -> str:
    """Give the whole report."""
    live = session.current()
    jobs = list(live.jobs.values())
    sections = [
        ("System", _system()),
        ("Settings", dict(_settings())),
        ("Service", _service(live)),
        ("Jobs", {"list": _list_health(live), **diagnostics.counts(jobs)}),
        ("Last Errors", diagnostics.faults(jobs)),
    ]
    return _cleaned(diagnostics.report(_title(), sections, journal.lines()))


def of_job(job_id: str) -> str:
    """Give the report about one job. Raises :class:`TrellisError` when there is none of that name."""
    job = session.current().jobs.get(job_id)
    if job is None:
        raise TrellisError("This job is no longer in the list.")
    sections = [("Job", diagnostics.of_job(job)), ("System", _system())]
    about = [line for line in journal.lines() if job_id in line]
    return _cleaned(diagnostics.report(_title(), sections, about))


def log() -> str:
    """Give the log of this session."""
    return _cleaned("\n".join(journal.lines()) or "Nothing was logged in this session.") + "\n"


def as_text(name: str, content: str) -> bpy.types.Text:
    """Give a text of the open file that holds this alone; it is of today, and not saved unless the artist wants it."""
    text = bpy.data.texts.get(name) or bpy.data.texts.new(name)
    text.clear()
    text.write(content)
    text.use_fake_user = False
    return text


def _title() -> str:
    return f"# TRELLIS for Blender {version()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _system() -> dict[str, object]:
    app = bpy.app
    return {
        "Blender": f"{app.version_string} ({_text(app.build_hash)}, {_text(app.build_platform)})",
        "Python": platform.python_version(),
        "system": platform.platform(),
        "libraries": diagnostics.libraries(),
        "without a window": app.background,
        "online access": app.online_access,
        "language": bpy.context.preferences.view.language,
        "interface scale": round(bpy.context.preferences.system.ui_scale, 2),
    }


def _settings() -> Iterator[tuple[str, object]]:
    yield "API key", preferences.key_origin().value
    own: Any = preferences.get()
    for definition in own.bl_rna.properties:
        name = definition.identifier
        if name in _NOT_TOLD:
            continue
        value = getattr(own, name)
        mark = "" if own.is_property_set(name) else " (default)"
        yield name, f"{round(value, 6) if isinstance(value, float) else value!r}{mark}"


def _service(live: session.Session) -> dict[str, object]:
    try:
        server = preferences.endpoint().base_url
    except TrellisError as error:
        server = str(error)
    told = live.connection
    pause = max(live.paused_until - time.time(), 0.0)
    return {
        "server": server,
        "last Test Connection": told.sentence if told is not None else "not pressed in this session",
        "asked for a pause": f"{pause:.0f} s more" if pause else "no",
    }


def _list_health(live: session.Session) -> str:
    return live.store_sentence or ("open" if live.opened else "not opened yet")


def _cleaned(text: str) -> str:
    own: Any = preferences.get()
    secrets = [getattr(own, name) for name in preferences.SECRETS]
    try:
        secrets.append(preferences.key().reveal())
    except TrellisError:
        secrets.append(os.environ.get(preferences.ENVIRONMENT_VARIABLE, "").strip())
    return diagnostics.cleaned(text, secrets=secrets, home=str(Path.home()))


def _text(told: object) -> str:
    return told.decode(errors="replace") if isinstance(told, bytes) else str(told)

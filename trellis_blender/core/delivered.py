# SPDX-License-Identifier: GPL-3.0-or-later
"""What was delivered beside what was asked for: faces and texture size, in one sentence. Imports no bpy."""

from __future__ import annotations

from typing import Final

from .jobs import Job

FACES_TOLERANCE: Final = 0.02
"""A difference of this share, or less, is not worth a word."""


def difference(job: Job) -> str:
    """Say what came otherwise than it was asked for, or nothing."""
    if not job.faces:
        return ""
    found = [text for text in (_faces(job), _texture(job)) if text]
    if len(found) > 1:
        faces, texture = found
        return f"Not as asked: {faces} and {texture}."
    return f"Not as asked: {found[0]}." if found else ""


def is_too_heavy(job: Job) -> bool:
    """Whether it has more faces than were asked for."""
    return bool(job.faces) and job.faces > int(job.request.value("decimation_target")) * (1 + FACES_TOLERANCE)


def _faces(job: Job) -> str:
    asked = int(job.request.value("decimation_target"))
    if abs(job.faces - asked) <= FACES_TOLERANCE * asked:
        return ""
    return f"{job.faces:,} faces instead of {asked:,}"


def _texture(job: Job) -> str:
    asked, most = int(job.request.value("texture_size")), job.texture_pixels
    least = most if job.texture_least is None else job.texture_least
    if most is None or most == least == asked:
        return ""
    if not most:
        return "no texture"
    if most == least:
        return f"textures of {most} pixels instead of {asked}"
    return f"textures of {least} to {most} pixels instead of {asked}"

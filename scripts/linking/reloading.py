# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking every running Blender that has the link to reload the extension, and hearing what came of it."""

import json
import shutil
import time

from .folder import DEV

REQUEST = DEV / "reload"
ANSWERS = DEV / "answers"
ANSWER_TIMEOUT_SECONDS = 5.0
MORE_ANSWERS_SECONDS = 1.0
"""How long to go on listening for other Blenders after the first has answered."""


def ask_to_reload() -> list[dict[str, str]]:
    """Return the answers, each with ``version`` and ``error``; none when no Blender is running."""
    DEV.mkdir(parents=True, exist_ok=True)
    if ANSWERS.exists():
        shutil.rmtree(ANSWERS)
    REQUEST.write_text("", encoding="utf-8")
    asked = REQUEST.stat().st_mtime_ns
    deadline = time.monotonic() + ANSWER_TIMEOUT_SECONDS
    answers: list[dict[str, str]] = []
    while time.monotonic() < deadline:
        time.sleep(0.1)
        files = sorted(ANSWERS.glob("*.json")) if ANSWERS.exists() else []
        if len(files) > len(answers):
            heard = [json.loads(file.read_text(encoding="utf-8")) for file in files]
            answers = [answer for answer in heard if answer["asked"] == asked]
            deadline = time.monotonic() + MORE_ANSWERS_SECONDS
    return answers

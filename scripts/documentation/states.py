# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/states.md: a job's states and the changes between them, from the table that the engine itself goes by."""

import ast
import itertools
from pathlib import Path

from trellis_blender.core import jobs
from trellis_blender.core.jobs import CANCELLABLE, ENDED, TRANSITIONS, State

_HEAD = """<!-- Written by scripts/docs from trellis_blender/core/jobs.py; do not edit. -->
# The states of a job

Every change is on disk before the step that it announces, so a Blender that dies at any point goes on from here.
The paid request leaves between *prepared* and *submitting*, and no way leads back there: it is sent once.

```mermaid
stateDiagram-v2
    [*] --> prepared
"""


def page() -> str:
    """Give the page as it should be."""
    lines = [
        f"    {before.value} --> {after.value}" for before in State for after in State if after in TRANSITIONS[before]
    ]
    ends = [f"    {state.value} --> [*]" for state in State if not TRANSITIONS[state]]
    meanings = _meanings()
    rows = [
        f"| {state.value} | {meanings.get(state.name, '')} | {_mark(state in ENDED)} | {_mark(state in CANCELLABLE)} |"
        for state in State
    ]
    table = ["| State | Meaning | At rest | Can be cancelled |", "|---|---|---|---|", *rows]
    return _HEAD + "\n".join([*lines, *ends, "```", "", *table, ""])


def _mark(value: bool) -> str:
    return "yes" if value else ""


def _meanings() -> dict[str, str]:
    """Read the sentences that stand under the states in the source."""
    tree = ast.parse(Path(jobs.__file__).read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "State")
    found = {}
    for node, following in itertools.pairwise(body):
        said = following.value if isinstance(following, ast.Expr) else None
        if isinstance(node, ast.Assign) and isinstance(said, ast.Constant) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = str(said.value)
    return found

# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums the reports of a campaign: a row a kind, a total, and which cells never came about."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS: Mapping[str, str] = {
    "runs": "runs", "killed": "killed", "accepted": "accepted by the server", "stored": "in the store",
    "recovered": "assets recovered", "lost": "assets lost", "said": "unknowable, said", "orphans": "orphans",
    "posts": "POSTs", "intents": "intents", "most_posts": "POSTs per intent, max", "key_bytes": "key bytes",
    "faults": "faults",
}  # fmt: skip
_MOST = ("most_posts",)


def sums(reports: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Give the sums of some reports."""
    given = dict.fromkeys(COLUMNS, 0)
    for report in reports:
        for name in COLUMNS:
            value = 1 if name == "runs" else len(report["faults"]) if name == "faults" else report[name]
            given[name] = max(given[name], value) if name in _MOST else given[name] + value
    return given


def is_clean(total: Mapping[str, int]) -> bool:
    """Whether nothing was lost, paid twice, left behind or shown."""
    return not (total["lost"] or total["orphans"] or total["key_bytes"] or total["faults"]) and total["most_posts"] <= 1


def by_kind(reports: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Give the sums of each kind, in the order of the kinds' names."""
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for report in reports:
        groups[report["kind"]].append(report)
    return {kind: sums(group) for kind, group in sorted(groups.items())}


def coverage(reports: Sequence[Mapping[str, Any]], cells: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Give for each kind how many of its cells were tried and came about, and those that never did."""
    tried: dict[str, Counter[str]] = defaultdict(Counter)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        tried[report["kind"]][report["cell"]] += 1
        came[report["kind"]][report["cell"]] += report["happened"] >= report["planned"]
    given = {}
    for kind, names in cells.items():
        never = [name for name in names if tried[kind][name] and not came[kind][name]]
        given[kind] = {
            "cells": len(names),
            "tried": sum(1 for name in names if tried[kind][name]),
            "happened": sum(1 for name in names if came[kind][name]),
            "runs that happened": sum(came[kind].values()),
            "never happened": never,
        }
    return given


def lines(reports: Sequence[Mapping[str, Any]], cells: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the tables for people."""
    rows = [*by_kind(reports).items(), ("total", sums(reports))]
    heads = ["", *COLUMNS.values()]
    widths = [max(len(kind) for kind, _row in rows), *(max(len(word) for word in head.split()) for head in heads[1:])]
    widths = [max(width, 6) for width in widths]
    stacked = [head.split() for head in heads]
    given = []
    for level in range(max(len(words) for words in stacked)):
        words = [words[level] if level < len(words) else "" for words in stacked]
        given.append("  ".join(word.rjust(width) if number else word.ljust(width)
                               for number, (word, width) in enumerate(zip(words, widths, strict=True))))  # fmt: skip
    for kind, row in rows:
        numbers = [str(row[name]).rjust(width) for name, width in zip(COLUMNS, widths[1:], strict=True)]
        given.append("  ".join([kind.ljust(widths[0]), *numbers]))
    given += ["", "coverage: cells (kind, state or moment) that were tried, and in which the planned thing happened"]
    for kind, covered in coverage(reports, cells).items():
        text = f"  {kind:<16} {covered['happened']:>3} of {covered['tried']:>3} tried, {covered['cells']:>3} in all"
        given.append(text + (f"; never: {', '.join(covered['never happened'])}" if covered["never happened"] else ""))
    return given

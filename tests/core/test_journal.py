# SPDX-License-Identifier: GPL-3.0-or-later
"""What was logged is kept, without keys, and nobody hears more or less than before."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from trellis_blender.core.journal import Journal

KEY = "sk-empiriolabs-nobody.may-keep_this"


class Ear(logging.Handler):
    """A handler of somebody else, such as that of a console."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.name}:{record.getMessage()}")


@pytest.fixture
def loggers() -> Iterator[tuple[logging.Logger, logging.Logger, Ear]]:
    """Somebody's logger with an ear, and below it the one that is listened to."""
    above, ours = logging.getLogger("journal-test"), logging.getLogger("journal-test.ours")
    ear = Ear()
    above.addHandler(ear)
    above.setLevel(logging.WARNING)
    yield above, ours, ear
    above.removeHandler(ear)


def test_all_is_kept_and_others_hear_what_they_heard_before(
    loggers: tuple[logging.Logger, logging.Logger, Ear],
) -> None:
    above, ours, ear = loggers
    journal = Journal()
    journal.attach(ours)
    below = logging.getLogger("journal-test.ours.core.engine")
    below.debug("small %s", "talk")
    below.warning("trouble")
    assert [line[9:] for line in journal.lines()] == [
        "DEBUG core.engine: small talk",
        "WARNING core.engine: trouble",
    ]
    assert ear.heard == ["journal-test.ours.core.engine:trouble"]
    above.setLevel(logging.DEBUG)  # somebody wants to hear more, at any time
    below.debug("more")
    assert ear.heard[1:] == ["journal-test.ours.core.engine:more"]
    journal.detach()
    assert (ours.level, ours.propagate, ours.handlers) == (logging.NOTSET, True, [])
    below.debug("after")
    assert len(journal.lines()) == 3 and len(ear.heard) == 3


def test_level_that_somebody_set_is_honoured(loggers: tuple[logging.Logger, logging.Logger, Ear]) -> None:
    _above, ours, ear = loggers
    ours.setLevel(logging.INFO)
    journal = Journal()
    journal.attach(ours)
    ours.info("told")
    ours.debug("not told")
    assert len(journal.lines()) == 2 and ear.heard == ["journal-test.ours:told"]
    ours.setLevel(logging.ERROR)
    journal.detach()
    assert ours.level == logging.ERROR
    ours.setLevel(logging.NOTSET)


def test_keys_are_not_kept_and_old_records_go(loggers: tuple[logging.Logger, logging.Logger, Ear]) -> None:
    _above, ours, _ear = loggers
    journal = Journal(records=3)
    journal.attach(ours)
    for number in range(5):
        ours.info("%d %s", number, KEY)
    try:
        raise ValueError(f"quotes {KEY}")
    except ValueError:
        ours.exception("a defect")
    journal.detach()
    kept = journal.lines()
    assert len(kept) == 3 and "4 [key]" in kept[1]
    assert "Traceback" in kept[2] and "ValueError: quotes [key]" in kept[2]
    assert KEY not in repr(kept) and KEY not in repr(vars(journal))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts hand over: what is wrong is refused in one sentence, and what is right comes out as plain values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from trellis_blender.core import arguments, naming, request
from trellis_blender.core.catalogue import SETTINGS
from trellis_blender.core.errors import InvalidRequest, TrellisError
from trellis_blender.core.history import History
from trellis_blender.core.jobs import Job
from trellis_blender.core.records import from_text, to_text


class Stubborn:
    """Tells nothing of itself, and is equal to nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __eq__(self, _other: object) -> bool:
        raise RuntimeError("no")


WRONG: tuple[object, ...] = (
    math.nan, -math.inf, "5", "", "\ud800", b"5", True, 1j, [], {}, object(), Stubborn(), 10**5000, -1, Decimal("sNaN"),
    np.arange(3), np.float32("nan"),
)  # fmt: skip
CHECKS: tuple[Callable[[object], object], ...] = (
    arguments.amount, arguments.seconds, arguments.location, arguments.size,
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_no_number_of_its_kind_is_refused_in_a_sentence(check: Callable[[object], object]) -> None:
    for value in WRONG:
        if check is arguments.location and isinstance(value, np.ndarray):
            continue  # three numbers
        with pytest.raises(InvalidRequest, match=r"^\w+ is .*, but must be .*\.$"):
            check(value)
    assert check(None) in (None, math.inf)


def test_numbers_of_every_kind_are_taken() -> None:
    assert arguments.amount(Decimal("0.025")) == Decimal("0.025") == arguments.amount(0.025)
    assert arguments.amount(np.float32(0.25)) == Decimal("0.25") and arguments.amount(0) == 0
    assert arguments.seconds(np.int64(5)) == 5.0 == arguments.seconds(Decimal(5)) and arguments.seconds(math.inf) > 1e9
    assert arguments.location(np.array([1, 2, 3])) == (1.0, 2.0, 3.0) == arguments.location(iter((1, 2.0, Fraction(3))))
    assert arguments.size(0) == 0.0


@pytest.mark.parametrize("value", [5, None, b"x", ["x"], "a\nb", "a\0b", "\ud800", "a\u2028b", "x" * 256, Stubborn()])
def test_a_name_that_no_object_can_have_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest, match="but must be a text of one line"):
        arguments.name(value)
    assert naming.is_readable(naming.readable(value if not isinstance(value, Stubborn) else "x"))


@pytest.mark.parametrize("value", ["", "Stuhl", "椅子", "x" * 255, "\U0001f469\u200d\U0001f33e"])
def test_a_name_that_an_object_can_have_stays(value: str) -> None:
    assert arguments.name(f"  {value}"[-255:]) == value
    assert naming.readable(value) == value


def test_no_setting_takes_what_is_none_of_its_values() -> None:
    for parameter in SETTINGS:
        for value in (*WRONG, None, "a\0b"):
            try:
                request.build({parameter.name: value})
            except TrellisError as error:
                assert str(error).startswith(f"{parameter.name} is ")  # some take some of them
            else:
                assert isinstance(value, bool | str)


@pytest.mark.parametrize("kept", [5, None, ["a"], {"a": 1}, "a\nb", "\ud800", "x" * 10_000])
def test_a_record_with_any_name_is_read_and_listed(kept: object) -> None:
    """An early version took any name from a script."""
    text = json.dumps({**json.loads(to_text(Job("x", request.build({}), "http://a.example"))), "name": kept})
    job = from_text(text)
    assert naming.is_readable(job.name) and job.name
    listed = History()
    listed.take(job)
    assert listed.rows[job.id].found_by.startswith(job.name.lower())


@pytest.mark.parametrize(
    ("given", "plain"),
    [(np.int64(5), 5), (np.uint8(7), 7), (np.bool_(True), True), (np.bool_(False), False), (True, True)],
)
def test_numpys_whole_numbers_and_truths_are_pythons(given: object, plain: object) -> None:
    """They were refused as what they are: seed is 5, but must be a whole number."""
    found = arguments.plain(given)
    assert (found, type(found)) == (plain, type(plain))


@pytest.mark.parametrize("given", [1.5, np.float32(1.0), "5", None, [1], np.arange(3)])
def test_what_is_no_whole_number_stays(given: object) -> None:
    assert arguments.plain(given) is given

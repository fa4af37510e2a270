# SPDX-License-Identifier: GPL-3.0-or-later
"""A block of memory is used again, and never while anybody looks at what is in it."""

import queue
import threading
import weakref

import numpy as np

from trellis_blender.core import spare
from trellis_blender.core.spare import KEPT_SECONDS, LARGEST_BYTES, WORTH_FLOATS, Spare

COUNT = 64 * 48 * 4


def address(values: np.ndarray) -> int:
    return int(values.__array_interface__["data"][0])


def kept() -> Spare:
    made = Spare()
    made.keep(0.0)
    return made


def test_used_again_when_nobody_looks() -> None:
    made = kept()
    values = made.take(COUNT)
    assert values.shape == (COUNT,) and values.dtype == np.float32 and values.flags.writeable
    before = address(values)
    del values
    assert address(made.take(COUNT)) == before


def test_never_while_a_view_is_left() -> None:
    made = kept()
    values = made.take(COUNT)
    values[:] = 1.0
    views = [
        values.reshape(48, 64, 4)[::-1], values[3::4], np.ascontiguousarray(values).data, memoryview(values),
        np.moveaxis(values.reshape(48, 64, 4), 2, 0),
    ]  # fmt: skip
    before = address(values)
    del values
    others = []
    while views:
        others.append(made.take(COUNT))
        assert address(others[-1]) != before
        others[-1][:] = 2.0
        assert (np.asarray(views[-1]) == 1.0).all()
        views.pop()
    assert address(made.take(COUNT)) == before


def got(made: Spare, count: int, now: float = 0.0) -> None:
    assert not made.is_at_hand(count, now), "a thread is at it"
    assert made._getting is not None
    made._getting.join()


def test_had_from_the_system_beforehand_however_large() -> None:
    made = Spare()
    large = LARGEST_BYTES // 4 + 1
    got(made, large)
    assert made.is_at_hand(large, 0.0)
    before = address(np.frombuffer(made._block, np.float32))
    values = made.take(large)
    assert address(values) == before and values.flags.writeable
    del values
    assert not made._block, "none of that size is kept afterwards"
    got(made, WORTH_FLOATS)
    got(made, large)
    assert made.is_at_hand(large, 0.0), "in place of the one before"
    made.tidy(KEPT_SECONDS + 1.0)
    assert not made._block, "nobody wanted it"


def test_what_is_dropped_meanwhile_is_not_kept() -> None:
    made = Spare()
    assert not made.is_at_hand(WORTH_FLOATS, 0.0)
    made.drop()
    assert made._getting is not None
    made._getting.join()
    made.tidy(1.0)
    assert made._block is None


def test_no_thread_for_little_nor_for_what_there_is_not() -> None:
    made = Spare()
    assert made.is_at_hand(0, 0.0) and made.is_at_hand(WORTH_FLOATS - 1, 0.0) and made._getting is None
    beyond = 2**60
    got(made, beyond)
    assert made.is_at_hand(beyond, 0.0), "taking it says so"


def test_given_back_by_another_thread() -> None:
    made = kept()
    held = [made.take(COUNT)]
    before = address(held[0])
    worker = threading.Thread(target=held.clear)
    worker.start()
    worker.join()
    assert address(made.take(COUNT)) == before


def test_nothing_is_kept_without_being_asked_nor_of_another_size() -> None:
    made = Spare()
    made.take(COUNT)
    assert made._block is None
    made.keep(0.0)
    made.take(COUNT)
    assert made._block is not None
    assert made.take(COUNT + 4).size == COUNT + 4
    assert made._block is not None and len(made._block) == COUNT + 4
    made.drop()
    assert made._block is None
    made.take(COUNT)
    assert made._block is None


def test_let_go_after_a_while() -> None:
    made = kept()
    made.take(COUNT)
    made.tidy(KEPT_SECONDS - 1.0)
    assert made._block is not None
    made.tidy(KEPT_SECONDS + 1.0)
    assert made._block is None


def test_what_is_too_large_is_not_kept() -> None:
    made = kept()
    made.take(LARGEST_BYTES // 4 + 1)
    assert made._block is None
    assert spare.LARGEST_BYTES >= 3840 * 2160 * 4 * 4


class Interrupted(Spare):
    """One that is dropped by another thread at the moment at which it is asked whether to keep anything."""

    _told = 0.0

    @property  # type: ignore[override]
    def _until(self) -> float:
        told = self._told
        if told:
            self.drop()
        return told

    @_until.setter
    def _until(self, value: float) -> None:
        self._told = value


def test_dropped_while_something_is_given_back() -> None:
    made = Interrupted()
    made.keep(0.0)
    made.take(COUNT)
    assert made._told == 0.0 and made._block is None


def test_of_two_pictures_at_a_time_one_block_is_kept() -> None:
    made = kept()
    first, second = made.take(COUNT), made.take(COUNT)
    first[:], second[:] = 1.0, 2.0
    addresses = {address(first), address(second)}
    assert len(addresses) == 2 and (first == 1.0).all() and (second == 2.0).all()
    newest = address(second)
    del first
    del second
    third, fourth = made.take(COUNT), made.take(COUNT)
    assert address(third) == newest != address(fourth)


def test_a_block_is_let_go_for_a_smaller_picture() -> None:
    made = kept()
    made.take(COUNT)
    assert made._block is not None
    large = weakref.ref(made._block)
    small = made.take(COUNT // 4)
    assert large() is None, "memory for a picture of 4K is not held by one of a fourth"
    del small
    assert made._block is not None and len(made._block) == COUNT // 4


def test_not_kept_when_it_comes_back_too_late() -> None:
    made = kept()
    values = made.take(COUNT)
    made.tidy(KEPT_SECONDS + 1.0)
    del values
    assert made._block is None


def test_taken_by_one_thread_and_given_back_by_many() -> None:
    made = kept()
    waiting: queue.Queue[tuple[int, np.ndarray] | None] = queue.Queue()
    wrong: list[int] = []

    def look() -> None:
        while (item := waiting.get()) is not None:
            number, values = item
            if (values != number).any():
                wrong.append(number)
            del item, values

    workers = [threading.Thread(target=look) for _ in range(3)]
    for worker in workers:
        worker.start()
    for number in range(300):
        values = made.take(COUNT)
        values[:] = number
        waiting.put((number, values))
        del values
    for _worker in workers:
        waiting.put(None)
    for worker in workers:
        worker.join()
    assert not wrong, "somebody wrote into memory that another one was looking at"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of damaged GLBs: each is either sound or refused by our own error."""

from __future__ import annotations

import random
import struct
from typing import Any

from tests.core.glbs import GOOD, joined, split
from trellis_blender.core.errors import ModelFileError
from trellis_blender.core.glb import Summary, inspect_bytes

MUTATIONS = 2500


def mutated(dice: random.Random, content: bytes, text_end: int) -> bytes:
    """Change a file in one of the ways that transfers and bad writers do; mostly where the description is."""
    body = bytearray(content)
    kind = dice.randrange(6)
    place = dice.randrange(12, text_end) if dice.random() < 0.8 else dice.randrange(len(body))
    if kind == 0:
        body[place] = dice.randrange(256)
    elif kind == 1:
        body[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(9))
    elif kind == 2:
        digits = [index for index in range(20, text_end) if 48 <= body[index] <= 57]
        for _ in range(dice.randrange(1, 6)):
            body[dice.choice(digits)] = dice.choice(b"0123456789-.e")
    elif kind == 3:
        del body[place : place + dice.randrange(1, 64)]
    elif kind == 4:
        body = body[:place] + body[place : place + dice.randrange(1, 64)] * 2 + body[place:]
    else:
        document, binary = split(content)
        return joined(scrambled(dice, document), binary)
    if dice.random() < 0.8 and len(body) >= 20:  # so that more than the length is looked at
        body[8:12] = struct.pack("<I", len(body))
        if kind in (1, 3, 4):
            grown = struct.unpack_from("<I", content, 12)[0] + len(body) - len(content)
            body[12:16] = struct.pack("<I", max(grown, 0))
    return bytes(body)


def scrambled(dice: random.Random, value: Any) -> Any:
    """Replace something inside a document by something else."""
    if isinstance(value, (dict, list)) and value and dice.random() < 0.9:
        key = dice.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if dice.random() < 0.1:
            del value[key]
        else:
            value[key] = scrambled(dice, value[key])
        return value
    odd = [None, -1, 0, 1, 2, 5125, 2**31, 2**40, 0.5, "", "x", [], {}, [0], {"index": 0}, True, 1e300]
    return dice.choice(odd)


def test_thousands_of_mutations() -> None:
    """Every one is either sound or refused by our own error; numpy's, struct's or Python's never show."""
    dice = random.Random(20261122)
    text_end = 20 + struct.unpack_from("<I", GOOD, 12)[0]
    refused = 0
    for _ in range(MUTATIONS):
        content = mutated(dice, GOOD, text_end)
        try:
            assert isinstance(inspect_bytes(content), Summary)
        except ModelFileError:
            refused += 1
    assert MUTATIONS * 0.3 < refused < MUTATIONS

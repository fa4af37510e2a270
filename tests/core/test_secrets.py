# SPDX-License-Identifier: GPL-3.0-or-later
"""The key never shows itself."""

from __future__ import annotations

import copy
import pickle

import pytest

from trellis_blender.core.errors import InvalidSetting
from trellis_blender.core.secrets import Key

SECRET = "sk-empiriolabs-0123.abc_DEF"


def test_hidden_everywhere() -> None:
    key = Key(f"  {SECRET}\n")
    assert key.reveal() == SECRET
    for text in (repr(key), str(key), f"{key}", f"{[key]}"):
        assert SECRET not in text
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            write(key)
    assert key
    assert not Key("")


@pytest.mark.parametrize("text", ["a b", "schlüssel", "a\tb", "a\x00b", "a\r\nX-Evil: 1"])
def test_what_cannot_be_a_key(text: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Key(text)
    assert text not in str(caught.value)


def test_redaction() -> None:
    assert Key(SECRET).redact(f"a {SECRET} b sk-empiriolabs-other c") == "a [key] b [key] c"
    assert Key("plainkey").redact("x plainkey y") == "x [key] y"
    assert Key("").redact("nothing to hide") == "nothing to hide"
    assert SECRET.encode() not in Key(SECRET).redact_bytes(b"\xff" + SECRET.encode())

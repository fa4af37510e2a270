# SPDX-License-Identifier: GPL-3.0-or-later
"""The key never shows itself."""

from __future__ import annotations

import copy
import pickle

import pytest

from trellis_blender.core.errors import InvalidSetting
from trellis_blender.core.secrets import Key, doubt, pasted

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


@pytest.mark.parametrize(
    "text",
    [
        f"  {SECRET}\r\n", f'"{SECRET}"', f"'{SECRET}'", f"`{SECRET}`", f"“{SECRET}”", f"Bearer {SECRET}",
        f"bearer   {SECRET}", f"Authorization: Bearer {SECRET}", f"'Authorization: Bearer {SECRET}'",
        f"x-api-key: {SECRET}", f"EMPIRIOLABS_API_KEY={SECRET}", f'export EMPIRIOLABS_API_KEY="{SECRET}"',
        f"$env:EMPIRIOLABS_API_KEY = '{SECRET}'", f"\ufeff{SECRET}\u200b", f"<{SECRET}>",
    ],
)  # fmt: skip
def test_what_a_key_is_copied_along_with(text: str) -> None:
    assert Key(text).reveal() == SECRET
    assert pasted(text, is_provider=True) == SECRET


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET}.", f"{SECRET},", f"Your key is {SECRET}. Keep it safe.", f'{{"api_key": "{SECRET}", "model": "x"}}',
        f"curl -H 'Authorization: Bearer {SECRET}' https://api.empiriolabs.ai/v1/account/usage",
        f'"Authorization": "Bearer {SECRET}",', f"key={SECRET}; key={SECRET}", f'\\"{SECRET}\\"',
    ],
)  # fmt: skip
def test_what_a_key_is_pasted_out_of(text: str) -> None:
    assert pasted(text, is_provider=True) == SECRET


@pytest.mark.parametrize(
    "text",
    [f"{SECRET}…", f"{SECRET} or {SECRET}2", f"{SECRET}... and more", f"the key {SECRET}…6789 is shown"],
)
def test_a_shortened_key_and_one_of_two_are_none(text: str) -> None:
    with pytest.raises(InvalidSetting, match="clipboard holds no API key"):
        pasted(text, is_provider=True)


@pytest.mark.parametrize(
    "text", ["", "   ", "https://empiriolabs.ai/dashboard", "a sentence", "sk-other-0123456789", "sk-empiriolabs-x"]
)
def test_clipboards_without_a_key(text: str) -> None:
    with pytest.raises(InvalidSetting, match="clipboard holds no API key") as caught:
        pasted(text, is_provider=True)
    assert not text.strip() or text not in str(caught.value)


def test_other_servers_have_keys_of_any_form() -> None:
    assert pasted("secret", is_provider=False) == "secret"
    assert doubt(Key("secret"), is_provider=False) == ""
    assert doubt(Key(""), is_provider=True) == ""
    assert doubt(Key(SECRET), is_provider=True) == ""
    assert "begin with sk-empiriolabs-" in doubt(Key("sk-other-0123456789"), is_provider=True)
    assert "cut short" in doubt(Key("sk-empiriolabs-ab"), is_provider=True)


def test_same_secret() -> None:
    assert Key(SECRET).is_same(Key(f'"{SECRET}"')) and not Key(SECRET).is_same(Key("x"))

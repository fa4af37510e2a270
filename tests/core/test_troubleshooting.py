# SPDX-License-Identifier: GPL-3.0-or-later
"""The troubleshooting page has the sentences that the errors really say."""

from __future__ import annotations

from pathlib import Path

from documentation.troubles import explained, page, sentences
from trellis_blender.core.endpoint import parse
from trellis_blender.core.errors import InvalidSetting
from trellis_blender.core.remedies import Trouble

PAGE = Path(__file__).resolve().parents[2] / "docs" / "troubleshooting.md"


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run scripts/docs"


def test_every_trouble_has_a_section() -> None:
    assert explained() == set(Trouble) - {Trouble.NONE}
    assert set(sentences()) <= explained()


def test_a_sentence_that_is_really_said_is_there() -> None:
    try:
        parse("ftp://server")
    except InvalidSetting as error:
        said = str(error)
    assert said in sentences()[Trouble.SETTING]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The languages that are shipped: nothing in them is wrong, and every text of the extension is recognised in them."""

import json
import re
from pathlib import Path

import pytest

from translation import faults, merging, po
from translation.collecting import LABEL, Message, collect
from translation.compiling import compile_into
from translation.languages import LANGUAGES, PACKAGE, po_path
from translation.widths import PLACEHOLDER
from trellis_blender.core.phrasebook import Phrasebook, read


@pytest.fixture(scope="module")
def messages() -> dict[str, Message]:
    return collect(PACKAGE)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nothing_is_wrong_with_a_language(locale: str, messages: dict[str, Message]) -> None:
    found = faults.faults(po.read(po_path(locale)), messages)
    assert not found, f"{locale} has {len(found)} faults:\n" + "\n".join(map(str, found))


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert {path.stem for path in po_path("es").parent.glob("*.po")} == set(LANGUAGES)


def test_tooltips_and_labels_have_no_full_stop_and_sentences_no_blanks(messages: dict[str, Message]) -> None:
    assert not [m.text for m in messages.values() if m.kind == LABEL and m.text.endswith(".")]
    assert not [text for text in messages if text != text.strip()]


def value_for(name: str, text: str) -> str:
    """Something as it may be put in: an amount, a number, or a name with a blank and a full stop in it."""
    if re.search(r"price|billed|cap|spent|balance|today", name):
        return "$1,234.50"
    # Between two that stand side by side only a blank tells them apart.
    is_one_word = re.search(r"minimum|maximum|count|size", name) or f"{name} {{" in text or f"}} {name}" in text
    return "1,024" if is_one_word else "Old chair. v2"


def test_whatever_is_put_in_every_text_is_recognised_and_filled_again(messages: dict[str, Message]) -> None:
    """With a language in which everything is said backwards, and in brackets."""

    def foreign(english: str) -> str:
        names = PLACEHOLDER.findall(english)
        return f"«{len(english)} {hash(english)} {' '.join(reversed(names))}»"

    book = Phrasebook({text: foreign(text) for text in messages})
    wrong = []
    for text in messages:
        values = {name: value_for(name, text) for name in PLACEHOLDER.findall(text)}
        expected = foreign(text)
        shown = text
        for name, value in values.items():
            shown, expected = shown.replace(name, value), expected.replace(name, value)
        if book.say(shown) != expected:
            wrong.append((text, book.say(shown)))
    assert not wrong, "\n".join(f"{text!r} became {shown!r}" for text, shown in wrong)


def test_what_is_compiled_holds_what_is_confirmed_and_can_be_read(tmp_path: Path) -> None:
    made = compile_into(tmp_path)
    assert {path.stem for path in made} == set(LANGUAGES)
    for path in made:
        done = {entry.english: entry.translation for entry in po.read(po_path(path.stem)).entries if entry.is_done}
        assert json.loads(path.read_text(encoding="utf-8")) == done
        assert read(path).plain.keys() <= done.keys()


def test_a_language_begins_with_every_text_and_no_translation(messages: dict[str, Message]) -> None:
    begun = merging.merged(merging.fresh("es"), messages)
    assert {entry.english for entry in begun.entries} == set(messages)
    assert not any(entry.is_done for entry in begun.entries) and not merging.is_complete(begun)


def test_a_text_that_begins_with_what_was_put_in_is_told_by_enough_words(messages: dict[str, Message]) -> None:
    """*{today} of {cap}* would take any text with an *of* in it for its own."""
    vague = []
    for text in messages:
        names, letters = PLACEHOLDER.findall(text), re.sub(r"\s", "", PLACEHOLDER.sub("", text))
        if names and text.startswith(names[0]) and len(letters) < 4:
            vague.append(text)
    assert not vague


def test_nothing_is_left_out_of_a_text_and_no_query_is_one(messages: dict[str, Message]) -> None:
    assert not [text for text in messages if re.search(r"\S  \S|\s[.,;:](?!\w)", PLACEHOLDER.sub("x", text))]
    assert not [text for text in messages if re.search(r"\b(NOT NULL|WHERE|SELECT|INSERT|PRIMARY KEY)\b", text)]


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Phrasebook:
    made = compile_into(tmp_path_factory.mktemp("languages"))
    return read(next(path for path in made if path.stem == "de_DE"))


@pytest.mark.parametrize(
    ("english", "in_german"),
    [
        ("4 objects for $0.996, $0.249 each", "4 Objekte für $0.996, je $0.249"),
        ("1 object for $0.249", "1 Objekt für $0.249"),
        ("Make 5 objects for $0.125?", "5 Objekte, zusammen $0.125?"),
        ("Pay $0.125", "$0.125 zahlen"),
        ("1 object for $0.025. The job whose answer was lost may have been billed, too.",
         "1 Objekt für $0.025. Auch der Auftrag, dessen Antwort verloren ging, kann berechnet worden sein."),
        ("Not as asked: 600,000 faces instead of 500,000 and textures of 1024 pixels instead of 2048.",
         "Nicht wie verlangt: 600,000 Flächen statt 500,000 und Texturen von 1024 statt 2048 Pixeln."),
        ("Not as asked: 600,000 faces instead of 500,000 and no texture.",
         "Nicht wie verlangt: 600,000 Flächen statt 500,000 und keine Textur."),
        ("Not as asked: no texture.", "Nicht wie verlangt: keine Textur."),
        ("Re-roll Seed · $0.249", "Neuer Startwert · $0.249"),
        ("$0.249 / $5.00", "$0.249 / $5.00"),
        ("Lord of Rings", "Lord of Rings"),
    ],
)  # fmt: skip
def test_what_is_put_together_is_said_whole(german: Phrasebook, english: str, in_german: str) -> None:
    assert german.say(english) == in_german


def test_the_notice_of_a_job_that_stopped_says_why_in_the_artist_s_language(german: Phrasebook) -> None:
    said = german.say("TRELLIS: chair: The list of jobs was damaged. Restart Blender.")
    assert said.startswith("TRELLIS: chair: ") and "Starte Blender neu" in said and "list of jobs" not in said

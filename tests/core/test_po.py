# SPDX-License-Identifier: GPL-3.0-or-later
"""The translators' files are read and written without a loss, whichever tool wrote them, and merging loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translation import faults, merging, po
from translation.collecting import LABEL, SENTENCE, Message

OF_A_TOOL = r"""# Somebody, 2026.
msgid ""
msgstr ""
"Language: de_DE\n"
"X-Complete: yes\n"

# A word on it.
#. label
#: a.py:12 b.py
#, fuzzy, python-brace-format
#| msgid "Pay {price} "
#| "now"
msgid ""
"Pay {price} "
"for \"it\"\n"
msgstr "Zahle {price}"
#: c.py
msgid "Next"
msgstr "Weiter"

#~ msgid "Gone"
#~ msgstr "Fort"
"""


def message(text: str, kind: str = SENTENCE) -> Message:
    return Message(text, kind, ["a.py"])


def language(**translations: str) -> po.Po:
    return po.Po({"X-Complete": "yes"}, [po.Entry(english, said) for english, said in translations.items()])


def test_what_a_tool_wrote_is_read_whole() -> None:
    read = po.parse(OF_A_TOOL)
    assert read.header == {"Language": "de_DE", "X-Complete": "yes"}
    assert read.comments == ["Somebody, 2026."]
    pay, following, gone = read.entries
    assert (pay.english, pay.translation) == ('Pay {price} for "it"\n', "Zahle {price}")
    assert (pay.previous, pay.comments, pay.notes) == ("Pay {price} now", ["A word on it."], ["label"])
    assert pay.is_fuzzy and not pay.is_done
    assert (following.english, following.is_done) == ("Next", True)
    assert gone.obsolete and gone.translation == "Fort"


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)
LINES = st.from_regex(r"\A[a-z]([a-z ]*[a-z])?\Z")


@given(
    st.lists(
        st.builds(
            po.Entry,
            TEXTS.filter(bool),
            TEXTS,
            comments=st.lists(LINES, max_size=2),
            flags=st.lists(st.sampled_from([po.FUZZY, po.BRACES]), max_size=2, unique=True),
            obsolete=st.booleans(),
        ),
        unique_by=lambda entry: entry.english,
        max_size=6,
    )
)
def test_what_is_written_is_read_again(entries: list[po.Entry]) -> None:
    written = po.Po({"Language": "es", "X-Complete": "no"}, sorted(entries, key=lambda entry: entry.obsolete))
    assert po.parse(po.unparse(written)) == written


@pytest.mark.parametrize(
    "text", ['msgid "a"\nmsgstr "b"\nnonsense', 'msgid "a\nmsgstr "b"', 'msgid "a"\nmsgid_plural "as"\nmsgstr[0] "b"',
             'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"']
)  # fmt: skip
def test_what_is_no_po_is_refused(text: str) -> None:
    with pytest.raises(po.Unreadable):
        po.parse(text)


def test_merging_keeps_translations_and_marks_what_went() -> None:
    old = language(Next="Weiter", Gone="Fort", Empty="")
    new = merging.merged(old, {text: message(text) for text in ("Next", "Brand new")})
    assert [(entry.english, entry.translation, entry.obsolete) for entry in new.entries] == [
        ("Next", "Weiter", False), ("Brand new", "", False), ("Gone", "Fort", True)
    ]  # fmt: skip
    back = merging.merged(new, {text: message(text) for text in ("Next", "Gone")})
    assert next(entry for entry in back.entries if entry.english == "Gone").is_done


def test_a_text_that_changed_a_little_offers_its_old_translation_to_be_confirmed() -> None:
    old = language(**{"The picture cannot be read at all.": "Das Bild ist nicht lesbar."})
    new = merging.merged(old, {"The picture can not be read at all.": message("The picture can not be read at all.")})
    assert new.entries[0].is_fuzzy and new.entries[0].previous == "The picture cannot be read at all."
    assert [fault.kind for fault in faults.gaps(new, {new.entries[0].english: message("")})] == ["fuzzy"]
    entry = po.parse(po.unparse(new)).entries[0]
    assert entry.is_fuzzy and not entry.is_done


@pytest.mark.parametrize(
    ("english", "translation", "kind", "fault"),
    [
        ("Billed {billed} of {price}.", "{billed} berechnet.", SENTENCE, "placeholders"),
        ("Billed {billed}.", "{betrag} berechnet.", SENTENCE, "placeholders"),
        ("Open in Blender", "Im Mixer öffnen", LABEL, "terms"),
        ("Pay ${price}", "Zahle {price}", LABEL, "terms"),
        ("Spends money", "Kostet Geld.", SENTENCE, "ending"),
        ("Nothing was sent.", "Nichts wurde gesendet", SENTENCE, "ending"),
        ("Nothing was sent.", "什么也没有发送", SENTENCE, "ending"),
        ("Seed", "Startwert der Zufallszahlen", LABEL, "length"),
        ("Seed", "随机数生成器的初始种子值", LABEL, "length"),
        ("Seed", " Startwert", LABEL, "blanks"),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(english: str, translation: str, kind: str, fault: str) -> None:
    po_file = language(**{english: translation})
    assert [found.kind for found in faults.faults(po_file, {english: message(english, kind)})] == [fault]


@pytest.mark.parametrize(
    ("english", "translation", "kind"),
    [
        ("Billed {billed} instead of {price}.", "{price} war der Preis, {billed} wurden berechnet.", SENTENCE),
        ("Nothing was sent.", "什么也没有发送。", SENTENCE),
        ("Seed", "Startwert", LABEL),
        ("Seed", "种子", LABEL),
        ("More Seeds…", "Weitere Startwerte…", LABEL),
    ],
)
def test_what_is_right_is_left_alone(english: str, translation: str, kind: str) -> None:
    assert not faults.faults(language(**{english: translation}), {english: message(english, kind)})


def test_gaps_count_once_a_language_is_meant_to_have_none() -> None:
    messages = {text: message(text) for text in ("Next", "Back")}
    half = language(Next="Weiter", Old="Alt")
    assert {(fault.kind, fault.english) for fault in faults.faults(half, messages)} == {
        ("missing", "Back"), ("unused", "Old")
    }  # fmt: skip
    half.header["X-Complete"] = "no"
    assert not faults.faults(half, messages)

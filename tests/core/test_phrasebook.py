# SPDX-License-Identifier: GPL-3.0-or-later
"""An English text is recognised by what made it and said in another language; what is the artist's stays."""

from pathlib import Path

import pytest

from trellis_blender.core.phrasebook import Damaged, Phrasebook, read
from trellis_blender.core.wrapping import columns_of, wrap

GERMAN = Phrasebook({
    "Generate · ${price_usd}": "Erzeugen · ${price_usd}",
    "Generating": "Wird erzeugt",
    "Queued": "Wartet",
    "Send": "Senden",
    "Image": "Bild",
    "left": "links",
    "top": "oben",
    "No API key yet; paste yours": "Noch kein API-Schlüssel; füge deinen ein",
    "Billed {billed} instead of {price}": "{billed} statt {price} berechnet",
    "The file {name} is not in {folder}.": "Die Datei {name} ist nicht in {folder}.",
    "Check the folder.": "Prüfe den Ordner.",
    "Check the folder. Twice.": "Prüfe den Ordner zweimal.",
    "The service says: {detail}": "Der Dienst sagt: {detail}",
    "The subject is cut off at the {sides} edge.": "Das Motiv ist am Rand abgeschnitten: {sides}.",
    "{way_out}, so that the object can be imported.": "{way_out}, damit das Objekt importiert werden kann.",
    "Let the render finish first": "Lass erst das Rendern enden",
    "{parameter} is {shown}, but must be {allowed}.": "{parameter} ist {shown}, muss aber {allowed} sein.",
    "a whole number from {minimum} to {maximum}": "eine ganze Zahl von {minimum} bis {maximum}",
    "{hidden} older jobs": "{hidden} ältere Aufträge",
    "Stopped while {text}": "Angehalten: {text}",
    "Saved as {path_name}": "Gesichert als {path_name}",
})  # fmt: skip
CHINESE = Phrasebook({
    "Queued.": "已排队。",
    "It goes on.": "继续。",
    "{count} jobs": "{count} 个任务",
    "left": "左",
    "top": "上",
    "At {sides}": "在{sides}",
})  # fmt: skip


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Generate · $0.249", "Erzeugen · $0.249"),
        ("Generating 45%", "Wird erzeugt 45%"),
        ("Generating", "Wird erzeugt"),
        ("Generating · Queued", "Wird erzeugt · Wartet"),
        ("Billed $0.50 instead of $0.249", "$0.50 statt $0.249 berechnet"),
        ("The file chair.glb is not in /a b/c.", "Die Datei chair.glb ist nicht in /a b/c."),
        ("The file Old. Chair.glb is not in D. E.", "Die Datei Old. Chair.glb ist nicht in D. E."),
        ("The file x is not in y. Check the folder.", "Die Datei x ist nicht in y. Prüfe den Ordner."),
        ("Check the folder. Twice.", "Prüfe den Ordner zweimal."),
        ("The service says: No. Check the folder.", "Der Dienst sagt: No. Prüfe den Ordner."),
        ("The service says: Bad seed", "Der Dienst sagt: Bad seed"),
        ("Somebody else's sentence. Check the folder.", "Somebody else's sentence. Prüfe den Ordner."),
        ("The subject is cut off at the left, top edge.", "Das Motiv ist am Rand abgeschnitten: links, oben."),
        ("Let the render finish first, so that the object can be imported. Check the folder.",
         "Lass erst das Rendern enden, damit das Objekt importiert werden kann. Prüfe den Ordner."),
        ("seed is -1, but must be a whole number from 0 to 9.",
         "seed ist -1, muss aber eine ganze Zahl von 0 bis 9 sein."),
        ("No API key yet; paste yours.", "Noch kein API-Schlüssel; füge deinen ein."),
        ("Check the folder", "Prüfe den Ordner"),
        ("Stopped while generating", "Angehalten: Wird erzeugt"),
        ("Queued.\nGenerating.", "Wartet.\nWird erzeugt."),
        ("12 older jobs", "12 ältere Aufträge"),
    ],
)  # fmt: skip
def test_what_a_message_made_is_said_in_the_language(english: str, german: str) -> None:
    assert GERMAN.say(english) == german


@pytest.mark.parametrize("text", ["", "0:45", "$0.249", "1024", "Chair", "Generate", "A sentence of nobody's."])
def test_what_no_message_made_stays(text: str) -> None:
    assert GERMAN.say(text) == text


def test_a_file_that_is_called_like_a_word_of_ours_keeps_its_name() -> None:
    assert GERMAN.say("Saved as Image") == "Gesichert als Image"
    assert GERMAN.say("The file Send is not in Image.") == "Die Datei Send ist nicht in Image."


def test_languages_without_blanks_get_none_and_their_own_signs() -> None:
    assert CHINESE.say("Queued. It goes on.") == "已排队。继续。"
    assert CHINESE.say("3 jobs.") == "3 个任务。"
    assert CHINESE.say("Queued") == "已排队"
    assert CHINESE.say("At left, top") == "在左、上"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": ""}', b"\xff"])
def test_a_damaged_file_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "de_DE.json"
    path.write_bytes(content)
    with pytest.raises(Damaged):
        read(path)


def test_a_line_is_broken_at_blanks_and_between_chinese_letters() -> None:
    assert wrap("a bc def", 4) == ["a bc", "def"]
    assert wrap("abcdefgh ij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("图片没有透明度，服务器猜测。", 10) == ["图片没有透", "明度，服务", "器猜测。"]
    assert wrap("价格 $0.249 一个", 8) == ["价格", "$0.249", "一个"]
    assert wrap("", 8) == []
    text = "The picture has nothing opaque in it, so there is no subject."
    assert " ".join(wrap(text, 16)) == text
    assert max(map(columns_of, wrap(text, 16))) <= 16

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that Blender shows of ours has a message to translate, and a language that cannot be used leaves English.

Blender as a module has no languages; the window tests see it speak one.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest
from artist import module

from footprint import PACKAGE

OF_BLENDER = ("rna_type", "bl_idname", "filepath", "name")
"""Properties that Blender itself adds or names."""
FOR_SCRIPTS = ("group",)
"""Enumerations whose items nobody sees."""
WANTED = ("use_translate_interface", "use_translate_tooltips", "use_translate_reports")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def language() -> Iterator[Any]:
    found = module("blender.language")
    view = bpy.context.preferences.view
    before = {name: getattr(view, name) for name in WANTED}
    for name in WANTED:  # Blender itself does so when a language is chosen
        setattr(view, name, True)
    yield found
    found.speak("")
    for name, value in before.items():
        setattr(view, name, value)


@pytest.fixture
def speaks(language: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Give what makes the extension speak a language of these messages."""
    monkeypatch.setattr(language, "FOLDER", tmp_path)

    def speak(messages: object) -> Any:
        (tmp_path / "de_DE.json").write_text(json.dumps(messages), encoding="utf-8")
        language.speak("de_DE")
        return language

    return speak


def messages() -> set[str]:
    """Give all messages, by the zip's own catalogues: what translators are asked for."""
    folder = ROOT / "trellis_blender" / "languages"
    text = (folder / "de_DE.po").read_text(encoding="utf-8")
    return {
        json.loads(line.removeprefix("msgid "))
        for line in text.splitlines()
        if line.startswith("msgid ") and line != 'msgid ""'
    }


def of_ours() -> Iterator[tuple[str, str]]:
    """Give every name and tooltip that Blender knows of us, with where it is."""
    for name in dir(bpy.ops.trellis):
        operator = getattr(bpy.ops.trellis, name).get_rna_type()
        yield f"{name} name", operator.name
        yield f"{name} tooltip", operator.description
        yield from of_properties(operator)
    for panel in bpy.types.Panel.__subclasses__():
        if panel.__module__.startswith(PACKAGE):
            yield f"{panel.__name__} label", panel.bl_label
    yield from of_properties(type(bpy.context.scene.trellis).bl_rna)
    yield from of_properties(module("blender.preferences").get().bl_rna)


def of_properties(rna: Any) -> Iterator[tuple[str, str]]:
    for item in rna.properties:
        if item.identifier not in OF_BLENDER and not item.is_hidden:
            yield f"{rna.identifier}.{item.identifier} name", item.name
            yield f"{rna.identifier}.{item.identifier} tooltip", item.description
            for choice in getattr(item, "enum_items_static", ()):
                if choice.name != choice.identifier and item.identifier not in FOR_SCRIPTS:
                    yield f"{rna.identifier}.{item.identifier}.{choice.identifier} name", choice.name
                yield f"{rna.identifier}.{item.identifier}.{choice.identifier} tooltip", choice.description


def test_every_text_that_blender_shows_of_ours_can_be_said_in_another_language(speaks: Any) -> None:
    language = speaks({english: f"«{english}»" for english in messages()})
    told = {english for _context, english in language._now.told}
    shown = [(where, text) for where, text in of_ours() if re.search(r"[A-Za-z]{3}", text)]
    assert len(shown) > 200
    left_out = [f"{where}: {text!r}" for where, text in shown if text not in told and text != "TRELLIS"]
    assert not left_out, "\n".join(left_out)


def test_headings_and_settings_have_words_of_their_own(speaks: Any) -> None:
    """Blender knows *History* and *Remesh*, too, and in German as *Protokol* and *Themen*."""
    told = speaks({"History": "Verlauf", "Remesh": "Remesh"})._now.told
    panels = [cls for cls in bpy.types.Panel.__subclasses__() if cls.__module__.startswith(f"{PACKAGE}.blender.panels")]
    headings = {(cls.bl_translation_context, cls.bl_label) for cls in panels if cls.bl_label in ("History", "Remesh")}
    assert len(headings) == 2 and all(told.get(heading) for heading in headings)
    remesh = type(bpy.context.scene.trellis).bl_rna.properties["remesh"]
    assert told[remesh.translation_context, remesh.name] == "Remesh" and remesh.translation_context != "*"


def test_a_tooltip_of_several_sentences_is_told_whole(speaks: Any) -> None:
    language = speaks(
        {
            "Faces that the delivered mesh is reduced to; decimation_target at the service": "Flächen",
            "From {minimum} to {maximum}": "{minimum} bis {maximum}",
        }
    )
    told = language._now.told
    tooltip = type(bpy.context.scene.trellis).bl_rna.properties["decimation_target"].description
    assert told["*", tooltip] == "Flächen.\n10000 bis 1000000"


def test_dynamic_texts_are_said_as_far_as_the_artist_wants(speaks: Any) -> None:
    language = speaks({"Generate · ${price}": "Für ${price} erzeugen"})
    view = bpy.context.preferences.view
    assert language.said("Generate · $0.249") == "Für $0.249 erzeugen"
    view.use_translate_interface = False
    assert language.said("Generate · $0.249") == "Generate · $0.249"
    assert language.hinted("Generate · $0.249") == "Für $0.249 erzeugen"
    view.use_translate_tooltips = False
    assert language.hinted("Generate · $0.249") == "Generate · $0.249"


def test_a_report_is_in_the_artist_s_language(speaks: Any) -> None:
    speaks({"There is no file {path_name}.": "Es gibt keine Datei {path_name}.", "Choose another one.": "Wähle."})
    with pytest.raises(RuntimeError, match=r"Es gibt keine Datei chair\.png\. Wähle\."):
        bpy.ops.trellis.open_picture(filepath="/nowhere/chair.png")
    bpy.context.preferences.view.use_translate_reports = False
    with pytest.raises(RuntimeError, match=r"There is no file chair\.png\."):
        bpy.ops.trellis.open_picture(filepath="/nowhere/chair.png")


@pytest.mark.parametrize("content", ["", "[]", '{"Generate": 1}'])
def test_a_damaged_language_leaves_english_and_one_line_in_the_log(
    language: Any, content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    (tmp_path / "fr_FR.json").write_text(content, encoding="utf-8")
    journal = module("blender.journal")
    before = journal.lines()
    language.speak("fr_FR")
    logged = journal.lines()[len(before) :]
    assert language.said("Generate") == "Generate"
    assert len(logged) == 1 and "fr_FR.json" in logged[0]


def test_the_zip_has_every_language(language: Any) -> None:
    assert {path.stem for path in language.FOLDER.iterdir()} == {"zh_HANS", "ja_JP", "de_DE", "fr_FR", "es"}
    language.speak("de_DE")
    assert language.said("Generate · $0.249") == "Erzeugen · $0.249"


@pytest.mark.parametrize("locale", ["zh_HANT", "zh_TW", "pt_BR", "en_US", ""])
def test_a_language_that_there_is_no_file_of_is_english(language: Any, locale: str) -> None:
    language.speak(locale)
    assert language.said("Generate · $0.249") == "Generate · $0.249"
    assert not language._now.told


@pytest.mark.parametrize(
    ("locale", "stem"),
    [("es", "es"), ("es_MX", "es"), ("de_AT", "de_DE"), ("fr", "fr_FR"), ("zh_CN", "zh_HANS"), ("zh_HANS", "zh_HANS")],
)
def test_a_country_without_a_file_has_that_of_its_language(language: Any, locale: str, stem: str) -> None:
    assert language._path(locale) == language.FOLDER / f"{stem}.json"

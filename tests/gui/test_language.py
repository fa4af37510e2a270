# SPDX-License-Identifier: GPL-3.0-or-later
"""In a real window the interface changes its language with Blender's, at once and back, also after a new file."""

from pathlib import Path

from PIL import Image, ImageChops

from tests.gui import scene
from tests.gui.window import Window

SPEAKS = """

from importlib import import_module
language = import_module({package!r} + ".blender.language")

def change(locale):
    bpy.context.preferences.view.language = locale

def shown():
    pgettext = bpy.app.translations
    return [
        language._now.locale,
        pgettext.pgettext_iface("Cancel Job", "Operator"),
        pgettext.pgettext_iface("Faces"),
        pgettext.pgettext_iface("History", bpy.types.TRELLIS_PT_history_view3d.bl_translation_context),
        pgettext.pgettext_tip(
            "Faces that the delivered mesh is reduced to; decimation_target at the service.\\nFrom 10000 to 1000000"
        ),
        language.said("Generate · $0.249"),
        language.hinted("No API key yet; press Paste API Key, or type yours in the extension's preferences"),
    ]
"""
ENGLISH = [
    "Cancel Job",
    "Faces",
    "History",
    "Faces that the delivered mesh is reduced to; decimation_target at the service.\nFrom 10000 to 1000000",
    "Generate · $0.249",
    "No API key yet; press Paste API Key, or type yours in the extension's preferences",
]


def sidebar(window: Window, path: Path) -> Image.Image:
    left, top, width, height = window.rectangle("VIEW_3D", "UI")
    with Image.open(window.screenshot(path)) as picture:
        return picture.convert("RGB").crop((left, top, left + width, top + height))


def test_the_interface_follows_blender_s_language(window: Window, artifacts: Path) -> None:
    window.call(SPEAKS.format(package=scene.PACKAGE))
    window.open_sidebar("VIEW_3D", "TRELLIS")
    assert window.call("shown()")[1:] == ENGLISH
    english = sidebar(window, artifacts / "english.png")

    window.call("change('de_DE')")
    window.wait_for("language._now.locale == 'de_DE'")
    german = window.call("shown()")[1:]
    assert german[0] == "Auftrag abbrechen" and german[4] == "Erzeugen · $0.249"
    assert german[2] == "Verlauf", "Blender's own word for it is that of another thing"
    assert not set(german) & set(ENGLISH)
    window.open_sidebar("VIEW_3D", "TRELLIS")
    in_german = sidebar(window, artifacts / "german.png")
    assert ImageChops.difference(english, in_german).getbbox() is not None

    window.call("bpy.ops.wm.read_homefile(use_empty=False, load_ui=False)")
    window.call("change('ja_JP')")
    window.wait_for("language._now.locale == 'ja_JP'")
    window.call("change('en_US')")
    window.wait_for("language._now.locale == 'en_US'")
    assert window.call("shown()")[1:] == ENGLISH

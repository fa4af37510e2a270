# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in other languages: labels, sentences and a job's words change with Blender's own."""

from collections.abc import Callable

from photography import pictures
from photography.states import jobs
from photography.studio import NARROW_WIDTH, State, Studio

TITLE = "In other languages"
SAYS = "Labels, sentences and a job's words change with Blender's own language."
SHOWN = {
    "de_DE": "German",
    "fr_FR": "French",
    "es": "Spanish",
    "ja_JP": "Japanese",
    "zh_HANS": "Simplified Chinese",
}


def _first(studio: Studio) -> None:
    jobs.refused(studio)
    studio.show_image(pictures.photo(), "photo.png")
    studio.await_preview()


def _in(locale: str) -> Callable[[Studio], None]:
    def speak(studio: Studio) -> None:
        if not studio.ask("bpy.context.scene.trellis.source_image"):
            _first(studio)
        studio.run(f"bpy.context.preferences.view.language = {locale!r}")
        studio.settle()
        studio.open_sidebar()

    return speak


def narrow_german(studio: Studio) -> None:
    _in("de_DE")(studio)
    studio.widen(NARROW_WIDTH)


STATES = (
    *(
        State(
            f"language-{locale.lower()}",
            f"The panel in {name}",
            _in(locale),
            goes_on=number > 0,
            panels=("advanced",),
            size=(1120, 1600),
        )
        for number, (locale, name) in enumerate(SHOWN.items())
    ),
    State("narrow-de_de", "The longest words in a narrow sidebar: German", narrow_german, goes_on=True),
)

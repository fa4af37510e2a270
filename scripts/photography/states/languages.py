# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in other languages: labels, sentences and a job's words change with Blender's own."""

from collections.abc import Callable

from photography import pictures
from photography.states import jobs
from photography.studio import State, Studio

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
        if locale == next(iter(SHOWN)):
            _first(studio)
        studio.run(f"bpy.context.preferences.view.language = {locale!r}")
        studio.settle()
        studio.open_sidebar()

    return speak


STATES = tuple(
    State(f"language-{locale.lower()}", f"The panel in {name}", _in(locale), goes_on=number > 0)
    for number, (locale, name) in enumerate(SHOWN.items())
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which presets there are and which one a scene is as. The artist's own are read in a thread, and shown from memory."""

import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import bpy

from ..core import presets
from ..core.catalogue import BY_NAME, Scalar
from ..core.presets import NAMES, Preset
from . import offers, properties, resets
from .fields import AUTOMATIC
from .language import said

SUBFOLDER = "trellis_blender"
"""Under ``presets`` in a folder of scripts, none of which is the extension's: an upgrade leaves them alone."""


RECENT_SECONDS = 2.0
"""A list that is drawn anew at each move of the mouse need not be read anew each time."""


class _Shelf:
    """The artist's own presets, as they were read last."""

    def __init__(self) -> None:
        self.own: tuple[Preset, ...] = ()
        self.reader: threading.Thread | None = None
        self.edition = 0
        """Counts what was kept and removed here: a reader that began before has seen an older folder."""
        self.begun_at = -RECENT_SECONDS
        self.given: tuple[Path, ...] = ()
        """What Blender looked for presets in when it started: which of its folders are there, it asks the disk."""


_shelf = _Shelf()


def folder() -> Path:
    """Give the folder that presets are kept in. Does not look whether it is there."""
    return Path(bpy.utils.user_resource("SCRIPTS", path=f"presets/{SUBFOLDER}"))


def folders() -> tuple[Path, ...]:
    """Give the folders that presets are read from, the artist's own first. Does not look whether they are there."""
    places = (script.directory for script in bpy.context.preferences.filepaths.script_directories)
    entered = (Path(place, "presets", SUBFOLDER) for place in places if place)
    return tuple(dict.fromkeys((folder(), *entered, *_shelf.given)))


def every() -> Sequence[Preset]:
    """Give the built-in presets, then the artist's own, as far as they were read; as the server in force has them."""
    offer = offers.current()
    return tuple(preset.at(offer) for preset in (*presets.BUILT_IN, *_shelf.own))


def named(name: str) -> Preset | None:
    """Give a preset by its name."""
    return next((preset for preset in every() if presets.key(preset.name) == presets.key(name)), None)


def sought(name: str) -> Preset | None:
    """Give a preset by its name, for a script, which may be faster than the reader: then it waits for that."""
    found = named(name)
    if found is None:
        refresh()
        wait()
        found = named(name)
    return found


def refresh(*, anew: bool = False) -> None:
    """Have the artist's own presets read, unless that was begun a moment ago and is not to be done anew."""
    if time.monotonic() - _shelf.begun_at < RECENT_SECONDS and not anew:
        return
    _shelf.begun_at = time.monotonic()
    _shelf.edition += anew
    asked = (folders(), _shelf.edition)
    _shelf.reader = threading.Thread(target=_read, args=asked, name="trellis-presets", daemon=True)
    _shelf.reader.start()


def wait() -> None:
    """Wait until they are read; for scripts."""
    if _shelf.reader is not None:
        _shelf.reader.join()


def _read(places: Sequence[Path], edition: int) -> None:
    found = presets.read(places)
    if edition == _shelf.edition:
        _shelf.own = found


def own_file(preset: Preset) -> str:
    """Give the stem of a preset's file in the artist's own folder; empty where it is in none, or in another's."""
    return preset.file if preset.folder in (None, folder()) else ""


def note(preset: Preset) -> None:
    """Note that a preset of the artist's own was kept."""
    _shelf.edition += 1
    _shelf.own = presets.ordered([*(each for each in _shelf.own if each.file != preset.file), preset])


def forget(file: str) -> None:
    """Note that one was removed."""
    _shelf.edition += 1
    _shelf.own = tuple(preset for preset in _shelf.own if preset.file != file)


def replacement(preset: Preset) -> str:
    """Give what a preset has instead of what the server does not offer, or an empty text."""
    held = ", ".join(f"{said(BY_NAME[name].label)} {preset.values[name]}" for name in preset.replaced)
    return f"The server does not offer all of {preset.name}; it is now {held}" if held else ""


def price(preset: Preset) -> Decimal | None:
    """Give what an object costs by a preset; None where it leaves the resolution, or the price is not known."""
    return offers.current().price_of(str(preset.values.get("resolution", "")))


def values(settings: properties.TrellisSettings) -> dict[str, Scalar]:
    """Give what a preset of these settings would hold."""
    found = {name: properties.value(settings, BY_NAME[name]) for name in NAMES}
    return {name: value for name, value in found.items() if value is not None}


def active(settings: properties.TrellisSettings) -> Preset | None:
    """Give the preset that a scene is as, or None when it is like no preset."""
    return presets.active(values(settings), every())


def apply(settings: properties.TrellisSettings, preset: Preset) -> None:
    """Set a scene to a preset; a value that is the default anyway leaves no value of the scene's own."""
    for name, value in preset.values.items():
        resets.reset(settings, name)
        if properties.value(settings, BY_NAME[name]) != value:
            setattr(settings, name, value)
    settings.pipeline_type = AUTOMATIC  # type: ignore[attr-defined]  # it can only say the same, or contradict


def register() -> None:
    """Have the artist's own presets read."""
    _shelf.given = tuple(Path(place) for place in bpy.utils.preset_paths(SUBFOLDER))
    refresh()


def unregister() -> None:
    """Forget them."""
    wait()
    _shelf.own, _shelf.reader, _shelf.begun_at = (), None, -RECENT_SECONDS

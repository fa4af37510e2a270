# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality presets: the built-in ones, and the artist's own as Blender's preset files. Knows values and text."""

from __future__ import annotations

import ast
import itertools
import json
import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from . import request
from .catalogue import Scalar
from .errors import InvalidRequest
from .offer import ANY, Offer
from .offer import BUILT_IN as BUILT_IN_OFFER

NAMES: Final = (
    "resolution",
    "texture_size",
    "decimation_target",
    "ss_sampling_steps",
    "shape_slat_sampling_steps",
    "tex_slat_sampling_steps",
)
"""The parameters that a preset sets; all others stay as they are."""
RESOLUTION: Final = "resolution"
"""What the price depends on."""
SUFFIX: Final = ".py"
SETTINGS: Final = "bpy.context.scene.trellis"
VARIABLE: Final = "settings"
LARGEST_FILE_BYTES: Final = 1 << 16
_NAMED: Final = re.compile(r'# name = (".*")')
"""The first line of a preset whose file cannot be called as it is."""
_BARRED: Final = re.compile(r"[\x00-\x1f\x7f|]")
"""What some disk takes in no file's name, and Blender leaves there."""
_DEVICE: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]", re.IGNORECASE)
"""What Windows takes for a device, whatever its suffix."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preset:
    """Values of some of :data:`NAMES` under a name; ``file`` is the stem of its file, when it is no built-in one.

    ``folder`` is the one that its file was found in; of one that was kept just now it is the artist's own, None.

    ``changes`` are those of a built-in one that are not the service's defaults; ``replaced`` are parameters for which
    the server in force does not offer what it was made with, and ``refused`` is what that was.
    """

    name: str
    values: Mapping[str, Scalar]
    file: str = ""
    changes: Mapping[str, Scalar] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    refused: Mapping[str, Scalar] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def is_own(self) -> bool:
        """Whether the artist, or somebody of the same studio, made it."""
        return bool(self.file)

    def fits(self, values: Mapping[str, Scalar]) -> bool:
        """Whether settings are as it sets them."""
        return bool(self.values) and all(values.get(name) == value for name, value in self.values.items())

    def at(self, offer: Offer) -> Preset:
        """Give it as a server can have it: with its defaults, nothing that it does not offer or no longer has."""
        wanted = self.values if self.is_own else {**_defaults(offer), **self.changes}
        values = {name: offer.nearest(name, value) for name, value in wanted.items() if name not in offer.gone}
        replaced = tuple(name for name in values if values[name] != wanted[name])
        refused = {name: wanted[name] for name in replaced}
        return replace(self, values=MappingProxyType(values), replaced=replaced, refused=MappingProxyType(refused))

    def check_price(self, offer: Offer) -> None:
        """Raise :class:`InvalidRequest` where a server has only a dearer resolution than the one it was made with."""
        if RESOLUTION in self.refused:
            made_with, now = str(self.refused[RESOLUTION]), str(self.values[RESOLUTION])
            if _is_dearer(offer, now, made_with):
                raise InvalidRequest(RESOLUTION, made_with, offer.by_name[RESOLUTION].allowed)


def _is_dearer(offer: Offer, now: str, made_with: str) -> bool:
    """Whether a resolution costs more than one that is not offered; where a price is not known, more of it does."""
    price, usual = offer.price_of(now), offer.price_of(made_with) or BUILT_IN_OFFER.price_of(made_with)
    if price is not None and usual is not None:
        return price > usual
    return not (now.isdecimal() and made_with.isdecimal() and int(now) <= int(made_with))


def preset(name: str, values: Mapping[str, Scalar], file: str = "") -> Preset:
    """Give a preset of values that some server may take. Raises :class:`InvalidRequest` for one that none can."""
    request.build(values, offer=ANY)
    return Preset(name, MappingProxyType(dict(values)), file)


def _built_in(name: str, **values: Scalar) -> Preset:
    """Give a built-in preset: the service's defaults but for ``values``."""
    return replace(preset(name, {**_defaults(BUILT_IN_OFFER), **values}), changes=MappingProxyType(values))


def _defaults(offer: Offer) -> dict[str, Scalar]:
    return {name: default for name in NAMES if (default := offer.default(name)) is not None}


BLOCKOUT: Final = _built_in("Blockout", resolution="512", texture_size="1024", decimation_target=50_000)
STANDARD: Final = _built_in("Standard")
# Its steps for the material stay the default: that parameter's name is not confirmed, so no ordinary request has it.
HERO: Final = _built_in(
    "Hero", resolution="1536", texture_size="4096", decimation_target=1_000_000, ss_sampling_steps=20,
    shape_slat_sampling_steps=20,
)  # fmt: skip
BUILT_IN: Final = (BLOCKOUT, STANDARD, HERO)


def active(values: Mapping[str, Scalar], every: Iterable[Preset]) -> Preset | None:
    """Give the preset that settings are as; one of the artist's own wins over a built-in one, and None is custom."""
    return next((each for each in sorted(every, key=lambda one: not one.is_own) if each.fits(values)), None)


def text(values: Mapping[str, Scalar], name: str = "") -> str:
    """Give the file of a preset, in the form that Blender's own have; with its name, where the file's says another."""
    head = [" ".join(("#", "name", "=", json.dumps(name, ensure_ascii=False)))] if name else []
    lines = [f"{VARIABLE}.{parameter} = {values[parameter]!r}" for parameter in NAMES if parameter in values]
    return "\n".join([*head, "import bpy", f"{VARIABLE} = {SETTINGS}", "", *lines, ""])


def tidy(name: str) -> str:
    """Give a name as it is kept and shown: in one line, without blanks around it."""
    return " ".join(name.split())


def key(name: str) -> str:
    """Give what two names have in common that are the same to an artist, however her keyboard or disk spells them."""
    return unicodedata.normalize("NFC", tidy(name)).casefold()


def allowed_stem(stem: str) -> str:
    """Give the stem of a file as every system takes it; one that is a device's on Windows gets an underscore."""
    plain = _BARRED.sub("_", stem).strip("_")
    return f"{plain}_" if _DEVICE.fullmatch(plain) else plain


def free_stem(stem: str, taken: Iterable[str]) -> str:
    """Give the stem of a file that is none of those taken, also where a disk does not tell capitals apart."""
    known = {key(each) for each in taken}
    numbered = (f"{stem}_{number}" for number in itertools.count(2))
    return next(each for each in itertools.chain([stem], numbered) if key(each) not in known)


def parse(name: str, written: str, file: str) -> Preset | None:
    """Give the preset that a file holds; None when it sets nothing of ours, or what cannot be.

    The file is read and never run: it only assigns plain values.
    """
    values: dict[str, Scalar] = {}
    try:
        for node in ast.parse(written).body:
            for target, value in _assigned(node):
                values[target] = value
        return preset(name, values, file) if values else None
    except (SyntaxError, ValueError, RecursionError, MemoryError, InvalidRequest):
        return None  # the parser calls it a lack of memory when too much is nested


def read(folders: Iterable[Path]) -> tuple[Preset, ...]:
    """Give the presets of all folders, as a person sorts names. For a worker: looks at the disk.

    Of several that have one name, it is that of the first folder.
    """
    found: dict[str, Preset] = {}
    for folder in folders:
        for path in _files(folder):
            if (preset := _read(path)) is not None:
                found.setdefault(key(preset.name), preset)
    return ordered(found.values())


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    except OSError as error:  # one folder that is out of reach takes none of the others' presets
        _log.warning("The folder of presets %s cannot be read: %s", folder, error.strerror)
        return []


def ordered(presets: Iterable[Preset]) -> tuple[Preset, ...]:
    """Give presets as a person sorts names: 2 before 10."""
    return tuple(sorted(presets, key=_natural))


def _read(path: Path) -> Preset | None:
    try:
        with path.open("rb") as file:
            written = file.read(LARGEST_FILE_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None  # a file that cannot be read is no preset, and the others still are
    found = parse(_given_name(written) or shown_name(path.stem), written, path.stem)
    return None if found is None else replace(found, folder=path.parent)


def _given_name(written: str) -> str:
    """Give the name that a preset was given; empty where its file is called so, or somebody wrote none there."""
    found = _NAMED.fullmatch(written.partition("\n")[0].rstrip())
    try:
        return tidy(json.loads(found[1])) if found is not None else ""
    except ValueError:
        return ""


def shown_name(stem: str) -> str:
    """Give a file's stem as it is shown: Blender writes blanks as underscores."""
    return stem.replace("_", " ").strip()


def _assigned(node: ast.stmt) -> Iterable[tuple[str, Scalar]]:
    """Give what ``settings.name = value`` assigns, where the name is one of ours."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Attribute):
        return
    target = node.targets[0]
    if ast.unparse(target.value) in (VARIABLE, SETTINGS) and target.attr in NAMES:
        yield target.attr, ast.literal_eval(node.value)


def _natural(preset: Preset) -> tuple[tuple[bool, int, str], ...]:
    parts = re.split(r"(\d+)", preset.name.casefold())
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)

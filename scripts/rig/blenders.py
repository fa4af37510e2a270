# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of Blenders: as Python modules from PyPI, and as windows from Debian. Imports nothing of the rig."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModuleBlender:
    """Blender as a Python module (a ``bpy`` wheel)."""

    version: str
    python: str
    extra_requirements: tuple[str, ...] = ()
    chroot: str | None = None
    """The Debian suite whose Python runs it; None when the host's Python does."""

    @property
    def series(self) -> str:
        """Major and minor version, as in ``4.2``."""
        return ".".join(self.version.split(".")[:2])


ALL_WINDOW_TESTS = ("tests/gui",)


@dataclass(frozen=True)
class WindowBlender:
    """Blender as a program with a window, from a Debian suite."""

    version: str
    suite: str
    may_be_skipped: bool = False
    """Debian's unstable suite cannot be installed on every day of the year."""
    tests: tuple[str, ...] = ALL_WINDOW_TESTS
    """What is run in its window: everything in one, and in the others what an artist meets first: it takes minutes."""

    @property
    def series(self) -> str:
        """Major and minor version, as in ``4.3``."""
        return ".".join(self.version.split(".")[:2])


MAIN_WAY = (
    "tests/gui/test_smoke.py",
    "tests/gui/test_main_way.py",
    "tests/gui/test_journey.py",
    "tests/gui/test_auto_save.py",
    "tests/gui/test_dev_link.py",
    "tests/gui/test_taking.py",  # another way of rendering than before 5.0
    "tests/gui/test_render_kept.py",  # another proof than before 5.0
)

SHORT_MAIN_WAY = tuple(test for test in MAIN_WAY if test != "tests/gui/test_auto_save.py")
"""Without what waits for a minute of Blender's, which one Blender is enough for."""

WHAT_ARTISTS_MEET = (
    "tests/gui/test_first_start.py",  # the window of the preferences is wider than before 5.0
    "tests/gui/test_errors.py",  # with the search of F3
    "tests/gui/test_variants.py",  # leafed through by shortcuts and by buttons
    "tests/gui/test_reload.py",  # what the search shows, and how scripts are reloaded
)
"""What is beside the main way, and looks or acts otherwise where Blender does."""

MODULE_BLENDERS = (
    ModuleBlender("4.2.23", python="3.11", extra_requirements=("numpy<2",)),
    ModuleBlender("4.5.15", python="3.11"),
    ModuleBlender("5.0.1", python="3.11"),
    ModuleBlender("5.2.3", python="3.13", chroot="trixie"),
)

WINDOW_BLENDERS = (
    WindowBlender("4.3.2", suite="trixie"),
    WindowBlender("5.2.2", suite="sid", may_be_skipped=True, tests=SHORT_MAIN_WAY + WHAT_ARTISTS_MEET),
)


def module_blender(version: str) -> ModuleBlender:
    """Return the module Blender of a version (``4.2.23``) or series (``4.2``)."""
    for blender in MODULE_BLENDERS:
        if version in (blender.version, blender.series):
            return blender
    known = ", ".join(blender.version for blender in MODULE_BLENDERS)
    raise ValueError(f"There is no bpy {version} in the rig; it has {known}.")


def window_blender(name: str) -> WindowBlender:
    """Return the window Blender of a suite (``sid``), version (``5.2.2``) or series (``5.2``)."""
    for blender in WINDOW_BLENDERS:
        if name in (blender.suite, blender.version, blender.series):
            return blender
    known = ", ".join(f"{blender.version} ({blender.suite})" for blender in WINDOW_BLENDERS)
    raise ValueError(f"There is no Blender window {name} in the rig; it has {known}.")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip installs, brings its own wheels, and leaves nothing behind."""

import os
from pathlib import Path
from types import ModuleType

import bpy

from footprint import PACKAGE, Footprint, take_footprint


def test_comes_from_the_zip(extension: ModuleType, profile: Path) -> None:
    folder = profile / "extensions" / "user_default" / "trellis_blender"
    assert Path(extension.__file__).parent == folder
    assert PACKAGE in bpy.context.preferences.addons


def test_brings_its_own_pydantic_core(extension: ModuleType, profile: Path) -> None:
    import pydantic_core

    assert Path(pydantic_core.__file__).is_relative_to(profile / "extensions" / ".local")


def test_registering_a_hundred_times_leaves_nothing(extension: ModuleType, untouched: Footprint) -> None:
    extension.unregister()  # with the threads that earlier tests had work for
    extension.register()
    enabled = take_footprint()
    for _ in range(100):
        extension.unregister()
        extension.register()
    assert take_footprint() == enabled
    extension.unregister()
    try:
        assert take_footprint() == untouched
    finally:
        extension.register()


def test_disable_and_enable(untouched: Footprint) -> None:
    enabled = take_footprint()
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert PACKAGE not in bpy.context.preferences.addons
    assert take_footprint() == untouched
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert PACKAGE in bpy.context.preferences.addons
    assert take_footprint() == enabled


def test_installing_over_itself_works(extension: ModuleType) -> None:
    """A second install over the first, as an update does it."""
    enabled = take_footprint()
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["TRELLIS_ZIP"], repo="user_default", enable_on_install=True, overwrite=True
    )
    assert PACKAGE in bpy.context.preferences.addons
    assert take_footprint() == enabled
